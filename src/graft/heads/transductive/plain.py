"""Plain prototypes, each query for itself: what the other functions are compared with."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.heads.prototypes import Prototypes


def plain(support: Any, labels: Any, queries: Any) -> NDArray[np.float64]:
    """Give what the head `prototypes` says of each query; see `graft.heads.prototypes`."""
    return Prototypes(doubt=0.0).fit(support, labels).predict_proba(queries)
