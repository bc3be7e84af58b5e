"""Deep CORAL: source and target features of the same covariance."""

from __future__ import annotations

from torch import Tensor

from graft.align.objectives.seen import Seen, Term


class DeepCoral(Term):
    """`covariance_gap` of the features. Sun and Saenko 2016, Deep CORAL (arXiv:1607.01719)."""

    def forward(self, seen: Seen) -> Tensor:
        """Give the gap of one step's features."""
        return covariance_gap(seen.features, seen.target_features)


def covariance_gap(S: Tensor, T: Tensor) -> Tensor:
    """Give ||Cₛ - Cₜ||² / (4 D²), squared entries summed, of (B, D) and (M, D) rows; C with N - 1 in the denominator.

    Sun and Saenko 2016 (arXiv:1607.01719), eq. 1.
    """
    return (S.T.cov() - T.T.cov()).square().sum() / (4 * S.shape[1] ** 2)
