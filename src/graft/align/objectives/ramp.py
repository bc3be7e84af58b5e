"""The published schedule of the strength of domain objectives."""

from __future__ import annotations

import math

SLOPE = 10.0


def ramp(progress: float) -> float:
    """Give 2 / (1 + exp(-10 p)) - 1 for the share p of the training that is done: 0 at the start, 0.9999 at the end.

    Ganin et al. 2016, Domain-Adversarial Training of Neural Networks (arXiv:1505.07818).
    """
    return 2 / (1 + math.exp(-SLOPE * progress)) - 1
