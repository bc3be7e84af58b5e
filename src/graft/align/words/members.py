"""Members of an adaptation that read word counts: the source-only head on them, and a head on denoised words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graft.align.algebra import Floats
from graft.align.aligned import Aligned, load, logs_of
from graft.align.domains import Source, Target
from graft.align.even import Even
from graft.align.moving.standardize import standardize
from graft.align.words.denoising import Denoising, denoising
from graft.heads.tfidf_logistic import TfidfLogistic

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    Counts = csr_matrix


@dataclass(frozen=True, eq=False)
class Counted:
    """A `TfidfLogistic` fitted on the source's counts; `target` (M, K) log-probabilities."""

    head: TfidfLogistic
    target: Floats
    method: str = "source-only"

    def predict_log_proba(self, counts: Counts) -> Floats:
        """Give the (M', K) log-probabilities of (M', D) counts."""
        return logs_of(self.head, counts)

    def state(self) -> dict[str, NDArray[Any]]:
        """Give what `from_state` needs, as named arrays."""
        return self.head.state() | {"kind": np.array("counted")}

    @classmethod
    def from_state(cls, state: dict[str, NDArray[Any]]) -> Counted:
        """Take back what `state` gave, without the target rows; raises ModelError where an array is missing."""
        head = TfidfLogistic().load_state({name: value for name, value in state.items() if name != "kind"})
        return cls(head, np.empty((0, len(head.classes_))))


@dataclass(frozen=True, eq=False)
class Denoised:
    """`standardize` on the rows of a `Denoising`; `target` (M, K) log-probabilities."""

    words: Denoising
    inner: Aligned
    method: str = "denoising"

    @property
    def target(self) -> Floats:
        """The (M, K) log-probabilities of the target rows it was fitted with."""
        return self.inner.target

    def predict_log_proba(self, counts: Counts) -> Floats:
        """Give the (M', K) log-probabilities of (M', D) counts; raises DataError for another width."""
        return self.inner.predict_log_proba(self.words(counts))

    def state(self) -> dict[str, NDArray[Any]]:
        """Give what `from_state` needs, as named arrays."""
        parts = (("words.", self.words.state()), ("inner.", self.inner.state()))
        arrays = {prefix + name: value for prefix, part in parts for name, value in part.items()}
        return arrays | {"kind": np.array("denoised")}

    @classmethod
    def from_state(cls, state: dict[str, NDArray[Any]]) -> Denoised:
        """Take back what `state` gave, without the target rows; raises ModelError where an array is missing."""
        words, inner = (
            {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}
            for prefix in ("words.", "inner.")
        )
        return cls(Denoising.from_state(words), load(inner))


def counted(counts: Counts, y: NDArray[np.int64], weight: Floats | None, target: Counts, seed: int) -> Counted:
    """Fit the source-only head on (N, D) counts."""
    head = TfidfLogistic(seed=seed).fit(counts, y, weight)
    return Counted(head, logs_of(head, target))


def denoised(counts: Counts, y: NDArray[np.int64], weight: Floats | None, target: Counts, seed: int) -> Denoised:
    """Fit on denoised words."""
    words = denoising(counts, target)
    pair = Source(words(counts), y, weight), Target(words(target))
    return Denoised(words, standardize(*pair, lambda: Even(seed=seed), seed))
