"""The confusion matrix, and the pairs of classes that are confused most."""

from __future__ import annotations

from typing import Any

import numpy as np

from graft.reporting.run import Run

WIDEST, PAIRS = 25, 8


def matrix(run: Run) -> dict[str, Any] | None:
    """Give counts of true classes (rows) against said ones; of many classes only the pairs. None for numbers."""
    if not run.classes or not len(run.judged):
        return None
    counts = counted(run)
    off = counts.copy()
    np.fill_diagonal(off, 0)
    order = np.argsort(-off, axis=None, kind="stable")[:PAIRS]
    pairs = [divmod(int(i), len(counts)) for i in order if off.flat[i] > 0]
    return {
        "counts": counts.tolist() if len(counts) <= WIDEST else None,
        "shares": (counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)).round(4).tolist(),
        "pairs": [{"true": t, "said": s, "count": int(off[t, s])} for t, s in pairs],
        "samples": int(counts.sum()),
    }


def counted(run: Run) -> Any:
    """Give the (K, K) confusion counts of what is judged."""
    counts = np.zeros((len(run.classes), len(run.classes)), dtype=np.int64)
    np.add.at(counts, (run.evidence.targets[run.judged].astype(np.int64), run.said[run.judged]), 1)
    return counts
