"""A cycle as tensors and facts for a checkpoint, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from graft.train.cycle import Cycle, copy_into
from graft.train.recipe import TrainError

COUNTS = ("epoch", "position", "updates", "loss", "shares", "seconds")
WAITING = ("best", "cycle_best", "waited")


def cycle_tensors(cycle: Cycle, best: Mapping[str, Tensor] | None, *, whole: bool) -> dict[str, Tensor]:
    """Give every tensor needed to go on: weights, optimizer, average, the best so far; only weights if not whole."""
    if not whole:
        return _under("weights", cycle.weights)
    found = _under("weights", cycle.weights) | _under("best", best or {})
    if cycle.average:
        found |= _under("average", cycle.average.tensors)
    names = _parameter_names(cycle)
    for parameter, state in cycle.optimizer.state.items():
        moments = {key: value for key, value in state.items() if isinstance(value, Tensor)}
        found |= _under(f"moments/{names[id(parameter)]}", moments)
    return found


def cycle_facts(cycle: Cycle) -> dict[str, Any]:
    """Give every number needed to go on."""
    facts: dict[str, Any] = {name: getattr(cycle, name) for name in COUNTS}
    facts["waiting"] = {name: getattr(cycle.stopping, name) for name in WAITING}
    facts["scaler"] = cycle.precision.state()
    facts["averaged"] = cycle.average.updates if cycle.average else 0
    return facts


def restore_cycle(cycle: Cycle, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> dict[str, Tensor] | None:
    """Put a fresh cycle where a saved one was, and give the best weights; raises TrainError where they do not fit."""
    try:
        copy_into(cycle.weights, _at("weights", tensors))
        for name in COUNTS:
            setattr(cycle, name, facts[name])
        for name in WAITING:
            setattr(cycle.stopping, name, facts["waiting"][name])
        if facts["finished"]:
            return None
        if cycle.average:
            copy_into(cycle.average.tensors, _at("average", tensors))
            cycle.average.updates = facts["averaged"]
        _restore_moments(cycle, tensors)
        cycle.precision.restore(facts["scaler"])
    except (KeyError, RuntimeError, TypeError) as error:
        raise TrainError(f"The checkpoint does not fit this network ({error}); name another folder.") from error
    best = _at("best", tensors)
    return {name: tensor.to(cycle.weights[name].device) for name, tensor in best.items()} if best else None


def _restore_moments(cycle: Cycle, tensors: Mapping[str, Tensor]) -> None:
    for group in cycle.optimizer.param_groups:
        for parameter in group["params"]:
            found = _at(f"moments/{_parameter_names(cycle)[id(parameter)]}", tensors)
            if found:
                cycle.optimizer.state[parameter] = {
                    key: value if key == "step" else torch.empty_like(parameter).copy_(value)
                    for key, value in found.items()
                }


def _parameter_names(cycle: Cycle) -> dict[int, str]:
    return {id(parameter): name for name, parameter in cycle.module.named_parameters()}


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {f"{prefix}/{name}": tensor for name, tensor in tensors.items()}


def _at(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    begin = len(prefix) + 1
    return {name[begin:]: tensor for name, tensor in tensors.items() if name.startswith(f"{prefix}/")}
