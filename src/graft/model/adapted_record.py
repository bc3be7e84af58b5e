"""What the record says of an adaptation: the target, what was tried, the evidence and the verdict."""

from __future__ import annotations

import dataclasses
from typing import Any

from graft.align.adaptation import Adaptation
from graft.extract.features import Features

KEPT = "Kept the source-only model: "
NOT_ENOUGH = "there is not enough evidence that adapting would make it better."


def record_of(first: Features, found: Adaptation, source_free: bool) -> dict[str, Any]:
    """Give the record of what a door of align decided for the target `first`."""
    changed = int((found.before.argmax(axis=1) != found.target.argmax(axis=1)).sum())
    methods = sorted({f"{view} · {fitted.method}" for view, fitted in found.members})
    evidence = {} if found.evidence is None else dataclasses.asdict(found.evidence)
    record = kept(first, source_free, NOT_ENOUGH) | {"evidence": evidence, "notes": list(found.notes)}
    return record | changes(methods, changed, len(first)) if found.adapted else record


def kept(first: Features, source_free: bool, why: str) -> dict[str, Any]:
    """Give the record of a model that stays, as values that JSON can hold."""
    return {
        "target": first.dataset.source,
        "samples": len(first),
        "source_free": source_free,
        "adapted": False,
        "changed": 0,
        "members": [],
        "evidence": {},
        "notes": [],
        "verdict": f"{KEPT}{why}",
    }


def changes(members: list[str], changed: int, count: int) -> dict[str, Any]:
    """Give what the record says otherwise where the model was adapted."""
    said = f"Adapted: {changed} of {count} target inputs are called differently than by the source-only model."
    return {"adapted": True, "changed": changed, "members": members, "verdict": said}
