"""What the model looks at, where single samples were explained."""

from __future__ import annotations

from typing import Any

from graft.reporting.explaining.table import CUTS
from graft.reporting.run import Run

LEAST = 0.02


def looks(run: Run) -> dict[str, Any] | None:
    """Give the explained samples and what the deletion test says of all of them; None where none can be."""
    rows = [dict(look) for look in run.looks]
    if run.modality not in CUTS or not len(run.judged):
        return None
    if not rows:
        return {"rows": [], "passed": 0, "gain": 0.0, "good": False}
    gains = [row["random"] - row["deleted"] for row in rows]
    passed = sum(gain > LEAST for gain in gains)
    return {"rows": rows, "passed": passed, "gain": sum(gains) / len(gains), "good": 2 * passed > len(rows)}
