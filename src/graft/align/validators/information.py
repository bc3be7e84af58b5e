"""Information maximization: predictions that are sure one by one and diverse together."""

from __future__ import annotations

from graft.align.aligned import Aligned
from graft.align.clustering.information import negative_information
from graft.align.domains import Source, Target


def information(aligned: Aligned, source: Source, target: Target, seed: int = 0) -> float:
    """Give H(mean p) - mean H(p) of the (M, K) target probabilities, in nats.

    Musgrave, Belongie and Lim 2022, Three New Validators and a Large-Scale Benchmark Ranking (arXiv:2208.07360).
    """
    return -negative_information(aligned.target)[0]
