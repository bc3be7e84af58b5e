"""Coverage: which target rows lie farther from the source than the source's rows lie from each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graft.align.algebra import Floats, squared_distances

NEAREST, EDGE = 5, 0.95


def outside(S: Floats, T: Floats) -> NDArray[np.bool_]:
    """Say of each target row (M,) whether its 5th nearest source row is farther than that of 95 % of source rows.

    A source row is not its own neighbour. Where both domains are alike about 5 % are outside.
    """
    count = min(NEAREST, len(S) - 1)
    own = squared_distances(S, S)
    np.fill_diagonal(own, np.inf)
    edge = np.quantile(np.sort(own, axis=1)[:, count - 1], EDGE)
    far: NDArray[np.bool_] = np.sort(squared_distances(T, S), axis=1)[:, count - 1] > edge
    return far
