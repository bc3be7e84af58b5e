"""N-way K-shot tasks, drawn from a pool by the seed and the task's number alone. Vinyals et al. 2016 (1606.04080)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from graft.errors import DataError
from graft.meta.pool import Pool
from graft.meta.shape import Shape
from graft.train.batches import Batch


def draw(pool: Pool, shape: Shape, random: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the samples of a task: support (ways, shots) and queries (ways, queries), row k of the task's class k.

    Raises DataError where too few classes have as many samples.
    """
    need = shape.shots + shape.queries
    able = [members for members in pool.members if len(members) >= need]
    if len(able) < shape.ways or shape.ways < 2 or shape.shots < 1 or shape.queries < 1:
        raise DataError(
            f"Tasks of {shape.ways} classes with {shape.shots} + {shape.queries} samples each cannot be drawn: "
            f"{len(able)} of {len(pool.members)} classes have {need} samples or more; ask for fewer "
            "ways, shots or queries."
        )
    classes = random.permutation(len(able))[: shape.ways]
    picked = np.stack([random.permutation(able[code])[:need] for code in classes])
    return picked[:, : shape.shots], picked[:, shape.shots :]


class Episodes:
    """Batches of tasks for a Run: (*support, support's classes, *queries, queries' classes), first axis the tasks."""

    def __init__(self, pool: Pool, shape: Shape, *, tasks: int = 4, batches: int = 50, seed: int = 0) -> None:
        draw(pool, shape, np.random.default_rng(seed))
        self.pool, self.shape, self.tasks, self.batches, self.seed = pool, shape, tasks, batches, seed

    def __len__(self) -> int:
        return self.batches

    @property
    def mark(self) -> str:
        """What tells these tasks from others."""
        return f"{self.pool.mark}, {self.shape} with {self.shape.queries}, {self.tasks} at once, seed {self.seed}"

    def epoch(self, number: int) -> Iterator[Batch]:
        """Give the batches of one epoch; the same number gives the same tasks."""
        return self.epoch_from(number, 0)

    def epoch_from(self, number: int, start: int) -> Iterator[Batch]:
        """Give the batches of one epoch from batch `start` on."""
        for index in range(start, self.batches):
            random = np.random.default_rng((self.seed, number, index))
            drawn = [draw(self.pool, self.shape, random) for _ in range(self.tasks)]
            batch: Batch = ()
            for rows in (np.stack(side) for side in zip(*drawn, strict=True)):
                flat = rows.reshape(self.tasks, -1)
                codes = torch.arange(self.shape.ways).repeat_interleave(rows.shape[2]).expand(self.tasks, -1)
                batch += (*self.pool.rows(flat), codes)
            yield batch
