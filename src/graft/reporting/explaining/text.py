"""A text in words, or in runs of words where there are many; a covered run is left out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.reporting.explaining.base import Parts

MOST = 60


def runs(item: Any) -> Parts:
    """Cut a text, as it is or as UTF-8."""
    words = (item.decode("utf-8", "replace") if isinstance(item, bytes) else str(item)).split()
    pieces = tuple(" ".join(run) for run in np.array_split(np.array(words, dtype=object), min(MOST, len(words)) or 1))

    def without(covered: NDArray[np.bool_]) -> Any:
        """Give the text without some runs."""
        return " ".join(piece for piece, gone in zip(pieces, covered, strict=True) if not gone) or "…"

    return Parts(len(pieces), without, pieces=pieces)
