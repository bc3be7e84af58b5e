"""What a method is given: a labelled source and a target whose type has no labels, so that none can peek."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.errors import DataError
from graft.heads.check import check_matrix

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Source:
    """Labelled features: (N, D) `X`, (N,) class indices `y` of 0 .. K - 1, (N,) `weight` >= 0, (N,) `domain` names.

    Raises DataError where lengths differ, a class has no sample, or there are fewer than two classes.
    """

    X: NDArray[Any]
    y: NDArray[np.int64]
    weight: Floats | None = None
    domain: NDArray[np.str_] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "X", np.asarray(check_matrix(self.X), dtype=np.float64))
        y = np.asarray(self.y)
        for name in ("y", "weight", "domain"):
            value = getattr(self, name)
            if value is not None and np.shape(value) != (len(self.X),):
                raise DataError(f"The source has {len(self.X)} rows but {name} has shape {np.shape(value)}.")
        if y.dtype.kind not in "iu" or (y < 0).any():
            raise DataError("The source's y must be class indices 0, 1, 2 and so on; encode the labels first.")
        object.__setattr__(self, "y", y.astype(np.int64))
        missing = np.flatnonzero(np.bincount(self.y, minlength=2) == 0)
        if len(missing):
            raise DataError(f"Class {missing[0]} has no sample in the source; number only the classes that occur.")
        if self.weight is not None and (not np.isfinite(self.weight).all() or np.min(self.weight) < 0):
            raise DataError("The source's weights must be finite and none negative.")

    def __len__(self) -> int:
        return len(self.X)

    @property
    def count(self) -> int:
        """The number of classes K."""
        return int(self.y.max()) + 1

    @property
    def weights(self) -> Floats:
        """The (N,) weights with mean one."""
        given = np.ones(len(self)) if self.weight is None else np.asarray(self.weight, dtype=np.float64)
        scaled: Floats = given / given.mean()
        return scaled

    @property
    def indicators(self) -> Floats:
        """The (N, K) class indicators."""
        return np.eye(self.count)[self.y]

    def centred(self) -> Floats:
        """Give (N, D) `X` minus the weighted mean of each row's own domain."""
        names = np.zeros(len(self)) if self.domain is None else self.domain
        domain = np.unique(names, return_inverse=True)[1]
        share = np.eye(int(domain.max()) + 1)[domain] * np.maximum(self.weights, 1e-9)[:, None]
        means = share.T @ self.X / share.sum(axis=0)[:, None]
        rows: Floats = self.X - means[domain]
        return rows

    def take(self, rows: NDArray[Any]) -> Source:
        """Give these rows; every class must keep a sample."""
        weight = None if self.weight is None else self.weight[rows]
        domain = None if self.domain is None else self.domain[rows]
        return Source(self.X[rows], self.y[rows], weight, domain)


@dataclass(frozen=True, eq=False)
class Target:
    """Unlabelled features (M, D) `X`."""

    X: NDArray[Any]

    def __post_init__(self) -> None:
        object.__setattr__(self, "X", np.asarray(check_matrix(self.X), dtype=np.float64))

    def __len__(self) -> int:
        return len(self.X)


def check_pair(source: Source, target: Target) -> None:
    """Raise DataError unless both have the same width and the target at least two rows."""
    if source.X.shape[1] != target.X.shape[1]:
        raise DataError(
            f"The source has {source.X.shape[1]} features and the target {target.X.shape[1]}; "
            "embed both with the same backbone."
        )
    if len(target) < 2:
        raise DataError("The target has fewer than two rows: there is nothing to adapt to. Give more target inputs.")
