"""Trials: each candidate predicts every sample without having seen it, within the time there is."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graft.evaluation.crossval import cross_predict, sample_losses
from graft.extract.views import View
from graft.heads import make
from graft.model.member import FLOOR
from graft.plan.candidates import Candidate
from graft.progress import Step, silent

if TYPE_CHECKING:
    from graft.backbones.base import Matrix


@dataclass(frozen=True, eq=False)
class Ground:
    """What candidates are tried on: the views as arrays, the targets, and who may be separated from whom.

    `folds` (N,) are the folds of the choice; samples of fold -1 are trained on in every round. `weight` (N,) is the
    weight of each sample in fitting and in the loss.
    """

    shown: Mapping[tuple[str, View], Matrix]
    targets: NDArray[Any]
    n_classes: int
    tied: NDArray[np.int64]
    folds: NDArray[np.int64]
    weight: NDArray[np.float64]

    def ties(self) -> NDArray[np.int64] | None:
        """Give who may not be separated, or None where every sample stands alone."""
        return self.tied if len(np.unique(self.tied)) < len(self.tied) else None


@dataclass(frozen=True, eq=False)
class Outcome:
    """A candidate's out-of-fold output: (N, K) log-probabilities or (N,) numbers, NaN where it was trained on."""

    candidate: Candidate
    output: NDArray[np.float64]
    losses: NDArray[np.float64]
    seconds: float


def attempt(candidate: Candidate, ground: Ground) -> Outcome:
    """Cross-validate one candidate."""
    start = time.perf_counter()
    predicted = cross_predict(
        lambda: make(candidate.head),
        ground.shown[candidate.backbone, candidate.view],
        ground.targets,
        ground.folds,
        ground.n_classes,
        sample_weight=ground.weight,
        groups=ground.ties(),
    )
    output = np.log(np.maximum(predicted, FLOOR)) if ground.n_classes else predicted
    losses = sample_losses(ground.targets, np.exp(output) if ground.n_classes else output) * ground.weight
    return Outcome(candidate, output, losses, time.perf_counter() - start)


def attempt_all(
    candidates: Sequence[Candidate], ground: Ground, seconds: float, step: Step = silent
) -> tuple[list[Outcome], list[Candidate]]:
    """Try candidates in order until the time is up (the first always); give the outcomes and those not tried."""
    start = time.monotonic()
    outcomes: list[Outcome] = []
    slowest: dict[str, float] = {}
    left_out = []
    for candidate in candidates:
        left = seconds - (time.monotonic() - start)
        if outcomes and slowest.get(candidate.head, 0.0) > left:
            left_out.append(candidate)
        else:
            outcomes.append(attempt(candidate, ground))
            slowest[candidate.head] = max(slowest.get(candidate.head, 0.0), outcomes[-1].seconds)
        step()
    return outcomes, left_out
