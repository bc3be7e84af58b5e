"""Kept: what a Model is made of, as plain fields; what is saved, and what its card is written from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graft.data.dataset import Task
from graft.model.member import Member, Pool

if TYPE_CHECKING:
    from graft.backbones.base import Backbone
    from graft.evaluation.operating import OperatingPoint
    from graft.evaluation.scores import Scores
    from graft.model.evidence import Evidence


@dataclass(frozen=True, eq=False)
class Kept:
    """The parts of a Model.

    `pool` says which mean of the members' probabilities is taken: the weighted geometric or arithmetic one.
    `reading` remembers which columns a table was read from, so that another table is read the same way. `record` says
    what was tried, what it cost, what it scored, and why it was kept or dropped. `evidence` is what a report is written
    from: a fit gives it, and it is not saved with the model. `operating` says from which probability on the positive
    class is said, where a sensitivity was wished.
    """

    members: tuple[Member, ...]
    backbones: Mapping[str, Backbone]
    task: Task
    modality: str
    classes: tuple[str, ...] = ()
    temperature: float = 1.0
    pool: Pool = "geometric"
    scores: Scores | None = None
    reading: dict[str, Any] = field(default_factory=dict)
    record: dict[str, Any] = field(default_factory=dict)
    operating: OperatingPoint | None = None
    evidence: Evidence | None = field(default=None, repr=False)
