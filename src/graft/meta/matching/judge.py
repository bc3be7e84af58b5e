"""How well shapes alone tell characters apart: accuracy over tasks drawn from a Dataset of drawings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graft.data.dataset import Dataset
from graft.meta.episodes import draw
from graft.meta.matching.drawing import drawings_of
from graft.meta.matching.matcher import Known, ShapeMatching
from graft.meta.pool import Pool
from graft.meta.shape import Shape
from graft.progress import progress


def shape_accuracies(
    matching: ShapeMatching, dataset: Dataset, shape: Shape, episodes: int, seed: int = 0
) -> NDArray[np.float64]:
    """Give the (episodes,) shares of queries told right; the same seed gives the same tasks.

    Every image is described once. Raises DataError for an image without ink and for tasks that cannot be drawn.
    """
    pool, found = Pool((), np.asarray(dataset.targets, dtype=np.int64)), np.empty(episodes)
    draw(pool, shape, np.random.default_rng(seed))
    drawings, codes = drawings_of(dataset.inputs), np.arange(shape.ways)
    with progress("Matching shapes", episodes) as step:
        for number in range(episodes):
            support, queries = draw(pool, shape, np.random.default_rng((seed, number)))
            known = Known(drawings.take(support.ravel()), codes.repeat(shape.shots))
            told = matching.scores(known, drawings.take(queries.ravel())).argmax(1).numpy()
            found[number] = (told == codes.repeat(shape.queries)).mean()
            step()
    return found
