"""Class shares of a target kept at known ones: a bias per class, added to a head that is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graft.align.algebra import Floats, log_softmax
from graft.align.aligned import TINY, logs_of
from graft.errors import ModelError
from graft.heads.base import Classifier
from graft.heads.table import HEADS, make

if TYPE_CHECKING:
    from graft.heads.base import Matrix

ROUNDS = 200
METHOD = "class-shares"


@dataclass(frozen=True, eq=False)
class Shifted:
    """log p(k | x) = log p_head(k | x) + prior_k, normalized; `target` (M, K) those of the rows it was made for."""

    head: Classifier
    prior: Floats
    target: Floats
    method: str = METHOD

    def predict_log_proba(self, X: Matrix) -> Floats:
        """Give the (M', K) log-probabilities of (M', D) rows."""
        return log_softmax(logs_of(self.head, X) + self.prior)

    def state(self) -> dict[str, NDArray[Any]]:
        """Give what `from_state` needs, as named arrays."""
        learned = {f"head.{name}": value for name, value in self.head.state().items()}
        return learned | {"kind": np.array("shifted"), "head_kind": np.array(self.head.name), "prior": self.prior}

    @classmethod
    def from_state(cls, state: dict[str, NDArray[Any]]) -> Shifted:
        """Take back what `state` gave, without the target rows; raises ModelError where an array is missing."""
        missing = {"head_kind", "prior"} - set(state)
        if missing:
            raise ModelError(f"The saved shifted head lacks the array {min(missing)}.")
        kind = str(state["head_kind"])
        if kind not in HEADS or not issubclass(HEADS[kind], Classifier):
            raise ModelError(f"The saved shifted head is of the kind {kind!r}, which is no classifier here.")
        own = {name.removeprefix("head."): value for name, value in state.items() if name.startswith("head.")}
        head = make(kind).load_state(own)
        assert isinstance(head, Classifier)
        prior = np.asarray(state["prior"], dtype=np.float64)
        return cls(head, prior, np.empty((0, len(prior))))


def share_bias(logs: Floats, shares: Floats) -> Floats:
    """Give the (K,) bias, of mean zero, under which the mean probability of (M, K) rows is that of `shares` (K,).

    b_k grows by log(share_k / mean_k) until they agree: right where a target has the class shares of the source and the
    head is drawn to one class by how the target looks; wrong where its shares differ. So evidence is asked for it.
    """
    bias = np.zeros(len(shares))
    for _ in range(ROUNDS):
        bias = bias + np.log(shares / np.maximum(np.exp(log_softmax(logs + bias)).mean(axis=0), TINY))
    centred: Floats = bias - bias.mean()
    return centred
