"""Penalized logistic loss of many problems at once: all cross-validation folds share one pass over the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from graft.heads.check import is_sparse
from graft.heads.losses import binary_loss, softmax_loss
from graft.heads.threads import Mapper

NOTHING = -2


class Coordinates(Protocol):
    """Parameters in other coordinates than the blocks of features: a rotation, or scales of their own per fold."""

    def enter(
        self, coef: NDArray[np.float64], bias: NDArray[np.float64], held: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Turn (P, K, r) coefficients and (P, K) intercepts into (P * K, D) and (P * K,) ones on the blocks."""

    def leave(
        self, gradient: NDArray[np.float64], slope: NDArray[np.float64], held: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Turn (P * K, D) gradients and (P * K,) slopes of the intercepts into (P, K, r) gradients."""


class Value(NamedTuple):
    """Per problem: (P,) `loss`, (P, K, r + 1) `gradient`, and the (P,) weighted `held` sum of losses held out."""

    loss: NDArray[np.float64]
    gradient: NDArray[np.float64]
    held: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Objective:
    """Mean logistic loss plus penalty / 2 * ||coefficients||², for P problems that differ in what they hold out.

    `blocks` are the rows of the (N, D) features, of `curvature` (r,) or (K, r) mean squares in `coordinates` (or in
    their own when those are None). Parameters are (P, K, r + 1), the unpenalized intercept last; two
    classes take K = 1.
    Problem p learns from the samples whose `fold` is not held[p].
    """

    blocks: Sequence[Any]
    curvature: NDArray[np.float64]
    coordinates: Coordinates | None
    y: NDArray[np.int64]
    weight: NDArray[np.float64]
    fold: NDArray[np.int64]
    count: int
    mapper: Mapper
    dtype: Any = np.float32
    starts: NDArray[np.int64] = field(init=False)
    totals: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        ends = np.cumsum([block.shape[0] for block in self.blocks])
        object.__setattr__(self, "starts", np.concatenate([[0], ends]))
        folds = np.bincount(self.fold - NOTHING, weights=self.weight)
        object.__setattr__(self, "totals", np.append(folds, folds.sum()))

    @property
    def outputs(self) -> int:
        """The number of score functions: 1 for two classes."""
        return 1 if self.count == 2 else self.count

    @property
    def size(self) -> int:
        """The number of feature values times outputs that one evaluation goes through."""
        return self.outputs * sum(int(block.nnz if is_sparse(block) else block.size) for block in self.blocks)

    @property
    def width(self) -> int:
        """The number of coordinates r."""
        return int(self.curvature.shape[-1])

    @property
    def prior(self) -> NDArray[np.float64]:
        """The (K,) weighted class shares."""
        shares: Any = np.bincount(self.y, weights=self.weight, minlength=self.count)
        return np.asarray(shares / self.weight.sum(), dtype=np.float64)

    def training_weight(self, held: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give the (P,) total weight that each problem learns from."""
        found: NDArray[np.float64] = self.totals[-1] - self.totals[held - NOTHING]
        return found

    def __call__(self, theta: NDArray[np.float64], held: NDArray[np.int64], penalty: float) -> Value:
        """Evaluate (P, K, r + 1) parameters of the problems that hold out the folds `held` (P,)."""
        P, K, r = theta.shape[0], theta.shape[1], theta.shape[2] - 1
        coef, bias = theta[:, :, :r], theta[:, :, r]
        inner, offset = coef.reshape(P * K, -1), bias.ravel()
        if self.coordinates is not None:
            inner, offset = self.coordinates.enter(coef, bias, held)
        inner, offset = inner.astype(self.dtype), offset.astype(self.dtype)[:, None]
        totals = self.training_weight(held)

        def work(number: int) -> tuple[NDArray[Any], ...]:
            return self._block(number, inner, offset, held, totals)

        loss, outside = np.zeros(P), np.zeros(P)
        gradient, slope = np.zeros(inner.shape), np.zeros(P * K)
        run: Any = self.mapper if len(self.blocks) > 1 else map
        for in_part, out_part, gradient_part, slope_part in run(work, range(len(self.blocks))):
            loss += in_part
            outside += out_part
            gradient += gradient_part
            slope += slope_part
        full = np.empty_like(theta)
        back = gradient if self.coordinates is None else self.coordinates.leave(gradient, slope, held)
        full[:, :, :r] = back.reshape(P, K, r) + penalty * coef
        full[:, :, r] = slope.reshape(P, K)
        return Value(loss + 0.5 * penalty * np.square(coef).sum(axis=(1, 2)), full, outside)

    def _block(
        self, number: int, inner: NDArray[Any], offset: NDArray[Any], held: NDArray[np.int64], totals: NDArray[Any]
    ) -> tuple[NDArray[Any], ...]:
        rows = slice(self.starts[number], self.starts[number + 1])
        x = self.blocks[number]
        x = x if is_sparse(x) else np.asarray(x, dtype=self.dtype)
        scores = np.ascontiguousarray(inner @ x.T)
        scores += offset
        scores = scores.reshape(len(held), self.outputs, -1)
        losses = binary_loss(scores, self.y[rows]) if self.count == 2 else softmax_loss(scores, self.y[rows])
        inside = self.fold[rows] != held[:, None]
        out = (losses * ~inside) @ self.weight[rows]
        share = inside * self.weight[rows] / totals[:, None]
        scores *= share[:, None, :].astype(self.dtype)
        residual = scores.reshape(-1, scores.shape[2])
        return (losses * share).sum(axis=1), out, residual @ x, residual.sum(axis=1, dtype=np.float64)
