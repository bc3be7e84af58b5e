"""The regularizers there are, by name."""

from __future__ import annotations

from collections.abc import Callable

from graft.errors import did_you_mean
from graft.finetune.holds.base import Ground, Holding
from graft.finetune.holds.bss import bss
from graft.finetune.holds.co_tuning import co_tuning
from graft.finetune.holds.delta import delta
from graft.finetune.holds.l2_sp import l2_sp
from graft.finetune.strategy import FinetuneError

HOLDS: dict[str, Callable[[Ground], Holding]] = {"l2-sp": l2_sp, "delta": delta, "bss": bss, "co-tuning": co_tuning}


def make_hold(name: str, ground: Ground) -> Holding:
    """Make a regularizer by name; raises FinetuneError for one that is not there or does not fit the backbone."""
    if name not in HOLDS:
        raise FinetuneError(f"There is no regularizer {name!r}. {did_you_mean(name, HOLDS)}")
    return HOLDS[name](ground)
