"""The learner of shapes: its support are drawings, and a query is of the class it needs the least bending to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from graft.backbones.runtime import one_thread, usable_cores
from graft.data.dataset import Dataset
from graft.meta.matching.bending import Bending, energies
from graft.meta.matching.drawing import Drawings, drawings_of

PAIRS_AT_ONCE = 200
SHARPNESS = 20.0


@dataclass(frozen=True, eq=False)
class Known:
    """What a task taught: the support's drawings and the class (S,) of each, 0 to ways - 1."""

    drawings: Drawings
    y: NDArray[np.int64]


class ShapeMatching:
    """Tells drawings apart by bending each query onto every drawing of the support; needs no network.

    `bending` says how.
    """

    def __init__(self, bending: Bending | None = None) -> None:
        self.bending = bending or Bending()

    def adapt(self, support: Sequence[Any], y: NDArray[np.int64]) -> Known:
        """Take up the images of the support, of classes y (S,); raises DataError for one without ink."""
        return Known(drawings_of(support), np.asarray(y, dtype=np.int64))

    def predict(self, adapted: Known, queries: Sequence[Any]) -> Tensor:
        """Give (Q, ways) scores, a class being as near as its nearest drawing, whatever other queries there are."""
        return self.scores(adapted, drawings_of(queries))

    def scores(self, adapted: Known, queries: Drawings) -> Tensor:
        """Give the (Q, ways) scores of drawings: -20 times the lowest energy of a class."""
        each = -SHARPNESS * self.energies(queries, adapted.drawings)
        ways = int(adapted.y.max()) + 1
        best = [each[:, torch.from_numpy(adapted.y == way)].amax(1) for way in range(ways)]
        return torch.stack(best, 1)

    def energies(self, queries: Drawings, support: Drawings) -> Tensor:
        """Give the (Q, S) energies between queries and support; in threads, whose number changes nothing."""
        first, second = torch.cartesian_prod(torch.arange(len(queries)), torch.arange(len(support))).T
        chunks = list(zip(first.split(PAIRS_AT_ONCE), second.split(PAIRS_AT_ONCE), strict=True))

        def one(rows: tuple[Tensor, Tensor]) -> Tensor:
            """Bend some pairs."""
            with one_thread():
                return energies(queries, support, *rows, self.bending)

        with ThreadPoolExecutor(usable_cores()) as pool:
            return torch.cat(list(pool.map(one, chunks))).view(len(queries), len(support))


def drawn_tasks(dataset: Dataset, ways: int, tasks: int, seed: int) -> Iterator[tuple[list[Any], list[Any]]]:
    """Draw one-shot tasks: a support and a query image for each of `ways` classes of one folder."""
    from graft.meta.episodes import draw
    from graft.meta.pool import Pool
    from graft.meta.shape import Shape

    codes = np.asarray(dataset.targets, dtype=np.int64)
    folders = np.array([name.rsplit("/", 1)[0] if "/" in name else "" for name in dataset.classes])
    able = [folder for folder in np.unique(folders) if (folders == folder).sum() >= ways]
    pools = []
    for folder in able or [""]:
        inside = np.flatnonzero(np.isin(codes, np.flatnonzero((folders == folder) | (not able))))
        pools.append((inside, Pool((), np.unique(codes[inside], return_inverse=True)[1].astype(np.int64))))
    for number in range(tasks):
        random = np.random.default_rng((seed, number))
        inside, pool = pools[int(random.integers(len(pools)))]
        picked = [inside[rows.ravel()] for rows in draw(pool, Shape(ways, 1, 1), random)]
        support, queries = ([dataset.inputs[int(row)] for row in rows] for rows in picked)
        yield support, queries
