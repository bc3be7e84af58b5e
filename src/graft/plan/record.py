"""The record of a fit: what was tried, what it cost, what it scored, and why it was kept or dropped."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import Any

from graft.evaluation.scores import Scores
from graft.plan.assembling import chosen_name
from graft.plan.budget import Clock
from graft.plan.decide import Decision
from graft.plan.material import Material
from graft.plan.moving import Moved
from graft.plan.notes import known_to

LIBRARIES = ("torch", "timm", "transformers", "scikit-learn", "numpy")


def record_of(
    material: Material, decision: Decision, moved: Moved, scores: Scores, clock: Clock, choosing: float
) -> dict[str, Any]:
    """Give the record as values that JSON can hold."""
    dataset = material.dataset
    return {
        "data": {"source": dataset.source, "samples": len(dataset), "counts": dataset.counts()},
        "notes": list(material.notes),
        "skipped": [{"input": s.name, "name": s.name, "reason": s.reason} for s in material.skipped],
        "trials": list(decision.verdicts),
        "moved": moved.record,
        "transfer": {},
        "chosen": chosen_name(decision, moved),
        "temperature": moved.temperature if moved.tuned is not None else decision.temperature,
        "known_classes": known_to(material),
        "scored_on": scores.source,
        "embedded": material.embedded,
        "seconds": round(clock.spent(), 3),
        "seconds_choosing": round(choosing, 3),
        "versions": {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES},
    }
