"""Aligned: what every method gives: a map of target rows, a head on it, and a shift of the classes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graft.align.algebra import Floats, log_softmax
from graft.align.domains import Source, Target
from graft.align.placing import Placing
from graft.errors import ModelError
from graft.heads.base import Classifier
from graft.heads.table import HEADS, make

if TYPE_CHECKING:
    from graft.heads.base import Matrix

HeadMaker = Callable[[], Classifier]
TINY, FAINT = 1e-12, 1e-6


@dataclass(frozen=True, eq=False)
class Aligned:
    """A fitted adaptation.

    `target` (M, K) are the log-probabilities of the target rows it was fitted with; `predict_log_proba` gives those of
    any target rows: log p(k | x) = log p_head(k | placing(x)) + prior_k, normalized. The two differ where the method
    decides about all target rows together. `space` holds the placed (N, r) source and (M, r) target for validators.
    """

    method: str
    placing: Placing
    head: Classifier
    target: Floats
    prior: Floats
    space: tuple[Floats, Floats]
    notes: tuple[str, ...] = field(default=())

    def predict_log_proba(self, X: NDArray[Any]) -> Floats:
        """Give the (M', K) log-probabilities of target rows, new or seen; raises FeatureError for another width."""
        return log_softmax(logs_of(self.head, self.placing(X)) + self.prior)

    def state(self) -> dict[str, NDArray[Any]]:
        """Give what `load` needs to predict the same again, as named arrays."""
        placed = {f"placing.{name}": value for name, value in self.placing.state().items()}
        learned = {f"head.{name}": value for name, value in self.head.state().items()}
        names = {"method": np.array(self.method), "head_kind": np.array(self.head.name), "prior": self.prior}
        return names | placed | learned


def load(state: dict[str, NDArray[Any]]) -> Aligned:
    """Give an Aligned that predicts what the one saved did (without its target rows); raises ModelError."""
    missing = {"method", "head_kind", "prior"} - set(state)
    if missing:
        raise ModelError(f"The saved adaptation lacks the array {min(missing)}.")

    def under(prefix: str) -> dict[str, NDArray[Any]]:
        return {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}

    kind = str(state["head_kind"])
    if kind not in HEADS or not issubclass(HEADS[kind], Classifier):
        raise ModelError(f"The saved adaptation has a head of the kind {kind!r}, which is no classifier here.")
    head = make(kind).load_state(under("head."))
    assert isinstance(head, Classifier)
    placing, prior = Placing.from_state(under("placing.")), np.asarray(state["prior"], dtype=np.float64)
    empty = np.empty((0, len(placing.offset)))
    return Aligned(str(state["method"]), placing, head, np.empty((0, len(prior))), prior, (empty, empty))


def logs_of(head: Classifier, Z: Matrix) -> Floats:
    """Give the (N, K) log-probabilities of a head on (N, D) rows, those of zero as log 1e-12."""
    logs: Floats = np.log(np.maximum(head.predict_proba(Z), TINY))
    return logs


def linear_head(coef: Floats, intercept: Floats) -> Classifier:
    """Give a head with p = softmax(z @ coef.T + intercept) for (K, r) coefficients and (K,) intercepts."""
    classes = np.arange(len(coef))
    state = {"classes_": classes, "coef_": np.ascontiguousarray(coef), "intercept_": np.ascontiguousarray(intercept)}
    head = make("logistic").load_state(state)
    assert isinstance(head, Classifier)
    return head


def aligned(
    method: str,
    placing: Placing,
    head: Classifier,
    space: tuple[Floats, Floats],
    *,
    target: Floats | None = None,
    prior: Floats | None = None,
    notes: tuple[str, ...] = (),
) -> Aligned:
    """Make an Aligned from a fitted head on placed rows; the target's answer is the head's where none is given."""
    shift = np.zeros(len(head.classes_)) if prior is None else prior
    own = logs_of(head, space[1]) + shift if target is None else target
    return Aligned(method, placing, head, log_softmax(own), shift, space, notes)


def fit_head(head_maker: HeadMaker, S: Floats, source: Source, weight: Floats | None = None) -> Classifier:
    """Fit a new head on placed source rows with the source's weights, times `weight` (N,) where given.

    A class whose rows weigh nothing keeps a millionth of the mean weight, so that the head knows of every class.
    """
    weights = source.weights if weight is None else source.weights * weight
    silent = np.bincount(source.y, weights, source.count)[source.y] == 0
    return head_maker().fit(S, source.y, np.where(silent, FAINT * weights.mean(), weights))


Method = Callable[[Source, Target, HeadMaker, int], Aligned]
