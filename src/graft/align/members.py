"""Members: the fitted parts of an adaptation, and how their answers become one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from graft.align.algebra import Floats
from graft.align.aligned import TINY, load
from graft.align.narrow import Narrowed
from graft.align.source_free.shifted import Shifted
from graft.align.words.members import Counted, Denoised
from graft.errors import ModelError


class Member(Protocol):
    """What an adaptation asks of its parts: `method`, the (M, K) `target` log-probabilities, predict and state."""

    @property
    def method(self) -> str:
        """The method's name."""

    @property
    def target(self) -> Floats:
        """The (M, K) log-probabilities of the target rows it was fitted with."""

    def predict_log_proba(self, X: Any) -> Floats:
        """Give the (M', K) log-probabilities of target rows."""

    def state(self) -> dict[str, NDArray[Any]]:
        """Give what `member` needs to predict the same again, as named arrays."""


Part = tuple[str, Member]
Maker = Callable[[dict[str, NDArray[Any]]], Member]
KINDS: dict[str, Maker] = {
    "placed": load,
    "narrowed": Narrowed.from_state,
    "counted": Counted.from_state,
    "denoised": Denoised.from_state,
    "shifted": Shifted.from_state,
}


def member(state: dict[str, NDArray[Any]]) -> Member:
    """Take back a member from its state; raises ModelError where arrays are missing or the kind is unknown."""
    kind = str(state.get("kind", "placed"))
    if kind not in KINDS:
        raise ModelError(f"The saved adaptation has a member of the kind {kind!r}; known are {', '.join(KINDS)}.")
    return KINDS[kind](state)


def fused(logs: Sequence[Floats]) -> Floats:
    """Give the logarithm of the mean of the probabilities of several (M, K) answers."""
    mean: Floats = np.mean([np.exp(each) for each in logs], axis=0)
    return np.log(np.maximum(mean, TINY))


def answer(parts: Sequence[Part]) -> Floats:
    """Give the (M, K) log of the mean over views of the mean probability of each view's parts, for the target rows."""
    return by_view([(view, part.target) for view, part in parts])


def by_view(logs: Sequence[tuple[str, Floats]]) -> Floats:
    """Give the log of the mean over views of the mean probability of the answers of each view."""
    views = dict.fromkeys(view for view, _ in logs)
    return fused([fused([each for name, each in logs if name == view]) for view in views])
