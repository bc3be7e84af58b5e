"""A stream of features: batches carried over to the source's moments, and classes found again among what was seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.align.algebra import Floats, log_softmax
from graft.align.domains import Target
from graft.align.source_free.shot import shot_alone
from graft.align.validators.neighbours import agreement

PRIOR, POWER, RECENT = 16.0, 6.0, 64.0
MEMORY, LEAST, EVEN, GROUPED = 512, 64, 0.6, 0.9
EPSILON = 1e-6
Moments = tuple[Floats, Floats]


class FeatureStream:
    """Predicts batch after batch of features and adapts to them, without labels, source data or a network.

    A row x is answered as (x - m) √((v₀ + ε) / (v + ε)) + m₀. (m₀, v₀) are the (D,) means and variances of the source;
    (m, v) those of 16 rows of the source and n of the stream together, n being the rows so far times (H(p) / ln K)⁶ of
    the mean p of recent predictions: a stream that seems to be of one class says little of the domain. Once 64 rows
    were seen whose predictions are spread (H ≥ 0.6 ln K), and where the classes are groups of the source (`grouped`,
    the `agreement` of its labels among neighbours, is 0.9 or more), `shot_alone` finds them again among the last 512
    rows, and answers where its labels agree no less than those of the head. Batch norms are carried over in the same
    way by Schneider et al. 2020 (arXiv:2006.16971); SHOT is Liang et al. 2020 (arXiv:2002.08546). `answer` gives the
    (B, K) log-probabilities of (B, D) features of the source's kind.
    """

    def __init__(self, answer: Callable[[Floats], Floats], source: Moments, grouped: float = 1.0) -> None:
        self._answer, self._grouped = answer, grouped >= GROUPED
        self._source = np.asarray(source[0], np.float64), np.asarray(source[1], np.float64)
        self._stream: Moments | None = None
        self._count = 0.0
        self._spread = _Spread()
        self._rows: NDArray[np.float64] = np.empty((0, len(self._source[0])))

    def predict_log_proba(self, X: NDArray[Any]) -> Floats:
        """Give the (B, K) log-probabilities of the next batch (B, D), of one row or many."""
        X = np.asarray(X, dtype=np.float64)
        if self._stream is None:
            self._spread.take(self._answer(X))
        self._see(X)
        logs = log_softmax(self._answer(self._carried(self._rows)))
        self._spread.take(logs[-len(X) :])
        return self._found_again(logs)[-len(X) :]

    def _see(self, X: Floats) -> None:
        now = X.mean(axis=0), X.var(axis=0)
        self._stream = now if self._stream is None else pooled(self._stream, self._count, now, len(X))
        self._count += len(X)
        self._rows = np.concatenate([self._rows, X])[-max(MEMORY, len(X)) :]

    def _carried(self, X: Floats) -> Floats:
        assert self._stream is not None
        mean, var = pooled(self._source, PRIOR, self._stream, self._count * self._spread.value**POWER)
        carried: Floats = (X - mean) * np.sqrt((self._source[1] + EPSILON) / (var + EPSILON)) + self._source[0]
        return carried

    def _found_again(self, logs: Floats) -> Floats:
        if not self._grouped or len(logs) < LEAST or evenness(np.exp(logs).mean(axis=0)) < EVEN:
            return logs
        rows = self._carried(self._rows)
        found = log_softmax(shot_alone(Target(rows), logs).predict_log_proba(rows))
        before, after = (agreement(rows, each.argmax(axis=1)) for each in (logs, found))
        return found if after >= before else logs


class _Spread:
    """How evenly recent predictions use the classes: H / ln K of their mean, the past counting for 64 rows at most."""

    def __init__(self) -> None:
        self._mean: Floats | None = None
        self._seen = 0.0

    def take(self, logs: Floats) -> None:
        now, past = np.exp(logs).mean(axis=0), min(self._seen, RECENT)
        self._mean = now if self._mean is None else (past * self._mean + len(logs) * now) / (past + len(logs))
        self._seen = past + len(logs)

    @property
    def value(self) -> float:
        return 1.0 if self._mean is None else evenness(self._mean)


def evenness(shares: Floats) -> float:
    """Give H(p) / ln K of (K,) shares: 0 for one class, 1 for all alike."""
    return float(-(shares * np.log(np.maximum(shares, 1e-12))).sum() / np.log(len(shares)))


def pooled(one: Moments, n: float, other: Moments, m: float) -> Moments:
    """Give means and variances of n rows with the moments `one` and m with `other`, together."""
    a, b = n / (n + m), m / (n + m)
    mean = a * one[0] + b * other[0]
    return mean, a * (one[1] + (one[0] - mean) ** 2) + b * (other[1] + (other[0] - mean) ** 2)
