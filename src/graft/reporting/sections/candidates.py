"""Every candidate that was tried: what it cost, what it scored, and the verdict on it."""

from __future__ import annotations

from typing import Any

from graft.reporting.run import Run


def candidates(run: Run) -> dict[str, Any] | None:
    """Give the frozen candidates, the race of strategies and the choice between them; None where nothing was tried."""
    record = run.record
    trials, moved = list(record.get("trials", [])), record.get("moved", {})
    if not trials and not moved:
        return None
    rows = sorted(trials, key=lambda row: row["loss"])
    return {
        "rows": [row | {"kept": str(row["verdict"]).startswith("kept")} for row in rows],
        "slowest": max([row["seconds"] for row in rows], default=0.0),
        "worst": max([row["loss"] for row in rows], default=0.0),
        "moved": moved.get("trials", []),
        "choice": moved.get("choice", []),
        "judged_on": moved.get("judged_on"),
        "reason": moved.get("reason", ""),
        "chosen": record.get("chosen", ""),
        "cards": [dict(card) for card in run.cards],
    }
