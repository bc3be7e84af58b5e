"""The scores there are, by name: each a function of features and targets, higher is better."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graft.evaluation.transferability.gbc import gbc
from graft.evaluation.transferability.h_score import h_score
from graft.evaluation.transferability.leep import leep
from graft.evaluation.transferability.left_out import left_out_accuracy
from graft.evaluation.transferability.logme import logme
from graft.evaluation.transferability.n_leep import n_leep
from graft.evaluation.transferability.probe import probe, probe_accuracy
from graft.evaluation.transferability.transrate import transrate


@dataclass(frozen=True)
class Rating:
    """A score: `of(features, targets)`, whether it takes word counts and amounts, and whether it needs own classes."""

    of: Callable[[Any, Any], float]
    sparse: bool = False
    amounts: bool = False
    own_classes: bool = False


SCORES: dict[str, Rating] = {
    "left-out-accuracy": Rating(left_out_accuracy, sparse=True),
    "probe": Rating(probe, sparse=True, amounts=True),
    "probe-accuracy": Rating(probe_accuracy, sparse=True),
    "logme": Rating(logme, amounts=True),
    "h-score": Rating(h_score),
    "n-leep": Rating(n_leep),
    "leep": Rating(leep, own_classes=True),
    "gbc": Rating(gbc),
    "transrate": Rating(transrate),
}
