"""The optimizer of a run: which parameters move, at which rate, and which of them decay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from graft.errors import did_you_mean
from graft.train.recipe import Group, Recipe, TrainError

MOMENTUM = 0.9
NORMS = (nn.modules.batchnorm._NormBase, nn.LayerNorm, nn.GroupNorm, nn.LocalResponseNorm, nn.RMSNorm)


def check_groups(module: nn.Module, groups: Sequence[Group] | None) -> tuple[Group, ...]:
    """Give the groups as they are, or one of all parameters that need a gradient.

    Raises TrainError where a name is unknown or in two groups, a rate is not positive, or nothing would move.
    """
    known = dict(module.named_parameters())
    if groups is None:
        groups = [Group(tuple(name for name, parameter in known.items() if parameter.requires_grad))]
    seen: set[str] = set()
    for group in groups:
        if not 0 < group.rate < float("inf"):
            raise TrainError(f"A group's rate must be positive, not {group.rate!r}; leave out what should not move.")
        for name in group.names:
            if name not in known:
                raise TrainError(f"The network has no parameter {name!r}. {did_you_mean(name, known)}")
            if name in seen:
                raise TrainError(f"The parameter {name!r} is in two groups; it can move at one rate only.")
            seen.add(name)
    if not seen:
        raise TrainError("No parameter is in any group, so there is nothing to train.")
    return tuple(groups)


def undecayed(module: nn.Module) -> set[str]:
    """Give the names of parameters that weight decay leaves alone: biases, those of norms, and all with one axis."""
    found = {name for name, parameter in module.named_parameters() if parameter.ndim < 2 or name.endswith("bias")}
    for prefix, part in module.named_modules():
        if isinstance(part, NORMS) or type(part).__name__.endswith("Norm"):
            found |= {f"{prefix}.{name}".lstrip(".") for name, _ in part.named_parameters(recurse=False)}
    return found


def make_optimizer(module: nn.Module, groups: Sequence[Group], recipe: Recipe) -> torch.optim.Optimizer:
    """Give the recipe's optimizer over the groups; each of its parameter groups keeps its `share` of the rate."""
    parameters, free = dict(module.named_parameters()), undecayed(module)
    parts: list[dict[str, Any]] = []
    for group in groups:
        for decays in (True, False):
            names = [name for name in group.names if (name in free) != decays]
            if names:
                mine = [parameters[name] for name in names]
                parts.append({"params": mine, "weight_decay": recipe.weight_decay * decays, "share": group.rate})
    if recipe.optimizer == "sgd":
        return torch.optim.SGD(parts, lr=recipe.rate, momentum=MOMENTUM, nesterov=True)
    kind = torch.optim.AdamW if recipe.optimizer == "adamw" else torch.optim.Adam
    return kind(parts, lr=recipe.rate)


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Set every group's rate to its share of `rate`."""
    for group in optimizer.param_groups:
        group["lr"] = rate * group["share"]
