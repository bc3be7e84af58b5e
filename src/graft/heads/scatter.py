"""Class means and the scatter within classes, with every sample or group taken out of them exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graft.heads.basis import Basis, basis_of
from graft.heads.leave_out import Shrunk, one_hot
from graft.heads.training import Training

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Scatter(Shrunk):
    """Linear discriminant scores for any shrinkage a, in coordinates where the scatter within classes is diagonal.

    With class weights n_k, means m_k, total n and within-class scatter S, the covariance is (S + a I) / n and the score
    of class k is log(n_k / n) - n/2 (x - m_k)' (S + a I)⁻¹ (x - m_k). `sizes` (K,) are the n_k, `means` (K, r) the
    m_k, `eigenvalues` (r,) those of S.
    """

    basis: Basis
    training: Training
    sizes: NDArray[np.float64]
    means: NDArray[np.float64]
    eigenvalues: NDArray[np.float64]

    @property
    def class_sizes(self) -> NDArray[np.float64]:
        """The weights of the classes: no mean without a sample."""
        return self.sizes

    def solution(self, penalty: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give the (K, D) coefficients and (K,) intercepts whose scores on the features differ as those above do."""
        coef = self.sizes.sum() * self.means / (self.eigenvalues + penalty)
        intercept = log_shares(self.sizes) - 0.5 * np.einsum("kr,kr->k", coef, self.means)
        return self.basis.to_features(coef, intercept)

    def left_out(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give the (A, n, K) scores of samples, each by the fit without it (same scaling, same shrinkage).

        Without sample x of class c and weight w, with u = x - m_c: m_c moves to m_c - u w / (n_c - w) and S loses
        f u u', f = w n_c / (n_c - w); with D = (S + a I)⁻¹ the squared distance to class k, v = x - m_k, becomes
        v'Dv + f (u'Dv)² / (1 - f u'Du) (Sherman and Morrison 1950). Samples alone in their class must not be asked for.
        """
        Z, y, weight = self.basis.rotate(self.training.X[rows]), self.training.y[rows], self.training.weight[rows]
        own, samples = self.sizes[y], np.arange(len(rows))
        factor = weight * own / (own - weight)
        sizes = np.repeat(self.sizes[None], len(rows), axis=0)
        sizes[samples, y] -= weight
        priors, totals = log_shares(sizes), sizes.sum(axis=1)
        found = np.empty((len(self.candidates), len(rows), len(self.sizes)))
        stretch = own / (own - weight)
        squares = self.inverses @ np.square(Z).T
        for number, (inverse, square) in enumerate(zip(self.inverses, squares, strict=True)):
            scaled = self.means * inverse
            cross, between = Z @ scaled.T, scaled @ self.means.T
            distance = square[:, None] - 2 * cross + np.diag(between)
            beside = (square - cross[samples, y])[:, None] - cross + between[y]
            spread = distance[samples, y].copy()
            distance[samples, y] *= stretch**2
            beside[samples, y] *= stretch
            distance += (factor / (1 - factor * spread))[:, None] * beside**2
            found[number] = priors - 0.5 * totals[:, None] * distance
        return found

    def left_out_together(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give the (A, m, K) scores of the samples of one group by the fit without all of them.

        S loses U'U, whose rows are sqrt(w) (x - m_c) and, for each class, s / sqrt(n_c - s) times the distance of the
        group's own mean (of weight s) from m_c; distances follow by Woodbury's identity, or where there are more such
        rows than features from the eigenvectors of what is left of S, found once for all shrinkages.
        """
        Z, y, weight = self.basis.rotate(self.training.X[rows]), self.training.y[rows], self.training.weight[rows]
        shares = one_hot(y, len(self.sizes)) * weight[:, None]
        lost = shares.sum(axis=0)
        sizes = self.sizes - lost
        shift = shares.T @ Z - lost[:, None] * self.means
        removed = np.concatenate([np.sqrt(weight)[:, None] * (Z - self.means[y]), shift / np.sqrt(sizes)[:, None]])
        means = self.means - shift / sizes[:, None]
        distances = self._by_eigenvectors if len(removed) > Z.shape[1] else self._by_woodbury
        scores: Floats = log_shares(sizes) - 0.5 * sizes.sum() * distances(Z, means, removed)
        return scores

    def _by_woodbury(self, Z: Floats, means: Floats, removed: Floats) -> Floats:
        """Give the (A, m, K) squared distances of m samples from K means under S without U'U."""
        away = Z[:, None, :] - means
        found = np.empty((len(self.candidates), len(Z), len(means)))
        for number, inverse in enumerate(self.inverses):
            scaled = away * inverse
            gram = np.eye(len(removed)) - (removed * inverse) @ removed.T
            beside = scaled @ removed.T
            extra = np.linalg.solve(gram, beside.reshape(-1, len(removed)).T).T.reshape(beside.shape)
            found[number] = (scaled * away).sum(axis=2) + (beside * extra).sum(axis=2)
        return found

    def _by_eigenvectors(self, Z: Floats, means: Floats, removed: Floats) -> Floats:
        """Give the same, from the eigenvectors of S without U'U."""
        values, vectors = np.linalg.eigh(np.diag(self.eigenvalues) - removed.T @ removed)
        Z, means = Z @ vectors, means @ vectors
        found = np.empty((len(self.candidates), len(Z), len(means)))
        for number, penalty in enumerate(self.candidates):
            inverse = 1 / (np.maximum(values, 0) + penalty)
            own, others = np.square(Z) @ inverse, np.square(means) @ inverse
            found[number] = own[:, None] - 2 * (Z * inverse) @ means.T + others
        return found


def log_shares(sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the logarithms of the class shares, along the last axis."""
    logs: NDArray[np.float64] = np.log(sizes / sizes.sum(axis=-1, keepdims=True))
    return logs


def scatter_of(training: Training) -> Scatter:
    """Find the class means and the eigenvectors of the scatter within classes of the standardized features."""
    weight = training.weight
    total = basis_of(training.X, weight, exact=True)
    share = one_hot(training.y, len(training.classes)) * weight[:, None]
    sums = np.zeros((len(training.classes), len(total.curvature)))
    for rows, block in total.scaling.blocks(training.X):
        sums += share[rows].T @ (block @ total.rotation)
    sizes = share.sum(axis=0)
    means = sums / sizes[:, None]
    within = np.diag(total.curvature * weight.sum()) - sums.T @ means
    values, vectors = np.linalg.eigh((within + within.T) / 2)
    basis = Basis(total.scaling, total.rotation @ vectors, total.curvature)
    return Scatter(basis, training, sizes, means @ vectors, np.maximum(values, 0))
