"""Linear discriminant analysis, the shrinkage by exact leave-one-out."""

from __future__ import annotations

from graft.heads.closed_form import ClosedForm
from graft.heads.scatter import Scatter, scatter_of
from graft.heads.training import Training, weigh_classes


class LDA(ClosedForm):
    """Gaussian classes with one covariance (S + a I) / n on standardized features, as `Scatter` says.

    S is the scatter within classes and a is `penalty_`, chosen as `ClosedForm` says; a class that would vanish with a
    sample is not left out. Fisher 1936; Friedman 1989, Regularized Discriminant Analysis.
    """

    name = "lda"
    rank = 20

    def prepare(self, training: Training) -> Scatter:
        """Give the scatter; 'balanced' weighs the samples of each class alike in total, so that priors are even."""
        return scatter_of(weigh_classes(training, self.class_weight))
