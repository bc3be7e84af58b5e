"""A member of an adaptation as a head, so that a Model can hold, save and load it like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from graft.align.members import Member, member
from graft.errors import GraftError, ModelError
from graft.heads.base import Classifier

if TYPE_CHECKING:
    from graft.heads.base import Matrix

TEXT = "text/"


class AlignedHead(Classifier):
    """The (N, K) probabilities of a fitted member; `classes_` are 0 .. K - 1. Made by `of`, or by loading."""

    name = "aligned"
    rank = 90
    member_: Member

    def __init__(self) -> None:
        self.classes_ = np.arange(0)

    @classmethod
    def of(cls, fitted: Member) -> AlignedHead:
        """Give the head of a fitted member."""
        return cls()._take(fitted)

    def fit(
        self,
        X: Matrix,
        y: NDArray[Any],
        sample_weight: NDArray[np.floating[Any]] | None = None,
        groups: NDArray[Any] | None = None,
    ) -> Self:
        """Raise GraftError: it takes a target domain beside labelled rows to make this head."""
        raise GraftError("An adapted head is not fitted on labelled rows alone: use adapt_features, or another head.")

    def predict_proba(self, X: Matrix) -> NDArray[np.float64]:
        """Give the (N, K) class probabilities."""
        return np.exp(self.member_.predict_log_proba(X))

    @property
    def method(self) -> str:
        """The method it was adapted by."""
        return self.member_.method

    def state(self) -> dict[str, NDArray[Any]]:
        """Give the member's state, texts as the bytes of their UTF-8 form."""
        return {
            TEXT + name if value.dtype.kind == "U" else name: _bytes(value) if value.dtype.kind == "U" else value
            for name, value in self.member_.state().items()
        }

    def load_state(self, state: dict[str, NDArray[Any]]) -> Self:
        """Take back what `state` gave; raises ModelError where an array is missing or a text is damaged."""
        try:
            plain = {
                name.removeprefix(TEXT): np.array(bytes(value).decode()) if name.startswith(TEXT) else value
                for name, value in state.items()
            }
        except UnicodeDecodeError as error:
            raise ModelError("A text of the saved adaptation is no UTF-8.") from error
        return self._take(member(plain))

    def _take(self, fitted: Member) -> Self:
        self.member_ = fitted
        self.classes_ = np.arange(fitted.target.shape[1])
        return self


def _bytes(text: NDArray[Any]) -> NDArray[np.uint8]:
    return np.frombuffer(str(text).encode(), np.uint8)
