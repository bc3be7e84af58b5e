"""Moved weights beside the frozen choice: the simpler one stays unless the other is better by more than its noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.data.splits import folds as make_folds
from graft.evaluation.blend import blend, blend_weights, cross_blend, output_losses
from graft.evaluation.calibration import Temperature
from graft.evaluation.choose import Trial, choose
from graft.evaluation.crossval import plan

FROZEN_RANK, MOVED_RANK, BOTH_RANK = 0, 60, 1000
FOLDS = 5
Output = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Judges:
    """The samples that judge: their targets, weights, and the number of the tie of each."""

    targets: NDArray[Any]
    weight: NDArray[np.float64]
    tied: NDArray[np.int64]

    def folds(self) -> NDArray[np.int64] | None:
        """Give folds of the judging samples, by which a temperature or a blend is fitted and applied to others."""
        count = min(FOLDS, len(np.unique(self.tied)))
        return make_folds(self.targets, self.tied, count, seed=0) if count > 1 else None

    def losses(self, output: Output) -> NDArray[np.float64]:
        """Give the weighted loss of each, classes after a temperature that was fitted on the others."""
        found = self.folds()
        if output.ndim == 2 and found is not None:
            raw, output = output, output.copy()
            for fold in plan(found):
                fitted = Temperature.fit(raw[fold.train], self.targets[fold.train], self.weight[fold.train])
                output[fold.held] = fitted.transform(raw[fold.held])
        return output_losses(self.targets, output) * self.weight


@dataclass(frozen=True)
class Beside:
    """The share that the moved weights get in the final model (0: the frozen choice stays), and the verdicts."""

    share: float
    temperature: float
    losses: tuple[float, ...]
    verdicts: tuple[str, ...]


def beside(frozen: Output, moved: Output, name: str, judges: Judges) -> Beside:
    """Compare the frozen choice, the moved weights, and a blend of both, on the samples that judge.

    Gives their losses and verdicts in this order (no blend where the samples are too few to fit it on others).
    """
    outputs = [np.asarray(frozen, dtype=np.float64), np.asarray(moved, dtype=np.float64)]
    names, ranks, share = ["frozen", name, f"frozen + {name}"], [FROZEN_RANK, MOVED_RANK, BOTH_RANK], [0.0, 1.0]
    found = judges.folds()
    if found is not None:
        outputs.append(cross_blend(outputs[:2], judges.targets, found, sample_weight=judges.weight))
        weights = blend_weights(outputs[:2], judges.targets, sample_weight=judges.weight)
        share.append(float(weights[1]))
    losses = [judges.losses(output) for output in outputs]
    trials = [Trial(*parts) for parts in zip(names, ranks, losses, strict=False)]
    choice = choose(trials, groups=judges.tied)
    kept = share[choice.index]
    final = blend(outputs[:2], np.array([1 - kept, kept]))
    temperature = 1.0
    if final.ndim == 2:
        temperature = Temperature.fit(final, judges.targets, judges.weight).value
    return Beside(kept, temperature, choice.losses, choice.verdicts)
