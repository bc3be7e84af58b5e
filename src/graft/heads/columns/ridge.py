"""Ridge regression on the columns of a table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from graft.heads.columns.encoded import ENCODING, Encoded
from graft.heads.ridge_regression import RidgeRegression
from graft.heads.training import Training

if TYPE_CHECKING:
    from graft.heads.base import Matrix


class ColumnsRidge(Encoded):
    """`RidgeRegression` on the features that `Encoding` makes of columns."""

    name = "columns-ridge"
    rank = 20
    regression = True
    learned: ClassVar[dict[str, str]] = {"coef_": "J", "intercept_": ""} | ENCODING
    coef_: NDArray[np.float64]
    intercept_: float

    def __init__(self) -> None:
        pass

    def learn(self, training: Training) -> None:
        """Learn from checked data."""
        inner = RidgeRegression()
        inner.learn(replace(training, X=self.learn_encoding(training)))
        self.coef_, self.intercept_ = inner.coef_, inner.intercept_

    def predict(self, X: Matrix) -> NDArray[np.float64]:
        """Give the (N,) predicted numbers."""
        predicted: NDArray[np.float64] = self.encode(X) @ self.coef_ + self.intercept_
        return predicted
