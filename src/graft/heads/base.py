"""What every head shares: the scikit-learn estimator protocol, and a state of plain arrays to save."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    Matrix = NDArray[np.floating[Any]] | csr_matrix


class Head(ABC):
    """An estimator on features.

    Parameters are set in `__init__` under their own names; what `fit` learns ends in an underscore. `state` gives all
    of it as arrays, and `from_state` gives a head that predicts bit for bit the same. `rank` orders heads from simple
    to complicated: of heads that score alike the lower rank is kept. scikit-learn is not imported here, so that
    predicting with a saved model does not pay for it.
    """

    name: ClassVar[str]
    rank: ClassVar[int]
    regression: ClassVar[bool] = False

    @abstractmethod
    def fit(
        self,
        X: Matrix,
        y: NDArray[Any],
        sample_weight: NDArray[np.floating[Any]] | None = None,
        groups: NDArray[Any] | None = None,
    ) -> Self:
        """Learn from (N, D) features and (N,) targets; never changes what it is given.

        Where a head holds samples out to choose a parameter, those that share an entry of `groups` (N,) stay together.
        """

    @abstractmethod
    def predict(self, X: Matrix) -> NDArray[Any]:
        """Give the (N,) predicted targets."""

    @abstractmethod
    def state(self) -> dict[str, NDArray[Any]]:
        """Give everything `fit` learned, as named arrays."""

    @abstractmethod
    def load_state(self, state: dict[str, NDArray[Any]]) -> Self:
        """Take back what `state` gave; raises ModelError when an array is missing or of the wrong shape."""

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Give the parameters of `__init__`, as scikit-learn's estimators do."""
        names = [name for name in inspect.signature(type(self).__init__).parameters if name != "self"]
        return {name: getattr(self, name) for name in names}

    def set_params(self, **params: Any) -> Self:
        """Set parameters of `__init__` by name; raises ValueError on a name it does not have."""
        known = self.get_params()
        for name, value in params.items():
            if name not in known:
                raise ValueError(f"{type(self).__name__} has no parameter {name!r}; it has {', '.join(known)}.")
            setattr(self, name, value)
        return self

    def score(self, X: Matrix, y: NDArray[Any]) -> float:
        """Give the accuracy, or R² for regression, as scikit-learn's estimators do."""
        predicted = self.predict(X)
        if not self.regression:
            return float(np.mean(predicted == y))
        return float(1 - np.sum((y - predicted) ** 2) / np.sum((y - np.mean(y)) ** 2))

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import ClassifierTags, RegressorTags, Tags, TargetTags

        kind = "regressor" if self.regression else "classifier"
        return Tags(
            estimator_type=kind,
            target_tags=TargetTags(required=True),
            classifier_tags=None if self.regression else ClassifierTags(),
            regressor_tags=RegressorTags() if self.regression else None,
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self.get_params().items())})"


class Classifier(Head):
    """A head that gives class probabilities; `classes_` are the sorted distinct targets it was fitted on."""

    classes_: NDArray[Any]

    @abstractmethod
    def predict_proba(self, X: Matrix) -> NDArray[np.float64]:
        """Give the (N, K) class probabilities, in the order of `classes_`."""

    def predict(self, X: Matrix) -> NDArray[Any]:
        """Give the (N,) most probable classes."""
        best = np.argmax(self.predict_proba(X), axis=1)
        predicted: NDArray[Any] = self.classes_[best]
        return predicted
