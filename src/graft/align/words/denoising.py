"""Marginalized denoising: each word is foretold by those it stands beside, in both domains, without a label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graft.errors import DataError, ModelError

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    Counts = csr_matrix

WORDS, LOST, RIDGE = 2000, 0.9, 1e-3


@dataclass(frozen=True, eq=False)
class Denoising:
    """h = tanh(W x + b) for the (C,) `columns` of counts, x whether each word occurs; `weights` (C + 1, C), b last."""

    width: int
    columns: NDArray[np.int64]
    weights: NDArray[np.float32]

    def __call__(self, counts: Counts) -> NDArray[np.float64]:
        """Give the (N, C) denoised rows of (N, `width`) counts; raises DataError for another width."""
        if counts.shape[1] != self.width:
            raise DataError(f"The counts have {counts.shape[1]} columns but {self.width} were learned from.")
        rows: NDArray[np.float64] = np.tanh(occurs(counts, self.columns) @ self.weights[:-1] + self.weights[-1])
        return rows.astype(np.float64)

    def state(self) -> dict[str, NDArray[Any]]:
        """Give all of it as arrays."""
        return {"width": np.array([self.width]), "columns": self.columns, "weights": self.weights}

    @classmethod
    def from_state(cls, state: dict[str, NDArray[Any]]) -> Denoising:
        """Take back what `state` gave; raises ModelError where an array is missing or shapes disagree."""
        missing = {"width", "columns", "weights"} - set(state)
        if missing:
            raise ModelError(f"The saved denoising lacks the array {min(missing)}.")
        columns, weights = state["columns"], state["weights"]
        if weights.shape != (len(columns) + 1, len(columns)):
            raise ModelError(f"The saved denoising has weights of shape {weights.shape} for {len(columns)} columns.")
        return cls(int(state["width"][0]), columns, weights)


def occurs(counts: Counts, columns: NDArray[np.int64]) -> Counts:
    """Give (N, C) ones where a word occurs."""
    some = counts[:, columns].tocsr()
    some.eliminate_zeros()
    some.data = np.ones(len(some.data), dtype=np.float32)
    return some


def denoising(source: Counts, target: Counts, most: int = WORDS, lost: float = LOST) -> Denoising:
    """Learn from (N, D) and (M, D) counts to restore rows of which each word is lost with the probability `lost`.

    With the 2,000 words that occur in most rows of both: W, b minimize E ||x - W x̃ - b||² over rows and losses,
    W = P Q⁻¹ in closed form: P = S q, Q = S q qᵀ off the diagonal and S q on it, S = Σ x xᵀ, q = 1 - lost (1 for the
    constant), Q with 1e-3 · its mean diagonal added. One layer of Chen et al. 2012, Marginalized Denoising Autoencoders
    for Domain Adaptation (arXiv:1206.4683). A word that one domain alone uses gets the company it keeps.
    """
    from scipy.linalg import cho_factor, cho_solve
    from scipy.sparse import vstack

    if source.shape[1] != target.shape[1]:
        raise DataError(f"The source has {source.shape[1]} columns of counts and the target {target.shape[1]}.")
    both = vstack([source, target]).tocsr()
    frequency = np.bincount(both.indices[both.data > 0], minlength=both.shape[1])
    columns = np.sort(np.argsort(-frequency, kind="stable")[: min(most, int((frequency > 0).sum()))])
    if not len(columns):
        raise DataError("The counts hold no word at all; there is nothing to learn from.")
    x = occurs(both, columns)
    total = np.asarray(x.sum(axis=0), dtype=np.float32).reshape(1, -1)
    S = np.block([[(x.T @ x).toarray(), total.T], [total, np.array([[x.shape[0]]], dtype=np.float32)]])
    q = np.append(np.full(len(columns), 1 - lost, dtype=np.float32), np.float32(1))
    Q = S * np.outer(q, q)
    diagonal = np.diag_indices(len(q))
    Q[diagonal] = q * np.diag(S)
    Q[diagonal] += RIDGE * np.trace(Q) / len(q)
    weights = cho_solve(cho_factor(Q, overwrite_a=True), (S[:-1] * q).T)
    return Denoising(source.shape[1], columns, np.ascontiguousarray(weights, dtype=np.float32))
