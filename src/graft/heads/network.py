"""A small network: the dense layer with dropout that the classic recipe puts on a frozen backbone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from graft.heads.base import Classifier
from graft.heads.basis import Scaling, scaling_of
from graft.heads.check import FeatureError, check_matrix, slices
from graft.heads.folds import stratified_folds
from graft.heads.learned import Learned
from graft.heads.network_training import Settings, train
from graft.heads.softmax import softmax
from graft.heads.training import Training, weigh_classes

if TYPE_CHECKING:
    from graft.heads.base import Matrix


class Network(Learned, Classifier):
    """p = softmax(relu(z A + a) B + b) on standardized features z, trained as `train` says.

    `epochs_` is the number of passes after which the loss of the tenth held out was lowest, whose weights are kept.
    Srivastava et al. 2014, Dropout; Kingma and Ba 2015, Adam. Needs no scaling of its settings for most features.
    """

    name = "network"
    rank = 50
    learned: ClassVar[dict[str, str]] = {
        "classes_": "K", "mean_": "D", "inverse_": "D", "hidden_": "D H", "bias_": "H", "output_": "H K",
        "intercept_": "K",
    }  # fmt: skip
    classes_: NDArray[Any]
    mean_: NDArray[np.float64]
    inverse_: NDArray[np.float64]
    hidden_: NDArray[np.float32]
    bias_: NDArray[np.float32]
    output_: NDArray[np.float32]
    intercept_: NDArray[np.float32]
    epochs_: int

    def __init__(
        self,
        width: int = 256,
        dropout: float = 0.5,
        class_weight: Literal["balanced"] | None = None,
        seed: int = 0,
    ) -> None:
        self.width = width
        self.dropout = dropout
        self.class_weight = class_weight
        self.seed = seed

    def learn(self, training: Training) -> None:
        """Learn from checked data."""
        if not (isinstance(self.width, int | np.integer) and self.width >= 1 and 0 <= self.dropout < 1):
            raise FeatureError(
                f"The width must be a whole number of at least 1 and the dropout at least 0 and below 1, "
                f"not {self.width!r} and {self.dropout!r}."
            )
        training = weigh_classes(training, self.class_weight)
        scaling = scaling_of(training.X, training.weight)
        held = stratified_folds(training.y, 10, self.seed, training.group) == 0
        arrays, self.epochs_ = train(training, scaling, held, Settings(self.width, self.dropout, self.seed))
        self.classes_, self.mean_, self.inverse_ = training.classes, scaling.mean, scaling.inverse
        self.hidden_, self.bias_, self.output_, self.intercept_ = arrays

    def predict_proba(self, X: Matrix) -> NDArray[np.float64]:
        """Give the (N, K) class probabilities, in the order of `classes_`."""
        checked = check_matrix(X, self.n_features_in_)
        scaling = Scaling(self.mean_, self.inverse_)
        scores = np.empty((len(checked), len(self.classes_)))
        for rows in slices(*checked.shape):
            inner = scaling.apply(checked[rows]).astype(np.float32) @ self.hidden_ + self.bias_
            scores[rows] = np.maximum(inner, 0) @ self.output_ + self.intercept_
        return softmax(scores)
