"""Gradient boosting on the columns of a table: how many rounds, and the trees of all of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.heads.columns.forest import Forest, forest_of
from graft.heads.folds import stratified_folds
from graft.heads.softmax import log_softmax
from graft.heads.training import Training

ROUNDS, RATE, LEAVES = 100, 0.1, 8
FOLDS, BINS = 4, 10
ONE_THREAD = 50_000


def boost(training: Training, Z: NDArray[np.float64], seed: int) -> tuple[Forest, int]:
    """Fit trees on (N, J) features; give them and the number of rounds, the one of least loss on a quarter held out.

    At most 100 rounds at a rate of 0.1 of trees with eight leaves (Friedman 2001; Ke et al. 2017). Groups are held out
    whole; where nothing can be held out there are half the rounds.
    """
    held = _folds(training, seed) == 0
    with _few_threads(len(Z)):
        rounds = int(np.argmin(_losses(training, Z, held, seed))) if held.any() else ROUNDS // 2
        return forest_of(_fitted(training, Z, slice(None), max(rounds, 1), seed)), rounds


def _folds(training: Training, seed: int) -> NDArray[np.int64]:
    y = training.y
    if not len(training.classes):
        ranks = np.argsort(np.argsort(y, kind="stable"), kind="stable")
        y = ranks * max(1, min(BINS, len(y) // FOLDS)) // len(y)
    return stratified_folds(y, FOLDS, seed, training.group)


def _losses(training: Training, Z: NDArray[np.float64], held: NDArray[np.bool_], seed: int) -> NDArray[np.float64]:
    """Give the weighted loss of the rows held out after 0, 1, … rounds."""
    forest = forest_of(_fitted(training, Z, ~held, ROUNDS, seed))
    y, weight, size = training.y[held], training.weight[held], len(forest.baseline)
    total = np.repeat(forest.baseline[None], int(held.sum()), axis=0)
    losses = [_loss(total, y, weight, training)]
    for t, added in enumerate(forest.steps(Z[held])):
        total[:, t % size] += added
        if t % size == size - 1:
            losses.append(_loss(total, y, weight, training))
    return np.array(losses)


def _loss(total: NDArray[np.float64], y: NDArray[Any], weight: NDArray[np.float64], training: Training) -> float:
    if not len(training.classes):
        return float(weight @ (y - total[:, 0]) ** 2)
    return float(-weight @ log_softmax(both(total))[np.arange(len(y)), y])


def both(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give scores of two classes for the one of the second that trees give, and others as they are."""
    return np.column_stack([-scores / 2, scores / 2]) if scores.shape[1] == 1 else scores


def _fitted(training: Training, Z: NDArray[np.float64], rows: Any, rounds: int, seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingClassifier if len(training.classes) else HistGradientBoostingRegressor
    y = training.y[rows]
    boosted = kind(
        learning_rate=RATE, max_iter=rounds, max_leaf_nodes=LEAVES, min_samples_leaf=int(np.clip(len(y) // 20, 3, 20)),
        l2_regularization=1.0, early_stopping=False, random_state=seed,
    )  # fmt: skip
    shown = Z[rows]
    shown = np.where(np.isnan(shown).all(axis=0), 0.0, shown)  # scikit-learn finds no bins where there is no number
    return boosted.fit(shown, y, training.weight[rows])


@contextmanager
def _few_threads(rows: int) -> Iterator[None]:
    """Keep to one thread where the rows are few: its threads would only wait for one another."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1 if rows < ONE_THREAD else None, user_api="openmp"):
        yield
