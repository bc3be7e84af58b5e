"""Whether moving a backbone's weights can pay: where frozen features are hardly ever wrong, nothing could be shown."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FEWEST_MISTAKES = 6  # 2 · 0.5⁶ < 0.05: with fewer, mending all of them could still be luck
FEWEST_NUMBERS = 20


def no_use(targets: NDArray[Any], output: NDArray[np.float64], classes: tuple[str, ...]) -> str:
    """Say why moving weights could not be shown to help on the samples held out to judge it; else nothing.

    A model that mends m mistakes and makes no new one is told from luck by the exact sign test only where 2 · 0.5ᵐ is
    below 0.05, which needs six mistakes.
    """
    count = len(targets)
    if not classes:
        few = f"only {count} samples would judge it"
        return f"Weights were not moved: {few}." if count < FEWEST_NUMBERS else ""
    mistakes = int(np.count_nonzero(output.argmax(axis=1) != targets))
    if mistakes >= FEWEST_MISTAKES:
        return ""
    return (
        f"Weights were not moved: on the {count} samples that would judge it the frozen backbones make {mistakes} "
        f"mistake{'s' * (mistakes != 1)}, and mending so few could not be told from luck."
    )
