"""Almost no inner loop: a task moves the head alone, the outer loop everything. Raghu et al. 2020 (1909.09157)."""

from __future__ import annotations

from graft.meta.learners.gradient import GradientLearner


class ANIL(GradientLearner):
    """MAML whose inner steps leave the network as it is."""

    head_only = True
