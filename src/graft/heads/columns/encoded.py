"""What the heads on columns share: an encoding learned from the rows at hand, kept among their arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from graft.heads.check import check_matrix
from graft.heads.columns.encoding import Encoding, encoding_of
from graft.heads.learned import Learned
from graft.heads.training import Training

if TYPE_CHECKING:
    from graft.heads.base import Matrix

ENCODING = {"stand_in_": "D", "source_": "J", "kind_": "J", "level_": "J", "mean_": "J", "inverse_": "J"}


class Encoded(Learned):
    """A head on columns, which may hold NaN for missing cells and codes of words; see `Encoding`."""

    takes_missing: ClassVar[bool] = True
    stand_in_: NDArray[np.float64]
    source_: NDArray[np.int64]
    kind_: NDArray[np.int64]
    level_: NDArray[np.float64]
    mean_: NDArray[np.float64]
    inverse_: NDArray[np.float64]

    def encode(self, X: Matrix) -> NDArray[np.float64]:
        """Give the (N, J) features of (N, D) columns, by the encoding that was learned."""
        checked = check_matrix(X, self.n_features_in_, missing=True)
        return Encoding(*(getattr(self, name) for name in ENCODING)).apply(checked)

    def learn_encoding(self, training: Training, raw: bool = False) -> NDArray[Any]:
        """Learn the encoding, keep its arrays, and give the (N, J) features of the rows it was learned from."""
        encoding = encoding_of(training.X, training.weight, raw)
        for name in ENCODING:
            setattr(self, name, getattr(encoding, name.rstrip("_")))
        return encoding.apply(training.X)
