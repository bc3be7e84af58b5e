"""The samples worth looking at: the surest mistakes, the least sure, by their index."""

from __future__ import annotations

from typing import Any

from graft.reporting.picks import picks
from graft.reporting.run import Run


def galleries(run: Run) -> dict[str, Any] | None:
    """Give the indices of each gallery; None where nothing was answered."""
    if not len(run.judged):
        return None
    chosen = picks(run)
    wrong = int(run.wrong[run.judged].sum())
    return {"mistakes": chosen.mistakes.tolist(), "unsure": chosen.unsure.tolist(), "wrong": wrong}
