"""The columns of a table as features: numbers standardized, missing ones marked, categories one column a level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graft.data.blanks import blanks, without_blanks
from graft.data.rows import WORDS_FROM

NUMBER, MISSING, LEVEL, RAW = range(4)
SPREAD = 5.0
LEAST = 2.0
MOST_LEVELS, MOST_STEPS = 30, 10


class Feature(NamedTuple):
    """One feature: which column it is of, what it says of it, the level it marks, and its mean and scale."""

    source: int
    kind: int
    level: float = 0.0
    mean: float = 0.0
    inverse: float = 1.0


@dataclass(frozen=True, eq=False)
class Encoding:
    """J features of D columns, as arrays (J,), and the number (D,) that stands for nothing in each column."""

    stand_in: NDArray[np.float64]
    source: NDArray[np.int64]
    kind: NDArray[np.int64]
    level: NDArray[np.float64]
    mean: NDArray[np.float64]
    inverse: NDArray[np.float64]

    def apply(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """Give the (N, J) features of (N, D) columns.

        A number is (x - mean) / scale, at most five scales from the mean, and 0 where it is missing; a raw one is as it
        is, NaN where it is missing; marks are 0 or 1.
        """
        cells = without_blanks(X, self.stand_in)[:, self.source]
        numbers = np.where(cells >= WORDS_FROM, np.nan, cells)
        scaled = np.clip((numbers - self.mean) * self.inverse, -SPREAD, SPREAD)
        marks = np.where(self.kind == MISSING, np.isnan(cells), cells == self.level)
        found = np.where(self.kind == NUMBER, np.nan_to_num(scaled), np.where(self.kind == RAW, numbers, marks))
        return np.asarray(found, dtype=np.float64)


def encoding_of(X: NDArray[Any], weight: NDArray[np.float64], raw: bool = False) -> Encoding:
    """Learn the features of (N, D) columns from the rows at hand; `raw` is for trees, which need no scales.

    A column gives one feature for its numbers where they vary, one for their absence where that varies, and one for
    each word of weight 2 or more, at most 30. Up to ten different whole numbers count as levels too, unless `raw`. A
    table in which nothing varies gives one feature that is always 0.
    """
    stand_in = blanks(X)
    cells = without_blanks(X, stand_in)
    features = [feature for d in range(X.shape[1]) for feature in _of_column(d, cells[:, d], weight, raw)]
    columns = zip(*(features or [Feature(0, LEVEL, np.inf)]), strict=True)
    source, kind, level, mean, inverse = (np.array(column) for column in columns)
    return Encoding(stand_in, source.astype(np.int64), kind.astype(np.int64), level.astype(float), mean.astype(float),
                    inverse.astype(float))  # fmt: skip


def dense(X: NDArray[Any]) -> NDArray[np.float32]:
    """Give (N, D) columns as (N, J) numbers without gaps, encoded by these rows themselves: to show, not to score."""
    return encoding_of(X, np.ones(len(X))).apply(X).astype(np.float32)


def _of_column(d: int, cells: NDArray[np.float64], weight: NDArray[np.float64], raw: bool) -> list[Feature]:
    absent, words = np.isnan(cells), cells >= WORDS_FROM
    known = ~absent & ~words
    values = np.unique(cells[known])
    found = []
    if len(values) > 1:
        found.append(Feature(d, RAW) if raw else _scaled(d, cells[known], weight[known]))
    if not (raw and found) and LEAST <= weight[absent].sum() <= weight.sum() - LEAST:
        found.append(Feature(d, MISSING))
    found += _levels(d, cells[words], weight[words], alone=not known.any() and not absent.any())
    steps = 2 < len(values) <= MOST_STEPS and bool(np.all(values == np.rint(values)))
    return found + (_levels(d, cells[known], weight[known], alone=False) if steps and not raw else [])


def _scaled(d: int, values: NDArray[np.float64], weight: NDArray[np.float64]) -> Feature:
    mean = float(np.average(values, weights=weight))
    scale = float(np.sqrt(np.average((values - mean) ** 2, weights=weight)))
    return Feature(d, NUMBER, mean=mean, inverse=1 / scale if scale > 1e-7 * max(abs(mean), 1e-300) else 0.0)


def _levels(d: int, values: NDArray[np.float64], weight: NDArray[np.float64], alone: bool) -> list[Feature]:
    """Give a mark for each level that is frequent enough; of two that are all there is, the rarer says it all."""
    levels, place = np.unique(values, return_inverse=True)
    totals = np.bincount(place, weights=weight, minlength=len(levels))
    order = [k for k in np.argsort(-totals, kind="stable").tolist() if totals[k] >= LEAST][:MOST_LEVELS]
    if len(levels) == 1 and alone:
        return []
    kept = order[1:] if len(levels) == 2 and len(order) == 2 and alone else order
    return [Feature(d, LEVEL, level=float(levels[k])) for k in kept]
