"""The table of sections, in the order of the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graft.reporting.run import Run
from graft.reporting.sections.answer import answer
from graft.reporting.sections.candidates import candidates
from graft.reporting.sections.classes import classes
from graft.reporting.sections.curve import curve
from graft.reporting.sections.data import data
from graft.reporting.sections.domains import domains
from graft.reporting.sections.galleries import galleries
from graft.reporting.sections.landscape import landscape
from graft.reporting.sections.looks import looks
from graft.reporting.sections.matrix import matrix
from graft.reporting.sections.numbers import numbers
from graft.reporting.sections.reliability import reliability
from graft.reporting.sections.threshold import threshold

SECTIONS: dict[str, Callable[[Run], dict[str, Any] | None]] = {
    "answer": answer,
    "matrix": matrix,
    "numbers": numbers,
    "galleries": galleries,
    "reliability": reliability,
    "classes": classes,
    "threshold": threshold,
    "map": landscape,
    "looks": looks,
    "domains": domains,
    "curve": curve,
    "candidates": candidates,
    "data": data,
}
