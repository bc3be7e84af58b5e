"""What a modality gives so that its samples can be explained."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Parts:
    """A sample cut into `count` parts: `without` gives the sample with the parts marked (count,) covered.

    `across` is the number of parts in a row of a picture; `pieces` are the parts as words, where they are words.
    """

    count: int
    without: Callable[[NDArray[np.bool_]], Any]
    across: int = 0
    pieces: tuple[str, ...] = ()


Cut = Callable[[Any], Parts]
