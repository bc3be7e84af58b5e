"""Which samples are explained, and for how long."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from graft.errors import GraftError
from graft.reporting.explaining.base import Parts
from graft.reporting.explaining.look import DRAWS, answers, look
from graft.reporting.explaining.table import CUTS
from graft.reporting.picks import picks
from graft.reporting.run import Run
from graft.reporting.shows import Shows

if TYPE_CHECKING:
    from graft.model.model import Model

MISTAKES, UNSURE = 4, 2


def explain(model: Model, run: Run, shown: Shows, seconds: float = math.inf) -> tuple[dict[str, Any], ...]:
    """Explain the surest mistakes and the least sure samples while there is time.

    The samples are the inputs where these are at hand, else what is shown of them.

    One that would not be done in `seconds` is not begun: the first is expected to take as long as its answers would one
    by one, the others as long as the slowest before.
    """
    cut = CUTS.get(run.modality)
    if cut is None or seconds <= 0:
        return ()
    start, slowest = time.monotonic(), 0.0
    found: list[dict[str, Any]] = []
    for sample in wanted(run):
        began = time.monotonic()
        if sample not in shown.large or began - start + slowest > seconds:
            continue
        try:
            inputs = run.evidence.inputs
            parts = cut(shown.large[sample] if inputs is None else inputs[sample])
            if parts.count < 2 or (not found and began - start + expected(model, parts) > seconds):
                continue
            found.append({"sample": sample} | look(model, parts, int(run.said[sample]) if run.classes else None))
        except GraftError:
            continue
        slowest = max(slowest, time.monotonic() - began)
    return tuple(found)


def expected(model: Model, parts: Parts) -> float:
    """Give the seconds that explaining a sample takes at most, from those of one answer."""
    start = time.monotonic()
    answers(model, [parts.without(np.zeros(parts.count, bool))])
    return (time.monotonic() - start) * (parts.count + DRAWS + 2)


def wanted(run: Run) -> list[int]:
    """Give the samples to explain, at most six, the most telling first."""
    chosen = picks(run)
    some = [*chosen.mistakes[:MISTAKES].tolist(), *chosen.unsure[:UNSURE].tolist(), *chosen.mistakes.tolist()]
    return list(dict.fromkeys([*some, *chosen.unsure.tolist()]))[: MISTAKES + UNSURE]
