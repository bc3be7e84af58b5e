"""Word counts as tf-idf, and how strongly each word speaks for each class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graft.heads.check import FeatureError, is_sparse
from graft.heads.leave_out import one_hot
from graft.heads.training import Training

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


def counts_of(X: Any) -> csr_matrix:
    """Give counts as a CSR matrix without explicit zeros; raises FeatureError for negative ones."""
    from scipy.sparse import csr_matrix

    counts = csr_matrix(X, dtype=np.float32, copy=is_sparse(X))
    counts.eliminate_zeros()
    if counts.nnz and counts.data.min() < 0:
        raise FeatureError("Word counts cannot be negative; this head is for counts, use 'logistic' for embeddings.")
    return counts


def document_frequency(counts: csr_matrix, weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the (D,) total weight of the samples in which each column is not zero."""
    per_value = np.repeat(weight, np.diff(counts.indptr))
    return np.asarray(np.bincount(counts.indices, weights=per_value, minlength=counts.shape[1]), dtype=np.float64)


def tfidf(counts: csr_matrix, columns: NDArray[np.int64], idf: NDArray[np.float64]) -> csr_matrix:
    """Give (1 + log count) * idf of these columns, each row divided by its length; a row of no known word is zero."""
    kept = counts[:, columns]
    kept.data = ((1 + np.log(kept.data)) * idf[kept.indices]).astype(np.float32)
    rows = np.repeat(np.arange(kept.shape[0]), np.diff(kept.indptr))
    length = np.sqrt(np.bincount(rows, weights=np.square(kept.data, dtype=np.float64), minlength=kept.shape[0]))
    kept.data = (kept.data / length[rows]).astype(np.float32)
    return kept


def log_ratios(words: csr_matrix, training: Training, use: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Give the (K, D) log ratios of each word's share among the words of a class and of the other classes.

    Each word counts once in a sample, and one more time in every class; only the samples in `use` (N,) count. For two
    classes there is one row, for the second against the first. Wang and Manning 2012, Baselines and Bigrams.
    """
    share = one_hot(training.y, len(training.classes)) * (training.weight * use)[:, None]
    present = words.copy()
    present.data = np.ones_like(present.data)
    inside = np.asarray((present.T @ share).T)
    outside = inside.sum(axis=0) - inside + 1
    inside = inside + 1
    ratios: NDArray[np.float64] = np.log(inside / inside.sum(axis=1, keepdims=True))
    ratios -= np.log(outside / outside.sum(axis=1, keepdims=True))
    return ratios[1:] if len(ratios) == 2 else ratios


@dataclass(frozen=True, eq=False)
class Ratios:
    """Coordinates in which column j of class k is multiplied by a ratio that the problem's own training samples gave.

    `values` (F + 1, K, D) holds those of each fold held out, and last those of all samples.
    """

    values: NDArray[np.float64]

    def enter(
        self, coef: NDArray[np.float64], bias: NDArray[np.float64], held: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Turn (P, K, D) coefficients on the multiplied columns into (P * K, D) ones on the columns themselves."""
        return (coef * self._of(held)).reshape(-1, coef.shape[2]), bias.ravel()

    def leave(
        self, gradient: NDArray[np.float64], slope: NDArray[np.float64], held: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Turn (P * K, D) gradients back into (P, K, D) ones."""
        ratios = self._of(held)
        return gradient.reshape(ratios.shape) * ratios

    def _of(self, held: NDArray[np.int64]) -> NDArray[np.float64]:
        return self.values[np.where(held < 0, len(self.values) - 1, held)]
