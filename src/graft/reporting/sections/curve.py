"""Accuracy against labels, where a learning curve was measured."""

from __future__ import annotations

from typing import Any

from graft.reporting.run import Run


def curve(run: Run) -> dict[str, Any] | None:
    """Give the points of the curve as `graft curve --json` wrote them; None where none was measured."""
    return dict(run.curve) if run.curve and run.curve.get("points") else None
