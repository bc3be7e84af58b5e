"""The bootstrap: 95 % intervals of any score that takes sample weights, over samples or over groups of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graft.errors import DataError
from graft.evaluation.weights import Floats, Integers

Statistic = Callable[[Floats], Floats]
RESAMPLES = 1000
FEWEST = 200
BLOCKS = 100
CHUNK = 500_000


class Interval(NamedTuple):
    """The (M,) scores of a sample and the (M,) ends of their intervals."""

    value: Floats
    low: Floats
    high: Floats


def units_of(n: int, groups: NDArray[Any] | None) -> Integers:
    """Give each of n samples the number of its unit: its group, or itself when there are no groups."""
    if groups is None:
        return np.arange(n)
    if len(groups) != n:
        raise DataError(f"There are {len(groups)} groups but {n} samples.")
    return np.unique(np.asarray(groups), return_inverse=True)[1].astype(np.int64)


def resampled(unit: Integers, resamples: int, seed: int) -> Iterator[Floats]:
    """Draw as many units as there are, with replacement; yield chunks (b, N) of how often each sample came."""
    rng, n_units = np.random.default_rng(seed), int(unit.max()) + 1
    step = max(1, CHUNK // len(unit))
    for start in range(0, resamples, step):
        rows = min(step, resamples - start)
        drawn = rng.integers(0, n_units, size=(rows, n_units)) + n_units * np.arange(rows)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=rows * n_units).reshape(rows, n_units)
        yield counts.astype(np.float64)[:, unit]


def left_out(unit: Integers) -> Iterator[Floats]:
    """Yield chunks of weights that leave out one unit each, or one of 100 blocks of units where there are more."""
    block = unit % min(int(unit.max()) + 1, BLOCKS)
    step = max(1, CHUNK // len(unit))
    for start in range(0, int(block.max()) + 1, step):
        yield (block != np.arange(start, min(start + step, int(block.max()) + 1))[:, None]).astype(np.float64)


def bca(value: Floats, replicates: Floats, jackknife: Floats, n_units: int) -> tuple[Floats, Floats]:
    """Give the ends of bias-corrected, accelerated intervals of (M,) values from (B, M) and (J, M) replicates.

    Efron, "Better bootstrap confidence intervals" (1987), with the normal quantile z replaced by √(n/(n-1)) t₍ₙ₋₁₎ for
    n units, without which a few units give too narrow an interval: Hesterberg, "What teachers should know about the
    bootstrap" (2015). Undefined replicates are left out, and the interval always holds the value.
    """
    from scipy.special import ndtr, ndtri, stdtrit

    z = np.sqrt(n_units / (n_units - 1)) * stdtrit(n_units - 1, 0.975)
    known = (~np.isnan(replicates)).sum(axis=0)
    near = 1e-12 * np.maximum(1.0, np.abs(value))
    below = (replicates < value - near).sum(axis=0) + (np.abs(replicates - value) <= near).sum(axis=0) / 2
    bias = ndtri((below + 0.5) / (known + 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        skew = np.nan_to_num(np.nansum(jackknife, axis=0) / (~np.isnan(jackknife)).sum(axis=0) - jackknife)
        bend = np.nan_to_num((skew**3).sum(axis=0) / (6 * (skew**2).sum(axis=0) ** 1.5))
    ordered = np.sort(replicates, axis=0)

    def end(sign: int) -> Floats:
        shifted = bias + sign * z
        place = ndtr(bias + shifted / np.maximum(1 - bend * shifted, 1e-3)) * np.maximum(known - 1, 0)
        under, over = np.floor(place).astype(int), np.ceil(place).astype(int)
        columns = np.arange(len(value))
        lower, upper = ordered[under, columns], ordered[over, columns]
        return np.asarray(lower + (place - under) * (upper - lower))

    return np.fmin(end(-1), value), np.fmax(end(1), value)


def bootstrap(
    statistic: Statistic,
    n: int,
    groups: NDArray[Any] | None = None,
    seed: int = 0,
    resamples: int = RESAMPLES,
    biased: Sequence[int] = (),
) -> Interval:
    """Give the value and the 95 % interval of each of M scores of n samples.

    `statistic` maps weights (b, n) to scores (b, M); a resample is the weights with which its samples were drawn.
    Where samples share a group, whole groups are drawn. The same seed gives the same numbers. With one unit only there
    is nothing to draw from, and the ends are NaN. The columns named in `biased` get the interval of `outer`.
    """
    unit = units_of(n, groups)
    value = statistic(np.ones((1, n)))[0]
    if int(unit.max(initial=-1)) < 1:
        return Interval(value, np.full_like(value, np.nan), np.full_like(value, np.nan))
    replicates = np.concatenate([statistic(w) for w in resampled(unit, resamples, seed)])
    jackknife = np.concatenate([statistic(w) for w in left_out(unit)])
    low, high = bca(value, replicates, jackknife, int(unit.max()) + 1)
    for column in biased:
        low[column], high[column] = outer(value[column], replicates[:, column])
    return Interval(value, low, high)


def outer(value: float, replicates: Floats) -> tuple[float, float]:
    """Give the interval of a score that is 0 or more and that resampling pushes up: [2v - q, q], q its 97.5 % point.

    The lower end is that of the basic bootstrap, which takes the upward push off again; the upper end is the
    percentile's.
    """
    top = float(np.quantile(replicates, 0.975))
    return min(max(0.0, 2 * value - top), value), max(top, value)


def affordable(work: int) -> int:
    """Give the number of resamples, 1,000 or fewer (never under 200) when one costs more than 400,000 sums."""
    return int(np.clip(400_000_000 // max(work, 1), FEWEST, RESAMPLES))
