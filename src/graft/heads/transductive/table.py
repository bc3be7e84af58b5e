"""The transductive functions there are, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.heads.transductive.laplacian import laplacian
from graft.heads.transductive.plain import plain
from graft.heads.transductive.soft_means import soft_means
from graft.heads.transductive.transport import transport

Answer = Callable[[Any, Any, Any], NDArray[np.float64]]
TRANSDUCTIVE: dict[str, Answer] = {
    "prototypes": plain,
    "soft-means": soft_means,
    "laplacian": laplacian,
    "transport": transport,
}
