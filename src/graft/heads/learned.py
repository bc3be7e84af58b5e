"""State as plain arrays: what a head learned, by name, with shapes that must agree."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from graft.errors import ModelError
from graft.heads.base import Head
from graft.heads.training import Training, check_training

if TYPE_CHECKING:
    from graft.heads.base import Matrix


ONE = "one"


class NotFittedError(ModelError, ValueError, AttributeError):
    """A head was asked to predict before it was fitted."""


class Learned(Head):
    """A head whose state is the attributes named in `learned`.

    `learned` maps each attribute to its shape as letters, such as "K D": equal letters must be equal sizes, and the
    empty string is one number, saved as an array of one. A letter named in no other shape may have any size.
    """

    learned: ClassVar[dict[str, str]]
    takes_sparse: ClassVar[bool] = False
    takes_missing: ClassVar[bool] = False

    def fit(
        self,
        X: Matrix,
        y: NDArray[Any],
        sample_weight: NDArray[np.floating[Any]] | None = None,
        groups: NDArray[Any] | None = None,
    ) -> Self:
        """Learn from (N, D) features and (N,) targets; samples that share a group are held or left out together.

        Raises FeatureError for anything a head cannot be fitted on; never changes what it is given.
        """
        checks = {"sparse": self.takes_sparse, "numeric": self.regression, "missing": self.takes_missing}
        self.learn(check_training(X, y, sample_weight, groups, **checks))
        return self

    @abstractmethod
    def learn(self, training: Training) -> None:
        """Learn from checked data."""

    @property
    def n_features_in_(self) -> int:
        """The number of features it was fitted on; raises NotFittedError before `fit`."""
        self.check_fitted()
        name, letters = next((name, letters.split()) for name, letters in self.learned.items() if "D" in letters)
        return int(getattr(self, name).shape[letters.index("D")])

    def state(self) -> dict[str, NDArray[Any]]:
        """Give every learned attribute as an array; raises NotFittedError before `fit`."""
        self.check_fitted()
        return {name: np.array(getattr(self, name), ndmin=1) for name in self.learned}

    def load_state(self, state: dict[str, NDArray[Any]]) -> Self:
        """Take back what `state` gave; raises ModelError when an array is missing, unknown or of the wrong shape."""
        wrong = sorted(set(self.learned) ^ set(state))
        if wrong:
            raise ModelError(f"The saved {self.name} head does not fit: missing or unknown array {', '.join(wrong)}.")
        sizes = {ONE: 1}
        for name, letters in self.learned.items():
            shape, dims = np.shape(state[name]), letters.split() or [ONE]
            agrees = len(shape) == len(dims) and all(
                sizes.setdefault(d, n) == n for d, n in zip(dims, shape, strict=True)
            )
            if not agrees:
                wanted = ", ".join(f"{d}={sizes[d]}" if d in sizes else d for d in dims)
                raise ModelError(f"The saved {self.name} head has {name} of shape {shape}, not ({wanted}).")
        for name, letters in self.learned.items():
            value = np.array(state[name])
            setattr(self, name, value if letters else value.item())
        return self

    def check_fitted(self) -> None:
        """Raise NotFittedError unless every learned attribute is there."""
        if any(not hasattr(self, name) for name in self.learned):
            raise NotFittedError(f"This {type(self).__name__} is not fitted yet; call fit first.")

    def __sklearn_is_fitted__(self) -> bool:
        return all(hasattr(self, name) for name in self.learned)
