"""The frozen choice made again without the samples that score, so that no part of what is scored has seen them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from graft.model.member import FLOOR
from graft.plan.candidates import Candidate
from graft.plan.decide import settle
from graft.plan.divided import Divided
from graft.plan.honest import predict_with, subset
from graft.plan.trials import Ground

Output = NDArray[np.float64]


def frozen_without(
    tried: Sequence[Candidate], ground: Ground, parts: Divided, seconds: float, seed: int
) -> tuple[Output, Output]:
    """Choose among frozen candidates without `parts.score`; give its output for all samples and for those that score.

    Log-probabilities (N, K) and (n, K), or numbers: the former are predicted out of fold (NaN for those that score and
    where nothing was held out), the latter by the choice fitted on all others.
    """
    seen = np.sort(np.concatenate([parts.train, parts.judge]))
    inner = subset(ground, seen, seed)
    decision, _, _ = settle(tried, inner, seconds)
    said = predict_with(dataclasses.replace(decision, temperature=1.0), inner, ground, parts.score)
    scored = np.log(np.maximum(said, FLOOR)) if ground.n_classes else said
    whole = np.full((len(ground.targets), *decision.output.shape[1:]), np.nan)
    whole[seen] = decision.output
    return whole, scored
