"""Open sets: target rows of classes that the source does not have are found, and called unknown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.align.algebra import Floats, log_softmax, unit
from graft.align.aligned import Aligned, HeadMaker, aligned, load
from graft.align.distance.coverage import outside
from graft.align.distance.sets import EXPECTED, strangers
from graft.align.domains import Source, Target
from graft.align.placing import place
from graft.align.source_only import source_only
from graft.evaluation.proportions import wilson

ROUNDS, SURE, LEAST = 3, 0.5, 5


@dataclass(frozen=True, eq=False)
class OpenSet:
    """An Aligned among K classes, or among K + 1 where `found`, of which the last is "none of them".

    `unknown` (M,) are the probabilities of that for the target rows it was fitted with, zeros where nothing was found.
    """

    inner: Aligned
    found: bool
    unknown: Floats
    notes: tuple[str, ...]

    def predict(self, X: NDArray[Any], threshold: float = SURE) -> tuple[Floats, NDArray[np.bool_]]:
        """Give the (M', K) log-probabilities among known classes, and whether each row is unknown.

        A row is unknown when the probability of "none of them" is above the threshold; FeatureError for another width.
        """
        logs = self.inner.predict_log_proba(X)
        if not self.found:
            return logs, np.zeros(len(logs), dtype=bool)
        return log_softmax(logs[:, :-1]), np.exp(logs[:, -1]) > threshold

    def state(self) -> dict[str, NDArray[Any]]:
        """Give what `from_state` needs to predict the same again, as named arrays."""
        own = {"found": np.array([self.found]), "notes": np.array(self.notes, dtype=np.str_)}
        return own | {f"inner.{name}": value for name, value in self.inner.state().items()}

    @classmethod
    def from_state(cls, state: dict[str, NDArray[Any]]) -> OpenSet:
        """Take back what `state` gave, without the target rows; raises ModelError where an array is missing."""
        inner = load({name.removeprefix("inner."): value for name, value in state.items() if name.startswith("inner.")})
        return cls(inner, bool(state["found"][0]), np.empty(0), tuple(state["notes"].tolist()))


def open_set(source: Source, target: Target, head_maker: HeadMaker, seed: int = 0) -> OpenSet:
    """Look for unknown rows, and teach a head the K classes of the source and those rows as one more.

    Nothing is taken for unknown, and the source-only head stays, unless significantly more than 5 % of target rows lie
    outside the source and are sure of no class. Then rows below Otsu's threshold of `nearness` begin as unknown, the
    others as the source-only head calls them; three rounds follow: both domains are centred, the target on its rows
    held for known, a head is fitted on the source and the target's calls, and gives the next calls. The two steps of
    Bucci, Loghmani and Tommasi 2020, On the Effectiveness of Image Rotation for Open Set Domain Adaptation
    (arXiv:2007.12360), without its rotations.
    """
    plain = source_only(source, target, head_maker, seed)
    S, T, _ = place(source, target, apart=False)
    odd = strangers(outside(S, T), np.exp(plain.target))
    if wilson(odd.mean(keepdims=True), np.array([len(odd)]))[0][0] <= EXPECTED:
        said = "No sign of unknown classes: hardly a target row lies outside the source and is sure of no class."
        return OpenSet(plain, False, np.zeros(len(target)), (said,))
    near = nearness(S, source.y, T)
    calls = np.where(near < otsu(near), source.count, plain.target.argmax(axis=1))
    fitted = plain
    for _ in range(ROUNDS):
        unknown = calls == source.count
        if min(unknown.sum(), (~unknown).sum()) < LEAST:
            break
        fitted = _with_unknown(source, target, calls, head_maker)
        calls = fitted.target.argmax(axis=1)
    found = fitted is not plain
    shares = np.exp(fitted.target[:, -1]) if found else np.zeros(len(target))
    said = f"{(shares > SURE).mean():.0%} of the target rows are taken for classes that the source does not have."
    return OpenSet(fitted, found, shares, (said,))


def _with_unknown(source: Source, target: Target, calls: NDArray[np.int64], head_maker: HeadMaker) -> Aligned:
    """Fit K + 1 classes on both domains, each row weighing alike, centred by what is held for known.

    Were the unknown rows the only ones of the target, whatever tells it from the source would speak for "none of them".
    """
    S, _, placing = place(source, Target(target.X[calls < source.count]), apart=True)
    T = placing(target.X)
    weight = np.concatenate([source.weights, np.ones(len(T))])
    head = head_maker().fit(np.concatenate([S, T]), np.concatenate([source.y, calls]), weight)
    return aligned("open-set", placing, head, (S, T))


def nearness(S: Floats, y: NDArray[np.int64], T: Floats) -> Floats:
    """Give for each of (M, r) target rows the cosine to the nearest of the (K, r) means of source rows' directions."""
    rows = unit(S)
    means = unit(np.eye(int(y.max()) + 1)[y].T @ rows)
    best: Floats = (unit(T) @ means.T).max(axis=1)
    return best


def otsu(values: Floats) -> float:
    """Give the threshold that makes the variance between the two sides of (M,) values largest.

    Otsu 1979, A Threshold Selection Method from Gray-Level Histograms, over all values rather than a histogram.
    """
    ordered = np.sort(values)
    count = np.arange(1, len(ordered))
    below = np.cumsum(ordered)[:-1] / count
    above = (ordered.sum() - np.cumsum(ordered)[:-1]) / (len(ordered) - count)
    best = int(np.argmax(count * (len(ordered) - count) * (above - below) ** 2))
    return float((ordered[best] + ordered[best + 1]) / 2)
