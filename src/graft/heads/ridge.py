"""Ridge classifier: least squares on class indicators, the penalty by exact leave-one-out."""

from __future__ import annotations

from graft.heads.closed_form import ClosedForm
from graft.heads.least_squares import LeastSquares, least_squares
from graft.heads.leave_out import one_hot
from graft.heads.training import Training, weigh_classes


class Ridge(ClosedForm):
    """Regress (N, K) class indicators on standardized features, as `LeastSquares` says; see `ClosedForm` for the rest.

    Minimizes sum_i w_i ||t_i - b - B z_i||² + penalty ||B||². Hoerl and Kennard 1970; leave-one-out by Allen 1974.
    """

    name = "ridge"
    rank = 25

    def prepare(self, training: Training) -> LeastSquares:
        """Give the least-squares solutions; 'balanced' weighs the samples of each class alike in total."""
        weighed = weigh_classes(training, self.class_weight)
        return least_squares(weighed, one_hot(training.y, len(training.classes)))
