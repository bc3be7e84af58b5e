"""The rows of the record on candidates: what each cost, what it scored, why it was kept or dropped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graft.evaluation.choose import Choice
from graft.plan.trials import Ground, Outcome


def rows(outcomes: Sequence[Outcome], choice: Choice, ground: Ground) -> list[dict[str, Any]]:
    """Give a row for each candidate that was chosen among, and one for their blend where there is one."""
    found = []
    for i, (loss, verdict) in enumerate(zip(choice.losses, choice.verdicts, strict=True)):
        row: dict[str, Any] = {"name": "blend", "loss": loss, "seconds": 0.0, "accuracy": None, "verdict": verdict}
        if i < len(outcomes):
            row |= measured(outcomes[i], ground)
        found.append(row)
    return found


def averaged_row(outcome: Outcome, weight: float, ground: Ground) -> dict[str, Any]:
    """Give the row of a candidate that is a part of an average, or was left out of it."""
    verdict = "dropped: its loss leaves it no part in the average"
    if weight:
        verdict = f"kept: {weight:.2f} of the average, by its loss on samples held out"
    return {"loss": float(np.nanmean(outcome.losses)), "verdict": verdict} | measured(outcome, ground)


def stopped_row(outcome: Outcome, ground: Ground) -> dict[str, Any]:
    """Give the row of a candidate that was given up before its last fold."""
    loss = float(np.nanmean(outcome.losses))
    return {"loss": loss, "verdict": outcome.stopped} | measured(outcome, ground)


def measured(outcome: Outcome, ground: Ground) -> dict[str, Any]:
    """Give the name of a candidate, its seconds and its accuracy on samples held out (None for amounts)."""
    accuracy = None
    if ground.n_classes:
        known = np.isfinite(outcome.losses)
        accuracy = float(np.mean(np.argmax(outcome.output[known], axis=1) == ground.targets[known]))
    return {"name": outcome.candidate.name, "seconds": outcome.seconds, "accuracy": accuracy}
