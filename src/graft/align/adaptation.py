"""Adaptation: what was decided for a target, why, and how new target rows are predicted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.align.algebra import Floats
from graft.align.dispute import Dispute
from graft.align.evidence import Evidence, LoneEvidence
from graft.align.members import Member, by_view, member
from graft.errors import DataError, ModelError

PART = "{number:03d}."


@dataclass(frozen=True, eq=False)
class Adaptation:
    """What `adapt_features` decided.

    `members` are (view, fitted method) pairs: the mean over views of their mean probability is the answer. `target`
    (M, K) is its logarithm for the target rows given, `before` that of the source-only model. `adapted` says whether
    any adapted member was taken; `notes` why, in sentences.
    """

    members: tuple[tuple[str, Member], ...]
    target: Floats
    before: Floats
    adapted: bool
    evidence: Evidence | LoneEvidence | Dispute | None
    notes: tuple[str, ...]

    def predict_log_proba(self, X: Mapping[str, NDArray[Any]]) -> Floats:
        """Give (M', K) log-probabilities of new target rows, one (M', D) array per view; DataError where one lacks."""
        missing = [view for view, _ in self.members if view not in X]
        if missing:
            raise DataError(f"The features of {missing[0]} are missing: this adaptation was fitted with them.")
        return by_view([(view, fitted.predict_log_proba(X[view])) for view, fitted in self.members])

    def state(self) -> dict[str, NDArray[Any]]:
        """Give what `from_state` needs to predict the same again, as named arrays."""
        state: dict[str, NDArray[Any]] = {"views": np.array([view for view, _ in self.members])}
        for number, (_, fitted) in enumerate(self.members):
            state |= {PART.format(number=number) + name: value for name, value in fitted.state().items()}
        return state | {"adapted": np.array([self.adapted]), "notes": np.array(self.notes, dtype=np.str_)}

    @classmethod
    def from_state(cls, state: dict[str, NDArray[Any]]) -> Adaptation:
        """Take back what `state` gave, without the target rows; raises ModelError where an array is missing."""
        missing = {"views", "adapted", "notes"} - set(state)
        if missing:
            raise ModelError(f"The saved adaptation lacks the array {min(missing)}.")
        members = []
        for number, view in enumerate(state["views"].tolist()):
            part = PART.format(number=number)
            own = {name.removeprefix(part): value for name, value in state.items() if name.startswith(part)}
            members.append((str(view), member(own)))
        empty = members[0][1].target
        return cls(tuple(members), empty, empty, bool(state["adapted"][0]), None, tuple(state["notes"].tolist()))
