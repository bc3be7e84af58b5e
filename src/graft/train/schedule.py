"""The learning rate over a cycle: a linear warm-up, then half a cosine."""

from __future__ import annotations

import math


def rate_at(update: int, updates: int, warm_up: float, final: float) -> float:
    """Give the share of the peak rate for update 0 <= u < U of a cycle.

    With W = round(warm_up U) updates of warm-up: (u + 1) / W while u < W, and afterwards
    final + (1 - final) (1 + cos(pi (u - W) / (U - W))) / 2. Loshchilov and Hutter 2017, SGDR.
    """
    rising = round(warm_up * updates)
    if update < rising:
        return (update + 1) / rising
    fallen = (update - rising) / max(1, updates - rising)
    return final + (1 - final) * (1 + math.cos(math.pi * min(1.0, fallen))) / 2
