"""Compare two models on the same samples: the difference of a score, its interval, and a verdict in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from graft.errors import DataError, did_you_mean
from graft.evaluation.checks import class_indices, class_probabilities, numbers
from graft.evaluation.intervals import affordable, bootstrap, units_of
from graft.evaluation.panel import CLASSIFICATION, LOWER_IS_BETTER, REGRESSION, WORDS, Predictions, Tally
from graft.evaluation.probability import sample_brier, sample_log_loss
from graft.evaluation.weights import Floats

FLIPS = 10_000


@dataclass(frozen=True)
class Comparison:
    """How the first model stands to the second: `difference` is the first's score minus the second's.

    `p_value` is NaN for a score that is no mean over samples. `outcome` is of the first model.
    """

    metric: str
    first: float
    second: float
    difference: float
    low: float
    high: float
    p_value: float
    outcome: Literal["better", "worse", "not told apart"]
    verdict: str


def sign_flip(differences: NDArray[Any], unit: NDArray[Any], seed: int = 0) -> float:
    """Give the two-sided p-value of a mean (N,) difference of 0, by exchanging the models in random units.

    The sums over units change sign at random, 10,000 times, or in all ways where there are no more; units whose sum is
    0 say nothing. For accuracy this is McNemar's exact test. Fisher, "The design of experiments" (1935).
    """
    sums = np.bincount(unit, differences)
    sums = sums[np.abs(sums) > 1e-12]
    if len(sums) == 0:
        return 1.0
    if 2 ** min(len(sums), 30) <= FLIPS:
        signs = 1 - 2 * (np.arange(2 ** len(sums))[:, None] >> np.arange(len(sums)) & 1)
        return float(np.mean(np.abs(signs @ sums) >= abs(sums.sum()) - 1e-9))
    rng = np.random.default_rng(seed)
    step = max(1, 1_000_000 // len(sums))
    extreme = 0
    for start in range(0, FLIPS, step):
        signs = 1 - 2 * rng.integers(0, 2, size=(min(step, FLIPS - start), len(sums)))
        extreme += int((np.abs(signs @ sums) >= abs(sums.sum()) - 1e-9).sum())
    return (extreme + 1) / (FLIPS + 1)


def sample_scores(targets: NDArray[Any], said: NDArray[Any], metric: str) -> Floats | None:
    """Give the per-sample values whose mean is the score (the squared error for RMSE), or None when there are none."""
    if metric == "accuracy":
        return np.asarray(said.argmax(axis=1) == targets, dtype=np.float64)
    if metric in ("log_loss", "brier"):
        return (sample_log_loss if metric == "log_loss" else sample_brier)(targets, said)
    if metric in ("mae", "rmse", "r2"):
        off = np.abs(np.asarray(targets) - said)
        return np.asarray(off if metric == "mae" else off**2, dtype=np.float64)
    return None


def scored(targets: NDArray[Any], said: NDArray[Any], metric: str) -> Any:
    """Give the function from weights (b, N) to scores (b,)."""
    if metric in REGRESSION:
        return lambda weights: REGRESSION[metric](targets, said, weights)
    predictions = Predictions(targets, said, said.argmax(axis=1))
    return lambda weights: CLASSIFICATION[metric](Tally(predictions, weights))


def compare(
    targets: NDArray[Any],
    first: NDArray[Any],
    second: NDArray[Any],
    metric: str = "log_loss",
    *,
    groups: NDArray[Any] | None = None,
    names: tuple[str, str] = ("the first", "the second"),
    seed: int = 0,
) -> Comparison:
    """Compare (N, K) probabilities, or (N,) numbers, of two models by a score on the same samples.

    The interval is a paired bootstrap: each resample scores both models, over groups where samples share one. One is
    called better only if the interval leaves out 0 and, for scores made of per-sample values, the sign-flip test has
    p < 0.05 too, as a bootstrap of few differing samples is too sure. Raises DataError on an unknown score or bad
    values.
    """
    y, a, b = checked(targets, first, second, metric)
    score_a, score_b = scored(y, a, metric), scored(y, b, metric)
    work = len(y) * (a.shape[1] if a.ndim == 2 else 1)
    found = bootstrap(lambda w: (score_a(w) - score_b(w))[:, None], len(y), groups, seed, affordable(2 * work))
    difference, low, high = (float(part[0]) for part in found)
    per_sample = [sample_scores(y, said, metric) for said in (a, b)]
    p = float("nan")
    if per_sample[0] is not None and per_sample[1] is not None:
        p = sign_flip(per_sample[0] - per_sample[1], units_of(len(y), groups), seed)
    outcome: Literal["better", "worse", "not told apart"] = "not told apart"
    if (low > 0 or high < 0) and not p >= 0.05:
        outcome = "better" if (difference > 0) != (metric in LOWER_IS_BETTER) else "worse"
    how = {"better": "is better than", "worse": "is worse than", "not told apart": "cannot be told apart from"}[outcome]
    verdict = f"{names[0]} {how} {names[1]}: {WORDS[metric]} {difference:+.3f} [{low:+.3f}, {high:+.3f}]"
    ones = np.ones((1, len(y)))
    return Comparison(
        metric, float(score_a(ones)[0]), float(score_b(ones)[0]), difference, low, high, p, outcome, verdict
    )


def checked(
    targets: NDArray[Any], first: NDArray[Any], second: NDArray[Any], metric: str
) -> tuple[NDArray[Any], Floats, Floats]:
    """Give the targets and both predictions as arrays the metric can use; raises DataError with a sentence."""
    if metric in REGRESSION:
        y = numbers(targets, len(targets), "targets")
        return y, numbers(first, len(y), "first predictions"), numbers(second, len(y), "second predictions")
    if metric not in CLASSIFICATION:
        raise DataError(f"There is no score {metric!r}. {did_you_mean(metric, [*CLASSIFICATION, *REGRESSION])}")
    k = np.shape(first)[-1]
    labels = class_indices(targets, k)
    return labels, class_probabilities(first, len(labels), k), class_probabilities(second, len(labels), k)
