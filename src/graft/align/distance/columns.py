"""Which columns of a table differ between two domains: numbers by their distributions, words by shares, and gaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.data.blanks import blanks, without_blanks
from graft.data.rows import WORDS_FROM, reading_of
from graft.errors import DataError
from graft.extract.features import Features

SURE, MOST_SAID = 0.05, 5


@dataclass(frozen=True)
class ColumnShift:
    """What one column does from source to target.

    `distance` 0 .. 1 is Kolmogorov and Smirnov's between numbers, or the total variation between the shares of words;
    0 where a domain knows no cell. `missing` are the shares of cells that are missing, `middle` the medians of numbers
    (None: words, or a domain knows none). `p_value` is that of the surer of the two differences, times two.
    """

    name: str
    distance: float
    missing: tuple[float, float]
    middle: tuple[float, float] | None
    p_value: float

    @property
    def size(self) -> float:
        """Give the larger of the distance and the change in what is missing."""
        return max(self.distance, abs(self.missing[1] - self.missing[0]))

    def __str__(self) -> str:
        gaps = [f"{share:.0%}" for share in self.missing]
        told = f"missing in {gaps[0]} and {gaps[1]}" if gaps[0] != gaps[1] else ""
        if self.distance > 0:
            two = [] if self.middle is None else [f"{median:.4g}" for median in self.middle]
            medians = f", median {two[0]} and {two[1]}" if len(set(two)) > 1 else ""
            told = f"distance {self.distance:.2f}{medians}{'; ' * bool(told)}{told}"
        return f"{self.name} ({told})"


def column_shifts(S: NDArray[Any], T: NDArray[Any], names: Sequence[str]) -> list[ColumnShift]:
    """Compare the D columns of (N, D) and (M, D) cells as `graft.data.rows` codes them, those that differ most first.

    d = sup_x |F_S(x) - F_T(x)| for numbers, d = 1/2 sum_w |p_S(w) - p_T(w)| for words, of the cells that are known.
    """
    stand_in = blanks(np.concatenate([S, T]))
    S, T = without_blanks(S, stand_in), without_blanks(T, stand_in)
    found = [_shift(name, s, t) for name, s, t in zip(names, S.T, T.T, strict=True)]
    return sorted(found, key=lambda shift: -shift.size)


def shifts_of_tables(source: Features, target: Features) -> list[ColumnShift]:
    """Compare the columns of two embedded tables; [] of other inputs. Columns without names are numbered from one.

    Raises DataError where one has more columns than the other.
    """
    if source.dataset.modality != "table":
        return []
    S, T = np.asarray(source.values), np.asarray(target.values)
    if S.shape[1] != T.shape[1]:
        raise DataError(
            f"The rows to learn from have {S.shape[1]} columns and those of the target {T.shape[1]}: give the same "
            "columns in the same order, or tables whose columns have names."
        )
    names = reading_of(source.dataset.inputs).get("input") or [str(d + 1) for d in range(S.shape[1])]
    return column_shifts(S, T, names)


def said_of_columns(shifts: Sequence[ColumnShift]) -> list[str]:
    """Say which columns differ by more than chance, with the level divided among all (Bonferroni); [] of none."""
    if not shifts:
        return []
    moved = [shift for shift in shifts if shift.p_value < SURE / len(shifts)]
    if not moved:
        return ["No column differs by more than chance makes."]
    more = f", and {len(moved) - MOST_SAID} more" if len(moved) > MOST_SAID else ""
    listed = "; ".join(str(shift) for shift in moved[:MOST_SAID])
    return [f"{len(moved)} of {len(shifts)} columns differ by more than chance makes: {listed}{more}."]


def _shift(name: str, s: NDArray[np.float64], t: NDArray[np.float64]) -> ColumnShift:
    gone = np.isnan(s), np.isnan(t)
    missing = float(gone[0].mean()), float(gone[1].mean())
    a, b = s[~gone[0]], t[~gone[1]]
    middle, distance, p = None, 0.0, 1.0
    if len(a) and len(b) and max(a.max(), b.max()) >= WORDS_FROM:
        distance, p = _words(a, b)
    elif len(a) and len(b):
        from scipy.stats import ks_2samp

        middle, test = (float(np.median(a)), float(np.median(b))), ks_2samp(a, b, method="asymp")
        distance, p = float(test.statistic), float(test.pvalue)
    counts = np.array([[len(a), gone[0].sum()], [len(b), gone[1].sum()]])
    return ColumnShift(name, distance, missing, middle, min(1.0, 2 * min(p, _independent(counts))))


def _words(a: NDArray[np.float64], b: NDArray[np.float64]) -> tuple[float, float]:
    place = np.unique(np.concatenate([a, b]), return_inverse=True)[1]
    counts = np.stack([np.bincount(each, minlength=place.max() + 1) for each in (place[: len(a)], place[len(a) :])])
    return float(np.abs(counts[0] / len(a) - counts[1] / len(b)).sum() / 2), _independent(counts)


def _independent(counts: NDArray[Any]) -> float:
    """Give the p-value of a chi-squared test of (2, K) counts, columns without any left out; 1 for a single one."""
    from scipy.stats import chi2_contingency

    counts = counts[:, counts.sum(axis=0) > 0]
    return float(chi2_contingency(counts).pvalue) if counts.shape[1] > 1 else 1.0
