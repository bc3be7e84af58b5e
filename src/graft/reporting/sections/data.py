"""What is in the data: counts, copies, look-alikes across parts, likely wrong labels, outliers, what was left out."""

from __future__ import annotations

from typing import Any

import numpy as np

from graft.data.duplicates import key_codes
from graft.reporting.picks import picks, wrong_labels
from graft.reporting.run import Run

ALIKE = 0.02
MOST = 24


def data(run: Run) -> dict[str, Any]:
    """Give the findings on the data as indices of samples and counts."""
    e, chosen = run.evidence, picks(run)
    _, place = wrong_labels(run)
    errors = chosen.errors
    labels = [] if errors is None else _labels(place, errors)
    return {
        "source": run.record.get("data", {}).get("source", ""),
        "parts": {part: int((e.parts == part).sum()) for part in dict.fromkeys(e.parts.tolist())},
        "counts": _counts(run),
        "imbalance": _imbalance(run),
        "copies": _copies(run),
        "alike": _alike(run),
        "labels": labels,
        "label_count": 0 if errors is None else len(errors.index),
        "label_rate": None if errors is None else errors.rate,
        "outliers": chosen.outliers.tolist(),
        "skipped": list(run.record.get("skipped", []))[:MOST],
        "skipped_count": len(run.record.get("skipped", [])),
        "notes": list(run.record.get("notes", [])),
    }


def _labels(place: Any, errors: Any) -> list[dict[str, Any]]:
    rows = zip(place[errors.index].tolist(), errors.suggested.tolist(), errors.margin.tolist(), strict=True)
    return [{"sample": i, "suggested": s, "margin": m} for i, s, m in list(rows)[:MOST]]


def _counts(run: Run) -> list[dict[str, Any]]:
    e = run.evidence
    if not run.classes:
        return []
    known = {part: e.targets[(e.parts == part) & e.labelled] for part in dict.fromkeys(e.parts.tolist())}
    found = {part: np.bincount(y.astype(np.int64), minlength=len(run.classes)).tolist() for part, y in known.items()}
    return [
        {"label": label, "class": k, "parts": {part: own[k] for part, own in found.items()}}
        for k, label in enumerate(run.classes)
    ]


def _imbalance(run: Run) -> float | None:
    counts = np.array(list(run.record.get("data", {}).get("counts", {}).values()))
    return float(counts.max() / counts[counts > 0].min()) if len(counts) and counts.any() else None


def _copies(run: Run) -> list[list[int]]:
    """Give groups of samples with the same content, those with different labels first."""
    e = run.evidence
    (codes,) = key_codes(e.keys)
    twice = np.flatnonzero(np.bincount(codes) > 1)
    groups = [np.flatnonzero(codes == code) for code in twice[: 10 * MOST]]
    groups.sort(key=lambda group: -len(np.unique(e.targets[group])))
    return [group.tolist() for group in groups[:MOST]]


def _alike(run: Run) -> list[dict[str, Any]]:
    """Give pairs of a test sample and one learned from whose features hardly differ, though their content does."""
    e = run.evidence
    if not e.near.size:
        return []
    this, other = e.mapped, e.mapped[e.near]
    learned = np.isin(e.parts, ("train", "validation"))
    across = ~learned[this][:, None] & learned[other] & (e.apart < ALIKE)
    across &= (e.keys[this][:, None] != e.keys[other]).any(axis=2)
    rows, columns = np.nonzero(across)
    order = np.argsort(e.apart[rows, columns], kind="stable")
    pairs: dict[int, dict[str, Any]] = {}
    for r, c in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        pairs.setdefault(r, {"test": int(this[r]), "learned": int(other[r, c]), "apart": float(e.apart[r, c])})
    return list(pairs.values())[:MOST]
