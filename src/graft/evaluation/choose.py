"""Choose among candidates by their out-of-fold losses: the simplest that is not worse than the best beyond noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.errors import DataError
from graft.evaluation.intervals import units_of
from graft.evaluation.weights import Floats, Integers


@dataclass(frozen=True, eq=False)
class Trial:
    """One candidate: its name, its rank of complexity (lower is simpler) and its (N,) per-sample losses.

    The losses are of predictions for samples that were not trained on; NaN where there are none.
    """

    name: str
    rank: float
    losses: Floats


@dataclass(frozen=True)
class Choice:
    """What was kept and why: its position and name, and a tuple entry for each candidate in the order given.

    `losses` are the mean losses, `worse_by` how much worse than the lowest, `errors` the standard errors of that.
    """

    index: int
    name: str
    losses: tuple[float, ...]
    worse_by: tuple[float, ...]
    errors: tuple[float, ...]
    verdicts: tuple[str, ...]


def paired_error(differences: NDArray[Any], unit: NDArray[Any]) -> float:
    """Give the standard error of the mean of (N,) differences whose units (N,) vary together.

    √(G/(G-1) Σ over the G units of (Σᵢ (dᵢ - d̄))²) / N; without units shared this is the usual s/√N. 0 for one unit.
    """
    off = np.bincount(unit, np.asarray(differences) - np.mean(differences))
    g = len(off)
    return float(np.sqrt(g / (g - 1) * (off**2).sum()) / len(unit)) if g > 1 else 0.0


def choose(candidates: Sequence[Trial], *, groups: NDArray[Any] | None = None) -> Choice:
    """Keep the simplest candidate whose mean loss is within one standard error of the lowest.

    The comparison is paired: the error is that of the per-sample difference to the candidate with the lowest loss, over
    groups where samples share one (over samples where all share the same). Only samples count for which every candidate
    has a loss. Of candidates equally simple the lower loss is kept. The rule of one standard error is from Breiman et
    al., "Classification and regression trees" (1984). Raises DataError when there is no candidate, or no sample they
    share.
    """
    table, unit = shared_losses(candidates, groups)
    means = table.mean(axis=1)
    ranks = [trial.rank for trial in candidates]
    best = min(range(len(table)), key=lambda i: (means[i], ranks[i]))
    worse = means - means[best]
    errors = np.array([paired_error(row - table[best], unit) for row in table])
    near = worse <= errors
    kept = min(np.flatnonzero(near).tolist(), key=lambda i: (ranks[i], means[i], i))
    verdicts = []
    for i, trial in enumerate(candidates):
        beside = candidates[best].name
        gap = f"{worse[i]:.3f} ± {errors[i]:.3f}"
        if i == kept and i == best:
            verdict = f"kept: the lowest loss, {means[i]:.3f}"
        elif i == kept:
            verdict = f"kept: the simplest within one standard error of {beside} (worse by {gap})"
        elif not near[i]:
            verdict = f"dropped: worse than {beside} by {gap}"
        elif trial.rank > ranks[kept]:
            gain = f"{means[kept] - means[i]:+.3f} ± {paired_error(table[kept] - table[i], unit):.3f}"
            verdict = f"dropped: not better than the simpler {candidates[kept].name} by more than its noise ({gain})"
        else:
            verdict = f"dropped: no simpler than {candidates[kept].name}, and its loss is not lower"
        verdicts.append(verdict)
    losses, gaps, noise = (tuple(part.tolist()) for part in (means, worse, errors))
    return Choice(kept, candidates[kept].name, losses, gaps, noise, tuple(verdicts))


def shared_losses(candidates: Sequence[Trial], groups: NDArray[Any] | None) -> tuple[Floats, Integers]:
    """Give the (M, n) losses of the samples every candidate has one for, and the unit of each of these samples."""
    if not candidates:
        raise DataError("There is no candidate to choose from.")
    if len({len(trial.losses) for trial in candidates}) > 1:
        raise DataError("The candidates have losses for different numbers of samples; score all on the same samples.")
    table = np.stack([np.asarray(trial.losses, dtype=np.float64) for trial in candidates])
    shared = np.isfinite(table).all(axis=0)
    if not shared.any():
        raise DataError("No sample has a finite loss under every candidate, so they cannot be compared.")
    unit = units_of(int(shared.sum()), None if groups is None else np.asarray(groups)[shared])
    return table[:, shared], unit if unit.any() else np.arange(len(unit))
