"""What to do next, by plain rules on what was found; each piece of advice leads to a section."""

from __future__ import annotations

from typing import Any

import numpy as np

from graft.reporting.picks import picks
from graft.reporting.run import Run
from graft.reporting.sections.data import data
from graft.reporting.sections.matrix import counted, matrix

FEW, GOOD, UNSURE, UNBELIEVABLE = 30, 0.95, 0.2, 0.1
MOST = 6


def advice(run: Run) -> list[dict[str, Any]]:
    """Give at most six pieces: the key of the sentence, the values in it, and the section it leads to."""
    found = [
        _wrong_labels(run),
        _confused(run),
        _weak_class(run),
        *_on_data(run),
        _wide(run),
        _calibration(run),
        _untried(run),
    ]
    return [piece for piece in found if piece][:MOST] or [_piece("fine", "answer")]


def _piece(key: str, leads: str, **values: Any) -> dict[str, Any]:
    return {"key": f"next.{key}", "values": values, "leads": leads}


def _wrong_labels(run: Run) -> dict[str, Any] | None:
    errors = picks(run).errors
    if errors is None or not len(errors.index):
        return None
    return _piece("labels", "labels", count=len(errors.index), rate=max(errors.rate, 0.0))


def _confused(run: Run) -> dict[str, Any] | None:
    found = matrix(run)
    if not found or not found["pairs"] or found["pairs"][0]["count"] < 2:
        return None
    pair = found["pairs"][0]
    true, said = run.classes[pair["true"]], run.classes[pair["said"]]
    of = int(counted(run)[pair["true"]].sum())
    return _piece("confused", "matrix", true=true, said=said, count=pair["count"], of=of)


def _weak_class(run: Run) -> dict[str, Any] | None:
    counts = run.record.get("data", {}).get("counts", {})
    if run.scores is None or not run.scores.per_class or not counts:
        return None
    label = min(run.scores.per_class, key=lambda name: run.scores.per_class[name]["recall"].low)  # type: ignore[union-attr]
    recall = run.scores.per_class[label]["recall"]
    if recall.value >= GOOD:
        rarest = min(counts, key=lambda name: counts[name])
        return _piece("few", "data", label=rarest, count=counts[rarest]) if counts[rarest] < FEW else None
    return _piece("class", "classes", label=label, recall=recall.value, low=recall.low, count=counts.get(label, 0))


def _on_data(run: Run) -> list[dict[str, Any] | None]:
    found = data(run)
    torn = [group for group in found["copies"] if len(np.unique(run.evidence.targets[group])) > 1]
    return [
        _piece("torn", "copies", count=len(torn)) if torn else None,
        _piece("alike", "copies", count=len(found["alike"])) if found["alike"] else None,
        _piece("skipped", "skipped", count=found["skipped_count"]) if found["skipped_count"] else None,
    ]


def _wide(run: Run) -> dict[str, Any] | None:
    if run.scores is None or "accuracy" not in run.scores.values:
        return None
    found = run.scores.values["accuracy"]
    if not found.high - found.low > UNSURE:
        return None
    return _piece("wide", "answer", low=found.low, high=found.high, count=run.scores.n)


def _calibration(run: Run) -> dict[str, Any] | None:
    if run.scores is None or "calibration_error" not in run.scores.values:
        return None
    found = run.scores.values["calibration_error"]
    return _piece("calibration", "reliability", error=found.value) if found.low > UNBELIEVABLE else None


def _untried(run: Run) -> dict[str, Any] | None:
    notes = [note for note in run.record.get("notes", []) if "left no time" in note]
    return _piece("budget", "candidates") if notes else None
