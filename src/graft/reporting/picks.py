"""Picks: which samples a report shows, and in which order they are worth their bytes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graft.evaluation.label_errors import LabelErrors, label_errors
from graft.reporting.run import Run

SHOWN = 12
MOST = 2000
Index = NDArray[np.int64]
NONE: Index = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Picks:
    """Indices of samples, the first of each the most telling one."""

    mistakes: Index
    unsure: Index
    labels: Index
    outliers: Index
    changed: Index
    errors: LabelErrors | None

    def large(self) -> Index:
        """Give all that are shown large, each once."""
        return _once(self.mistakes, self.unsure, self.labels, self.changed, self.outliers)


def picks(run: Run) -> Picks:
    """Pick the surest mistakes (the largest errors of numbers), the least sure, likely wrong labels and outliers."""
    judged = run.judged
    by_sureness = judged[np.argsort(run.sureness[judged], kind="stable")]
    if run.classes:
        mistakes = by_sureness[::-1][run.wrong[by_sureness[::-1]]]
        unsure = by_sureness
    else:
        mistakes, unsure = by_sureness, NONE
    errors, place = wrong_labels(run)
    labels = NONE if errors is None else place[errors.index]
    return Picks(mistakes[:SHOWN], unsure[:SHOWN], labels[: 2 * SHOWN], outliers(run)[:SHOWN], changed(run), errors)


def wrong_labels(run: Run) -> tuple[LabelErrors | None, Index]:
    """Give likely wrong labels among all answered samples, and the samples that their indices count."""
    e = run.evidence
    place = np.flatnonzero(e.answered & e.labelled)
    if not run.classes or len(place) < 2:
        return None, place
    return label_errors(e.targets[place].astype(np.int64), run.probabilities[place]), place


def outliers(run: Run) -> Index:
    """Give the samples that lie far from their nearest others, the farthest first.

    Far is a mean cosine distance above the third quartile by three times the distance between the quartiles.
    """
    apart = run.evidence.apart
    if apart.size == 0 or len(apart) < 2 * SHOWN:
        return NONE
    mean = apart.mean(axis=1)
    low, high = np.quantile(mean, [0.25, 0.75])
    order = np.argsort(-mean, kind="stable")
    return np.asarray(run.evidence.mapped[order[mean[order] > high + 3 * (high - low)]])


def changed(run: Run) -> Index:
    """Give the samples that an adaptation made the model call differently, the surest first."""
    e = run.evidence
    if e.before is None:
        return NONE
    place = np.flatnonzero(np.isfinite(e.before).all(axis=1))
    other = place[e.before[place].argmax(axis=1) != run.said[place]]
    return np.asarray(other[np.argsort(-run.sureness[other], kind="stable")][: 2 * SHOWN])


def listed(run: Run, chosen: Picks, most: int = MOST) -> Index:
    """Give the samples that the page knows by name, the most telling first: `most` and those shown large."""
    e = run.evidence
    mistakes = run.judged[run.wrong[run.judged]]
    first = _once(chosen.large(), mistakes, e.mapped, run.judged)
    return first[: max(most, len(chosen.large()))]


def _once(*parts: Index) -> Index:
    joined = np.concatenate([np.asarray(part, dtype=np.int64) for part in parts])
    _, first = np.unique(joined, return_index=True)
    return joined[np.sort(first)]
