"""Early stopping: when what is watched has not risen for a while."""

from __future__ import annotations

import math


class Stopping:
    """Remembers the best value (higher is better; NaN never is) and counts the epochs since, anew in every cycle.

    Prechelt 1998, Early stopping - but when?
    """

    def __init__(self, patience: int, best: float = -math.inf) -> None:
        self.patience = patience
        self.best = best
        self.cycle_best = -math.inf
        self.waited = 0

    def is_best(self, value: float) -> bool:
        """Take in one more value, and say whether it is the best of all cycles so far."""
        if value > self.cycle_best:
            self.cycle_best, self.waited = value, 0
        else:
            self.waited += 1
        if value > self.best:
            self.best = value
            return True
        return False

    @property
    def spent(self) -> bool:
        """Whether patience has run out."""
        return self.patience > 0 and self.waited >= self.patience
