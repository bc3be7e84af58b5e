"""How well a learner does on tasks it has not seen: accuracy over many of them, with a 95 % interval."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from graft.errors import DataError
from graft.evaluation.record import Score
from graft.meta.episodes import draw
from graft.meta.learner import Learner
from graft.meta.pool import Pool
from graft.meta.shape import Shape

EPISODES = 600


def accuracies(
    learner: Learner, pool: Pool, shape: Shape, episodes: int = EPISODES, seed: int = 0
) -> NDArray[np.float64]:
    """Give the (episodes,) shares of queries told right; the same seed gives the same tasks."""
    mode, found = learner.training, np.empty(episodes)
    device = next(learner.parameters()).device
    learner.eval()
    codes = torch.arange(shape.ways, device=device)
    try:
        with torch.no_grad():
            for number in range(episodes):
                support, queries = draw(pool, shape, np.random.default_rng((seed, number)))
                adapted = learner.adapt(tuple(s.to(device) for s in pool.rows(support.ravel())),
                                        codes.repeat_interleave(shape.shots))  # fmt: skip
                scores = learner.predict(adapted, tuple(s.to(device) for s in pool.rows(queries.ravel())))
                right = scores.argmax(1) == codes.repeat_interleave(shape.queries)
                found[number] = right.double().mean().item()
    finally:
        learner.train(mode)
    return found


def accuracy(learner: Learner, pool: Pool, shape: Shape, episodes: int = EPISODES, seed: int = 0) -> Score:
    """Give the mean accuracy over tasks and its interval, mean ± 1.96 s / sqrt(n).

    The interval says how far other tasks of the same classes would lie off, not other classes. Raises DataError for
    fewer than two episodes.
    """
    return summed_up(accuracies(learner, pool, shape, at_least_two(episodes), seed))


def at_least_two(episodes: int) -> int:
    """Give the episodes; raises DataError for fewer than two."""
    if episodes < 2:
        raise DataError(f"{episodes} episodes give no interval: ask for 2 or more, better {EPISODES}.")
    return episodes


def summed_up(found: NDArray[np.float64]) -> Score:
    """Give the mean of the accuracies of tasks with its interval."""
    mean, half = float(found.mean()), float(1.96 * found.std(ddof=1) / np.sqrt(len(found)))
    return Score(mean, mean - half, mean + half)
