"""With few labels or groups: what each candidate counts for in the average of all, by samples it had not seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from graft.evaluation.averaging import average_weights
from graft.evaluation.blend import output_losses
from graft.evaluation.calibration import Temperature
from graft.plan.few import LEAST_SHARE, counting, few_groups
from graft.plan.trials import Ground, Outcome


def shares(outcomes: Sequence[Outcome], ground: Ground) -> NDArray[np.float64]:
    """Give the (M,) weights of candidates that were tried on all folds; those under 0.05 of the largest are 0.

    Each is judged at its own temperature, so that boldness alone does not decide. Where groups are few, one counts for
    no more than 32 samples, however many it has.
    """
    judging, counts = ground.folds >= 0, np.ones(len(ground.tied))
    if few_groups(ground.tied[judging], ground.n_classes):
        counts = counting(ground.tied, judging)
    weights = average_weights([_cooled(outcome, ground) * counts for outcome in outcomes])
    weights = np.where(weights < LEAST_SHARE * weights.max(), 0.0, weights)
    found: NDArray[np.float64] = weights / weights.sum()
    return found


def _cooled(outcome: Outcome, ground: Ground) -> NDArray[np.float64]:
    """Give the weighted log losses at the temperature that suits the candidate, NaN where it has no output."""
    losses = np.full(len(ground.targets), np.nan)
    known = np.isfinite(outcome.output).all(axis=1)
    output, targets, weight = outcome.output[known], ground.targets[known], ground.weight[known]
    losses[known] = output_losses(targets, Temperature.fit(output, targets, weight).transform(output)) * weight
    return losses
