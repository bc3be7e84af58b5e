"""Objectives made by name."""

from __future__ import annotations

from collections.abc import Callable

from graft.align.objectives.agreement import Agreement
from graft.align.objectives.cdan import Cdan
from graft.align.objectives.confusion import Confusion
from graft.align.objectives.dann import Dann
from graft.align.objectives.deep_coral import DeepCoral
from graft.align.objectives.information import Information
from graft.align.objectives.jan import Jan
from graft.align.objectives.mdd import Mdd
from graft.align.objectives.mmd import Mmd
from graft.align.objectives.nuclear import Nuclear
from graft.align.objectives.seen import Term
from graft.errors import GraftError, did_you_mean

Maker = Callable[[int, int], Term]

OBJECTIVES: dict[str, Maker] = {
    "mmd": lambda dim, classes: Mmd(),
    "jan": lambda dim, classes: Jan(),
    "deep-coral": lambda dim, classes: DeepCoral(),
    "dann": lambda dim, classes: Dann(dim),
    "cdan": Cdan,
    "mdd": Mdd,
    "fixmatch": lambda dim, classes: Agreement(),
    "minimum-confusion": lambda dim, classes: Confusion(),
    "nuclear-norm": lambda dim, classes: Nuclear(),
    "information": lambda dim, classes: Information(),
}


def make_term(name: str, dim: int, classes: int) -> Term:
    """Make an objective for D features and K classes by name; raises GraftError for one there is not."""
    if name not in OBJECTIVES:
        raise GraftError(f"There is no domain objective {name!r}. {did_you_mean(name, OBJECTIVES)}")
    return OBJECTIVES[name](dim, classes)
