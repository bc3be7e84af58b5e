"""Gradient-boosted trees on the columns of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from graft.heads.base import Classifier
from graft.heads.columns.boosting import boost, both
from graft.heads.columns.encoded import ENCODING, Encoded
from graft.heads.columns.forest import Forest
from graft.heads.softmax import softmax
from graft.heads.training import Training, weigh_classes

if TYPE_CHECKING:
    from graft.heads.base import Matrix

FOREST = {
    "baseline_": "S", "root_": "T", "feature_": "M", "threshold_": "M", "missing_": "M", "left_": "M", "right_": "M",
    "value_": "M",
}  # fmt: skip


class Boosted(Encoded):
    """A head of boosted trees, as `boost` says; `rounds_` is how many rounds of them there are."""

    rounds_: int

    def learn_trees(self, training: Training, seed: int) -> None:
        """Learn the encoding and the trees, and keep their arrays."""
        forest, self.rounds_ = boost(training, self.learn_encoding(training, raw=True), seed)
        for name in FOREST:
            setattr(self, name, getattr(forest, name.rstrip("_")))

    def tree_scores(self, X: Matrix) -> NDArray[np.float64]:
        """Give the (N, S) scores of (N, D) columns."""
        encoded = self.encode(X)
        return Forest(*(getattr(self, name) for name in FOREST)).scores(encoded)


class ColumnsTrees(Boosted, Classifier):
    """p = softmax(sum of trees); scikit-learn's HistGradientBoostingClassifier, kept as arrays."""

    name = "columns-trees"
    rank = 45
    learned: ClassVar[dict[str, str]] = {"classes_": "K"} | ENCODING | FOREST

    def __init__(self, class_weight: Literal["balanced"] | None = None, seed: int = 0) -> None:
        self.class_weight = class_weight
        self.seed = seed

    def learn(self, training: Training) -> None:
        """Learn from checked data."""
        self.learn_trees(weigh_classes(training, self.class_weight), self.seed)
        self.classes_ = training.classes

    def predict_proba(self, X: Matrix) -> NDArray[np.float64]:
        """Give the (N, K) class probabilities, in the order of `classes_`."""
        return softmax(both(self.tree_scores(X)))


class ColumnsTreesRegression(Boosted):
    """y = sum of trees; scikit-learn's HistGradientBoostingRegressor, kept as arrays."""

    name = "columns-trees-regression"
    rank = 45
    regression = True
    learned: ClassVar[dict[str, str]] = ENCODING | FOREST

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def learn(self, training: Training) -> None:
        """Learn from checked data."""
        self.learn_trees(training, self.seed)

    def predict(self, X: Matrix) -> NDArray[Any]:
        """Give the (N,) predicted numbers."""
        return self.tree_scores(X)[:, 0]
