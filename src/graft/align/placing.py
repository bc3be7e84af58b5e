"""Where rows lie before a method begins: centred, of comparable length, in few directions; all of it one map."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from weakref import ReferenceType, WeakKeyDictionary, ref

import numpy as np
from numpy.typing import NDArray

from graft.align.algebra import Floats, directions, unit
from graft.align.domains import Source, Target, check_pair
from graft.errors import ModelError
from graft.heads.check import check_matrix

MOST = 256
WIDE = 50


@dataclass(frozen=True, eq=False)
class Placing:
    """The map z = f((x - mean) / scale) @ basis + offset, f dividing rows by their length where `unit`.

    `mean` (D,), `scale` (1,), `basis` (D, r), `offset` (r,).
    """

    mean: Floats
    scale: Floats
    basis: Floats
    offset: Floats
    unit: bool

    def __post_init__(self) -> None:
        object.__setattr__(self, "basis", np.ascontiguousarray(self.basis))  # as it is saved: products keep their bits

    def __call__(self, X: NDArray[Any]) -> Floats:
        """Give the (N, r) placed rows of (N, D); raises FeatureError for another width."""
        rows = (np.asarray(check_matrix(X, len(self.mean)), dtype=np.float64) - self.mean) / self.scale
        placed: Floats = (unit(rows) if self.unit else rows) @ self.basis + self.offset
        return placed

    def then(self, matrix: Floats, offset: Floats | None = None) -> Placing:
        """Give this map followed by z @ matrix + offset."""
        moved = self.offset @ matrix + (0.0 if offset is None else offset)
        return replace(self, basis=self.basis @ matrix, offset=moved)

    def state(self) -> dict[str, NDArray[Any]]:
        """Give all of it as arrays."""
        return {"mean": self.mean, "scale": self.scale, "basis": self.basis, "offset": self.offset,
                "unit": np.array([self.unit])}  # fmt: skip

    @classmethod
    def from_state(cls, state: dict[str, NDArray[Any]]) -> Placing:
        """Take back what `state` gave; raises ModelError where an array is missing or shapes disagree."""
        try:
            mean, scale, basis, offset = (
                np.asarray(state[n], np.float64) for n in ("mean", "scale", "basis", "offset")
            )
            flag = bool(state["unit"][0])
        except KeyError as error:
            raise ModelError(f"The saved placing lacks the array {error}.") from error
        if basis.shape != (len(mean), len(offset)) or scale.shape != (1,):
            raise ModelError(f"The saved placing has a basis of shape {basis.shape} for a mean of {len(mean)} numbers.")
        return cls(mean, scale, basis, offset, flag)


Placed = tuple[Floats, Floats, Placing]
_PLACED: WeakKeyDictionary[Source, tuple[ReferenceType[Target], bool, int, Placed]] = WeakKeyDictionary()


def nothing(width: int) -> Placing:
    """Give the map that leaves (N, width) rows as they are."""
    return Placing(np.zeros(width), np.ones(1), np.eye(width), np.zeros(width), False)


def place_alone(target: Target, most: int = MOST) -> tuple[Floats, Placing]:
    """Give the placed (M, r) target, where there is no source, and its map.

    Rows are centred on their mean, brought to comparable length and turned as by `place`.
    """
    mean = target.X.mean(axis=0)
    T = target.X - mean
    wide = T.shape[1] >= WIDE
    size = float(np.sqrt(np.mean(np.square(T).sum(axis=1)))) or 1.0
    scale = np.array([1.0 if wide else size])
    T = unit(T) if wide else T / size
    basis = directions(T, most)
    return T @ basis, Placing(mean, scale, basis, np.zeros(basis.shape[1]), wide)


def place(source: Source, target: Target, apart: bool, most: int = MOST) -> tuple[Floats, Floats, Placing]:
    """Give the placed (N, r) source and (M, r) target, which cannot be written into, and the map of the target.

    Rows are centred on their own domain's mean where `apart` (each of several source domains on its own), on the mean
    of the two means where not. Rows of 50 numbers and more are divided by their length; of fewer, where the length says
    much, by the mean length of all. Then they are turned into the r <= `most` directions of largest variance. The last
    answer is kept as long as its source is: the methods of a committee all ask for the same.
    """
    kept = _PLACED.get(source)
    if kept is not None and kept[0]() is target and kept[1:3] == (apart, most):
        return kept[3]
    found = _placed(source, target, apart, most)
    for rows in found[:2]:
        rows.setflags(write=False)
    _PLACED[source] = (ref(target), apart, most, found)
    return found


def _placed(source: Source, target: Target, apart: bool, most: int) -> Placed:
    check_pair(source, target)
    w = source.weights / len(source)
    means = (w @ source.X, target.X.mean(axis=0))
    middle = (means[0] + means[1]) / 2
    S, T = (source.centred(), target.X - means[1]) if apart else (source.X - middle, target.X - middle)
    wide = S.shape[1] >= WIDE
    size = float(np.sqrt(np.mean(np.square(np.concatenate([S, T])).sum(axis=1)))) or 1.0
    scale = np.array([1.0 if wide else size])
    S, T = (unit(S), unit(T)) if wide else (S / size, T / size)
    basis = directions(np.concatenate([S, T]), most)
    mean = means[1] if apart else middle
    return S @ basis, T @ basis, Placing(mean, scale, basis, np.zeros(basis.shape[1]), wide)
