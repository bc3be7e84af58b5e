"""Partial sets: adapting among the classes that the target seems to hold, the others keeping no probability."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.align.algebra import Floats
from graft.align.aligned import TINY, Aligned, load
from graft.align.distance.sets import absent
from graft.align.domains import Source
from graft.errors import ModelError

DOUBTFUL = 0.25


@dataclass(frozen=True, eq=False)
class Narrowed:
    """An Aligned of the (P,) `classes` out of `count` K; the other classes get the probability 1e-12.

    Leaving classes out that the target lacks is the hard form of Cao et al. 2018, Partial Adversarial Domain Adaptation
    (arXiv:1808.04205), which weighs source classes by the target's mean probabilities.
    """

    inner: Aligned
    classes: NDArray[np.int64]
    count: int

    @property
    def method(self) -> str:
        """The method's name."""
        return self.inner.method

    @property
    def target(self) -> Floats:
        """The (M, K) log-probabilities of the target rows it was fitted with."""
        return self._spread(self.inner.target)

    def predict_log_proba(self, X: NDArray[Any]) -> Floats:
        """Give the (M', K) log-probabilities of target rows; raises FeatureError for another width."""
        return self._spread(self.inner.predict_log_proba(X))

    def _spread(self, logs: Floats) -> Floats:
        full = np.full((len(logs), self.count), np.log(TINY))
        full[:, self.classes] = logs
        return full

    def state(self) -> dict[str, NDArray[Any]]:
        """Give what `from_state` needs, as named arrays."""
        own = {"kind": np.array("narrowed"), "classes": self.classes, "count": np.array([self.count])}
        return own | {f"inner.{name}": value for name, value in self.inner.state().items()}

    @classmethod
    def from_state(cls, state: dict[str, NDArray[Any]]) -> Narrowed:
        """Take back what `state` gave, without the target rows; raises ModelError where an array is missing."""
        missing = {"classes", "count"} - set(state)
        if missing:
            raise ModelError(f"The saved narrowed adaptation lacks the array {min(missing)}.")
        inner = {name.removeprefix("inner."): value for name, value in state.items() if name.startswith("inner.")}
        return cls(load(inner), state["classes"], int(state["count"][0]))


def present(logs: Floats) -> NDArray[np.int64]:
    """Give the classes that (M, K) target log-probabilities find in the target.

    Where that is a single one there is nothing to tell apart, and adapting would make groups of rows that are alike.
    Once a class is absent, as `absent` says, others are taken to be that are called for under a quarter of M / K rows:
    a few mistaken rows of an absent class would be made a group of.
    """
    everything, shares = np.arange(logs.shape[1]), np.exp(logs)
    gone = absent(shares, 0.0)
    found: NDArray[np.int64] = np.setdiff1d(everything, absent(shares, DOUBTFUL) if len(gone) else gone)
    return found


def alone(classes: NDArray[np.int64]) -> str:
    """Say that a target of one class is nothing to adapt to; nothing where there are more."""
    if len(classes) > 1:
        return ""
    return "the target seems to hold rows of one class alone, among which there is nothing to tell apart"


def narrowed(source: Source, classes: NDArray[np.int64]) -> Source:
    """Give the source rows of these classes, numbered 0 .. P - 1; the source itself where they are all."""
    if len(classes) == source.count:
        return source
    rows = np.flatnonzero(np.isin(source.y, classes))
    weight = None if source.weight is None else source.weight[rows]
    domain = None if source.domain is None else source.domain[rows]
    return Source(source.X[rows], np.searchsorted(classes, source.y[rows]), weight, domain)
