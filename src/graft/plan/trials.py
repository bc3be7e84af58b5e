"""Trials: each candidate predicts every sample without having seen it, within the time there is."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graft.evaluation.blend import output_losses
from graft.evaluation.choose import paired_error
from graft.evaluation.crossval import fold_output, plan
from graft.extract.views import View
from graft.heads import make
from graft.heads.threads import one_thread, own_threads
from graft.model.member import FLOOR
from graft.plan.candidates import Candidate
from graft.plan.few import few_groups, few_labels, outweighed
from graft.progress import Step, silent

if TYPE_CHECKING:
    from graft.backbones.base import Matrix

LEAST = 20
HOPELESS = 3.0  # standard errors
TOO_FAR, NO_SIMPLER = 2.0, 1.0  # behind a leader of the same backbone, and behind one that is as simple
MANY, SOME = 20_000, 2_000
SMALL = 500_000  # values of a view


@dataclass(frozen=True, eq=False)
class Ground:
    """What candidates are tried on: the views as arrays, the targets, and who may be separated from whom.

    `folds` (N,) are the folds of the choice; samples of fold -1 are trained on in every round. `weight` (N,) is the
    weight of each sample in fitting and in the loss. `focus` (N,) marks those that judge, where not all may. `took` is
    noted on the way: the most seconds a fold took with each head, of these samples or a part of them.
    """

    shown: Mapping[tuple[str, View], Matrix]
    targets: NDArray[Any]
    n_classes: int
    tied: NDArray[np.int64]
    folds: NDArray[np.int64]
    weight: NDArray[np.float64]
    focus: NDArray[np.bool_] | None = None
    took: dict[str, float] = field(default_factory=dict)

    def ties(self) -> NDArray[np.int64] | None:
        """Give who may not be separated, or None where every sample stands alone."""
        return self.tied if len(np.unique(self.tied)) < len(self.tied) else None

    def few(self) -> bool:
        """Say whether the labels, or the groups that judge, are too few to choose by."""
        judging = self.tied[self.folds >= 0]
        return few_labels(len(self.targets), self.n_classes) or few_groups(judging, self.n_classes)


@dataclass(frozen=True, eq=False)
class Outcome:
    """A candidate's out-of-fold output: (N, K) log-probabilities or (N,) numbers, NaN where it was trained on.

    `stopped` says why it was given up before the last fold; empty where it was not. `cut` is true where only the time
    was short, so that it may still win on the folds it has.
    """

    candidate: Candidate
    output: NDArray[np.float64]
    losses: NDArray[np.float64]
    seconds: float
    stopped: str = ""
    cut: bool = False


def attempt(candidate: Candidate, ground: Ground, leader: Outcome | None = None, seconds: float = math.inf) -> Outcome:
    """Cross-validate one candidate; stop where it is hopelessly behind the leader, or the rest would take too long."""
    start = time.perf_counter()
    shown, classes = ground.shown[candidate.backbone, candidate.view], ground.n_classes
    output = np.full((len(ground.targets), classes) if classes else len(ground.targets), np.nan)
    losses = np.full(len(ground.targets), np.nan)
    folds = plan(ground.folds, ground.ties())
    stopped, cut = "", False

    def held_out(number: int) -> NDArray[np.float64]:
        """Fit without one fold and predict it."""
        y, weight, ties = ground.targets, ground.weight, ground.ties()
        return fold_output(lambda: make(candidate.head), shown, y, folds[number], classes, weight, ties)

    outputs = in_order(held_out, len(folds), shown.shape[0] * shown.shape[1] <= SMALL)
    for done, (fold, found) in enumerate(zip(folds, outputs, strict=True), 1):
        output[fold.held] = np.log(np.maximum(found, FLOOR)) if classes else found
        losses[fold.held] = output_losses(ground.targets[fold.held], output[fold.held]) * ground.weight[fold.held]
        if leader is not None and done < len(folds) and (gap := too_far(candidate, losses, leader, ground)):
            stopped = f"dropped after {done} of {len(folds)} folds: worse than {leader.candidate.name} by {gap}"
            break
        spent = time.perf_counter() - start
        if (rest := spent / done * (len(folds) - done)) > max(seconds - spent, 0.0):
            stopped = f"dropped after {done} of {len(folds)} folds: the rest would take {rest:.1f} s of the budget"
            cut = True
            break
    outputs.close()
    spent = time.perf_counter() - start
    ground.took[candidate.head] = max(ground.took.get(candidate.head, 0.0), spent / done)
    return Outcome(candidate, output, losses, spent, stopped, cut)


def in_order(give: Callable[[int], NDArray[Any]], count: int, small: bool) -> Generator[NDArray[Any]]:
    """Give the results of 0, 1, ... in order; nothing starts before it is asked for, or after closing.

    After the first they come from two threads, but for `small` work, where the two would wait for each other's Python.
    """
    if small:
        for number in range(count):
            with one_thread():
                found = give(number)
            yield found
        return
    yield give(0)
    with own_threads() as each:
        yield from each(give, range(1, count))


def too_far(candidate: Candidate, losses: NDArray[np.float64], leader: Outcome, ground: Ground) -> str:
    """Say by how much a candidate is too far behind the leader to go on to its next fold; else nothing."""
    if few_groups(ground.tied[ground.folds >= 0], ground.n_classes):
        return outweighed(losses, leader.losses, ground.tied)
    return behind(losses, leader.losses, ground.tied, patience(candidate, leader.candidate, ground))


def patience(candidate: Candidate, leader: Candidate, ground: Ground) -> float:
    """Give how many standard errors behind the leader a candidate may be and still go on to its next fold.

    One that is no simpler must end ahead of the leader by a standard error to be kept, a simpler one within it. Of
    another backbone it may still help in a blend; with few labels all are averaged.
    """
    if candidate.backbone != leader.backbone or few_labels(len(ground.targets), ground.n_classes):
        return HOPELESS
    return TOO_FAR if candidate.rank < leader.rank else NO_SIMPLER


def behind(
    losses: NDArray[np.float64], best: NDArray[np.float64], tied: NDArray[np.int64], most: float = HOPELESS
) -> str:
    """Say by how much losses are worse than the best ones, where that is over `most` standard errors; else nothing."""
    both = np.isfinite(losses) & np.isfinite(best)
    if np.count_nonzero(both) < LEAST:
        return ""
    gap = losses[both] - best[both]
    error = paired_error(gap, np.unique(tied[both], return_inverse=True)[1])
    return f"{gap.mean():.3f} ± {error:.3f}" if gap.mean() > most * error > 0 else ""


def expected(candidate: Candidate, ground: Ground) -> float:
    """Give the seconds that cross-validation should take, from a fit on some samples; 0 where there are not many."""
    count = len(ground.targets)
    if count <= MANY:
        return 0.0
    some = np.random.default_rng(0).choice(count, SOME, replace=False)
    if ground.n_classes:  # no class may be missing
        some = np.union1d(some, np.unique(ground.targets, return_index=True)[1])
    shown = ground.shown[candidate.backbone, candidate.view][some]
    start = time.perf_counter()
    make(candidate.head).fit(shown, ground.targets[some], ground.weight[some]).predict(shown)
    return (time.perf_counter() - start) * count / SOME * len(plan(ground.folds))


def attempt_all(
    candidates: Sequence[Candidate], ground: Ground, seconds: float, step: Step = silent
) -> tuple[list[Outcome], list[Candidate]]:
    """Try candidates in order until the time is up (the first always); give the outcomes and those not tried."""
    start = time.monotonic()
    outcomes: list[Outcome] = []
    leader: Outcome | None = None
    slowest: dict[str, float] = {}
    left_out = []
    for candidate in candidates:
        left = seconds - (time.monotonic() - start)
        known = max(slowest.get(candidate.head, 0.0), ground.took.get(candidate.head, 0.0))
        if leader and max(known, expected(candidate, ground)) > left:
            left_out.append(candidate)
        else:
            outcome = attempt(candidate, ground, leader, left if leader else math.inf)
            outcomes.append(outcome)
            slowest[candidate.head] = max(slowest.get(candidate.head, 0.0), outcome.seconds)
            if not outcome.stopped and (leader is None or np.nanmean(outcome.losses) < np.nanmean(leader.losses)):
                leader = outcome
        step()
    return outcomes, left_out
