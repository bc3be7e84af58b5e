"""Whether a probability can be believed: how often it is right, by how sure the model says to be."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.evaluation.calibration import log_softmax
from graft.evaluation.probability import calibration_error
from graft.evaluation.proportions import wilson
from graft.reporting.run import Floats, Run

BINS = 10


def reliability(run: Run) -> dict[str, Any] | None:
    """Give the bins and the calibration error before and after calibration; None for numbers or nothing answered."""
    e, judged = run.evidence, run.judged
    if not run.classes or not len(judged):
        return None
    y = e.targets[judged].astype(np.int64)
    known = np.isfinite(e.raw[judged]).all(axis=1)
    before, after = np.exp(log_softmax(e.raw[judged][known])), run.probabilities[judged]
    found: dict[str, Any] = {"after": _of(y, after), "before": None, "temperature": run.described["temperature"]}
    if known.any():
        found["before"] = _of(y[known], before)
    return found


def _of(y: NDArray[np.int64], p: Floats) -> dict[str, Any]:
    sure = p.max(axis=1)
    right = p.argmax(axis=1) == y
    bins = np.clip(np.ceil(sure * BINS).astype(np.int64) - 1, 0, BINS - 1)
    rows = []
    for b in np.unique(bins):
        inside = bins == b
        share, count = float(right[inside].mean()), int(inside.sum())
        low, high = (float(end) for end in wilson(np.array(share), np.array(count)))
        rows.append({"sure": float(sure[inside].mean()), "right": share, "low": low, "high": high, "count": count})
    return {"bins": rows, "error": float(calibration_error(y, p))}
