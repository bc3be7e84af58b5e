"""What an augmentation is: a prepared input and random numbers to a changed copy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Augment = Callable[[Any, np.random.Generator], Any]


def in_turn(augments: Sequence[Augment]) -> Augment:
    """Give the augmentation that applies several, one after the other, with the same stream of random numbers."""

    def apply(item: Any, random: np.random.Generator) -> Any:
        """Change one input by all of them."""
        for augment in augments:
            item = augment(item, random)
        return item

    return apply
