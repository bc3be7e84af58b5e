"""Run: a model's record beside its evidence, which is all that a report is written from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.evaluation.operating import OperatingPoint, decisions
from graft.evaluation.scores import Scores
from graft.model.evidence import Evidence

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Run:
    """What a report is of: `described` is what a saved model says of itself, `cards` are those of its backbones.

    `looks` are the explanations of single samples, `curve` the points of a learning curve; both may be empty. `asked`
    is how the run can be named on the command line.
    """

    described: Mapping[str, Any]
    cards: tuple[Mapping[str, Any], ...]
    evidence: Evidence
    looks: tuple[Mapping[str, Any], ...] = ()
    curve: Mapping[str, Any] | None = None
    asked: str = "RUN"

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes, none where numbers are predicted."""
        return tuple(self.described["classes"])

    @property
    def modality(self) -> str:
        """The kind of input."""
        return str(self.described["modality"])

    @property
    def record(self) -> Mapping[str, Any]:
        """What the plan recorded."""
        found: Mapping[str, Any] = self.described["record"]
        return found

    @cached_property
    def scores(self) -> Scores | None:
        """The scores with their intervals; None while a fit is not done."""
        return Scores.from_dict(self.described["scores"]) if self.described["scores"] else None

    @cached_property
    def point(self) -> OperatingPoint | None:
        """From which probability on the positive class is said, where that is not left to the most probable."""
        return OperatingPoint.from_dict(self.described.get("operating"))

    @cached_property
    def judged(self) -> NDArray[np.int64]:
        """The samples that figures of quality are drawn from: those scored, or else all that were answered."""
        e = self.evidence
        marked = e.scored if e.scored.any() else e.answered & e.labelled
        return np.flatnonzero(marked)

    @cached_property
    def probabilities(self) -> Floats:
        """The (N, K) calibrated probabilities, NaN where nothing was answered."""
        return np.exp(self.evidence.output)

    @cached_property
    def said(self) -> NDArray[Any]:
        """The (N,) class index said of each sample, -1 where none was; or the numbers."""
        if not self.classes:
            return self.evidence.output
        known, found = self.evidence.answered, np.full(len(self.evidence), -1)
        found[known] = decisions(self.probabilities[known], self.point)
        return found

    @cached_property
    def sureness(self) -> Floats:
        """The (N,) probability of the class that was said; for numbers minus the absolute error. NaN where unknown."""
        if self.classes:
            return np.asarray(np.take_along_axis(self.probabilities, self.said[:, None], axis=1)[:, 0])
        off: Floats = np.abs(self.evidence.output - self.evidence.targets)
        return -off

    @cached_property
    def wrong(self) -> NDArray[np.bool_]:
        """Mark the (N,) samples that were called another class than their label; none where numbers are predicted."""
        e = self.evidence
        if not self.classes:
            return np.zeros(len(e), bool)
        found: NDArray[np.bool_] = e.answered & e.labelled & (self.said != e.targets)
        return found

    @property
    def learned(self) -> NDArray[np.int64]:
        """The samples learned from."""
        return np.flatnonzero(np.isin(self.evidence.parts, ("train", "validation")))
