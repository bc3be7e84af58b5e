"""What a threshold to move needs: the probability of each class for the samples that are judged."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from graft.reporting.run import Run

MOST = 300_000
SCALE = 65535


def threshold(run: Run) -> dict[str, Any] | None:
    """Give (S, K) probabilities as base64 of 16-bit fractions, and the labels (S,); None for numbers.

    S is all that is judged, or as many, drawn by the seed 0, as keep S · K below 300,000.
    """
    judged = run.judged
    if not run.classes or not len(judged):
        return None
    few = max(MOST // len(run.classes), 100)
    index = judged if len(judged) <= few else np.sort(np.random.default_rng(0).choice(judged, few, replace=False))
    packed = np.rint(run.probabilities[index] * SCALE).astype("<u2").tobytes()
    return {
        "samples": len(index),
        "of": len(judged),
        "labels": run.evidence.targets[index].astype(int).tolist(),
        "packed": base64.b64encode(packed).decode("ascii"),
        "positive": run.point.positive if run.point else int(len(run.classes) == 2),
        "cut": run.point.threshold if run.point else 0.5,
    }
