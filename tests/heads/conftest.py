"""Small data for heads: correlated features, one constant column, classes that overlap a little."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

Data = tuple[NDArray[np.float64], NDArray[np.int64]]


@pytest.fixture
def make_data() -> Callable[..., Data]:
    def build(rows: int = 60, width: int = 8, classes: int = 3, seed: int = 0, spread: float = 1.0) -> Data:
        rng = np.random.default_rng(seed)
        y = np.arange(rows) % classes
        mixing = rng.normal(size=(width, width))
        X = (rng.normal(size=(classes, width))[y] * spread + rng.normal(size=(rows, width))) @ mixing + 3
        X[:, 0] = 0.1
        return X, y

    return build
