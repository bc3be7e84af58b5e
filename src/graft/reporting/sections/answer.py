"""The answer first: what the model does, how good it is, whether transfer helped, what it cost, what to do next."""

from __future__ import annotations

from typing import Any

import numpy as np

from graft.reporting.run import Run
from graft.reporting.sections.advice import advice

TILES = ("sensitivity", "specificity", "accuracy", "macro_f1", "auroc", "calibration_error", "mae", "rmse", "r2")


def answer(run: Run) -> dict[str, Any]:
    """Give the facts of the opening; words are put to them when the page is written."""
    record, scores = run.record, run.scores
    return {
        "task": run.described["task"],
        "modality": run.modality,
        "classes": list(run.classes),
        "unfinished": bool(record.get("unfinished")),
        "scores": None if scores is None else {k: s.to_dict() for k, s in scores.values.items() if k in TILES},
        "samples": len(run.judged) if scores is None else scores.n,
        "scored_on": "" if scores is None else scores.source,
        "chance": _chance(run),
        "transfer": record.get("transfer") or None,
        "adapted": record.get("adaptation") or None,
        "chosen": record.get("chosen", ""),
        "seconds": record.get("seconds"),
        "embedded": record.get("embedded"),
        "parameters": sum(int(card["parameters"]) for card in run.cards),
        "next": advice(run),
    }


def _chance(run: Run) -> float | None:
    """Give the share of the commonest class among what is judged: what always saying it would reach."""
    if not run.classes or not len(run.judged):
        return None
    counts = np.bincount(run.evidence.targets[run.judged].astype(np.int64))
    return float(counts.max() / counts.sum())
