"""Predicted against true numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from graft.reporting.run import Run

MOST = 2000


def numbers(run: Run) -> dict[str, Any] | None:
    """Give the pairs of true and predicted numbers of what is judged, at most 2,000; None where classes are said."""
    if run.classes or not len(run.judged):
        return None
    index = run.judged
    if len(index) > MOST:
        index = np.sort(np.random.default_rng(0).choice(index, MOST, replace=False))
    e = run.evidence
    return {"samples": index.tolist(), "true": e.targets[index].tolist(), "said": e.output[index].tolist()}
