"""A Model of what was decided: the frozen heads fitted on all samples, and the moved weights with their share."""

from __future__ import annotations

import dataclasses
from typing import Any

from graft.extract.views import View
from graft.model.member import Member
from graft.model.model import Model
from graft.plan.decide import Decision, refit
from graft.plan.material import Material
from graft.plan.moving import Moved
from graft.plan.trials import Ground


def assembled(material: Material, decision: Decision, moved: Moved, ground: Ground, reading: dict[str, Any]) -> Model:
    """Give the Model, without scores or record: members whose weights sum to one, and only the backbones they use."""
    members = refit(decision, ground) if moved.share < 1 else ()
    members = tuple(dataclasses.replace(m, weight=m.weight * (1 - moved.share)) for m in members)
    backbones = {m.backbone: material.backbones[m.backbone] for m in members}
    if moved.tuned is not None:
        name = moved.tuned.backbone.card.name
        members += (Member(name, View(), moved.tuned.head, moved.share),)
        backbones[name] = moved.tuned.backbone
    temperature = moved.temperature if moved.tuned is not None else decision.temperature
    dataset = material.dataset
    return Model(members, backbones, dataset.task, dataset.modality, dataset.classes, temperature, reading=reading)


def chosen_name(decision: Decision, moved: Moved) -> str:
    """Give what the record calls the final choice."""
    if moved.tuned is None:
        return decision.name
    name = moved.tuned.backbone.card.name
    return name if moved.share == 1 else f"{moved.share:.2f} × {name} + {1 - moved.share:.2f} × ({decision.name})"
