"""Model-agnostic meta-learning: weights from which a few gradient steps lead to a good network for a task.

Finn et al. 2017 (arXiv:1703.03400). min_w sum_t L_t(w - a dL_t(w)/dw), with the gradient through the inner steps, or
without it (first order), where dw'/dw is taken to be 1.
"""

from __future__ import annotations

from graft.meta.learners.gradient import GradientLearner


class MAML(GradientLearner):
    """Full second-order gradients through the inner steps."""


class FirstOrderMAML(GradientLearner):
    """The gradient at the adapted weights, applied to those before: no second derivatives."""

    first_order = True
