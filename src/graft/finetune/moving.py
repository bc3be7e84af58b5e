"""From a stage to the parameters it moves: names and rates, as the training loop takes them."""

from __future__ import annotations

import math

from torch import nn

from graft.backbones.trainable import Trainable
from graft.finetune.learner import Learner
from graft.finetune.strategy import FinetuneError, Stage, Strategy
from graft.train import Group

BODY = "body.network."
NORMS = (nn.modules.batchnorm._NormBase, nn.LayerNorm, nn.GroupNorm, nn.RMSNorm)


def first_moving(depths: list[list[str]], stage: Stage) -> int:
    """Give the number of the first depth that moves; their number where only the head does."""
    if stage.moves == "head":
        return len(depths)
    return len(depths) - _count(depths, stage) if stage.moves == "last" else 0


def first_anew(body: Trainable, strategy: Strategy) -> int:
    """Give the number of depths that stay as they are throughout and are shown every input once, the same each time."""
    depths = body.depths()
    first = min(first_moving(depths, stage) for stage in strategy.stages)
    return first if len(body.parts) == len(depths) and not strategy.view.augment else 0


def moving_share(body: Trainable, strategy: Strategy) -> float:
    """Give the share of the depths that are run anew in every epoch."""
    return 1 - first_anew(body, strategy) / max(len(body.depths()), 1)


def groups_of(learner: Learner, stage: Stage, head_rate: float) -> list[Group]:
    """Give the groups of parameters that move in a stage, the head's last; raises FinetuneError when none would.

    One group holds the parameters of one depth.
    """
    depths = _depths(learner)
    wanted = _wanted(learner, stage, depths)
    groups = []
    for index, names in enumerate(depths):
        rate = stage.rate * stage.decay ** (len(depths) - 1 - index)
        picked = tuple(BODY + name for name in names if name in wanted)
        if picked:
            groups.append(Group(picked, rate))
    if not groups and stage.moves != "head":
        raise FinetuneError(f"The backbone has no parameters that a stage that moves {stage.moves!r} could move.")
    return [*groups, Group(tuple(f"head.{name}" for name, _ in learner.head.named_parameters()), head_rate)]


def _depths(learner: Learner) -> list[list[str]]:
    """Give the names by depth; matrices that were added to a layer have the depth of that layer."""
    depths = learner.body.depths()
    known = {name for names in depths for name in names}
    place = {name.rpartition(".")[0].replace(".base_layer", ""): i for i, names in enumerate(depths) for name in names}
    added = [[] for _ in depths]  # type: list[list[str]]
    for name, _ in learner.body.network.named_parameters():
        layer = name.split(".lora_")[0]
        if name not in known and layer != name and layer in place:
            added[place[layer]].append(name)
    return [names + more for names, more in zip(depths, added, strict=True)]


def _wanted(learner: Learner, stage: Stage, depths: list[list[str]]) -> set[str]:
    """Give the names of the network's parameters that a stage moves."""
    everything = [name for names in depths for name in names]
    if stage.moves == "low-rank":
        return {name for name in everything if ".lora_" in name}
    if stage.moves == "head":
        return set()
    if stage.moves == "biases":
        return {name for name in everything if name.endswith("bias")}
    if stage.moves == "norms":
        return {
            f"{prefix}.{name}".lstrip(".")
            for prefix, module in learner.body.network.named_modules()
            if isinstance(module, NORMS)
            for name, _ in module.named_parameters(recurse=False)
        }
    count = _count(depths, stage)
    part = depths[len(depths) - count :] if stage.moves == "last" else depths[:count]
    return {name for names in (depths if stage.moves == "all" else part) for name in names}


def _count(depths: list[list[str]], stage: Stage) -> int:
    return max(1, math.ceil(stage.depth * len(depths) - 1e-9))
