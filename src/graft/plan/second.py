"""A second opinion: where those that judge cannot tell moved weights from noise, the samples of another fold judge too.

They are answered by weights trained anew without them, so that twice as many judge and the error of the difference
shrinks by about √2. Where the frozen choice is ahead, or the moved weights are ahead beyond noise, none is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from graft.plan.beside import Beside, Judges
from graft.plan.divided import Divided

if TYPE_CHECKING:
    from graft.plan.trials import Ground


def undecided(found: Beside) -> bool:
    """Say whether the frozen choice stays only because the noise is larger than what moved weights gain."""
    return found.share == 0 and min(found.losses) < found.losses[0]


def another(folds: NDArray[np.int64], parts: Divided) -> Divided | None:
    """Give the division in which another fold judges and the first judges are trained on; None where there is none."""
    of_train = folds[parts.train]
    others = np.unique(of_train[of_train >= 0])
    if len(others) < 2:
        return None
    judge = of_train == others[-1]
    train = np.sort(np.concatenate([parts.train[~judge], parts.judge]))
    return Divided(train, parts.train[judge], parts.score)


def judges_of(ground: Ground, index: NDArray[np.int64]) -> Judges:
    """Give what judging needs to know of some samples."""
    return Judges(ground.targets[index], ground.weight[index], ground.tied[index])
