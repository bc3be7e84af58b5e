"""The scores of each class with their intervals, the weakest first."""

from __future__ import annotations

from typing import Any

from graft.evaluation.panel import WORDS
from graft.reporting.run import Run
from graft.reporting.sections.matrix import counted

NAMES = ("recall", "precision", "f1")


def classes(run: Run) -> dict[str, Any] | None:
    """Give a row a class: samples, recall, precision and F1 with their ends; None without scores of classes."""
    if run.scores is None or not run.scores.per_class:
        return None
    totals = counted(run).sum(axis=1).tolist()
    rows = []
    for number, (label, own) in enumerate(run.scores.per_class.items()):
        scores = {name: own[name].to_dict() for name in NAMES if name in own}
        rows.append({"label": label, "class": number, "samples": totals[number], "scores": scores})
    rows.sort(key=lambda row: row["scores"]["f1"]["value"] or 0.0)
    return {"rows": rows, "names": [name for name in NAMES if name in rows[0]["scores"]], "words": dict(WORDS)}
