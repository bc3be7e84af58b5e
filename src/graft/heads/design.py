"""Dense features as a logistic objective: rotated once where that fits in little memory, block by block where not."""

from __future__ import annotations

import numpy as np

from graft.heads.basis import Basis, basis_of
from graft.heads.check import slices
from graft.heads.objective import Objective
from graft.heads.threads import Mapper
from graft.heads.training import Training

DENSE_NUMBERS = 16_000_000


def dense_objective(training: Training, mapper: Mapper) -> tuple[Basis, Objective]:
    """Give the basis of the standardized features and the objective in its coordinates; no sample is held out."""
    X, weight = training.X, training.weight
    basis = basis_of(X, weight)
    size = len(basis.curvature)
    fits = len(X) * size <= DENSE_NUMBERS
    rows = basis.rotate_own(X, np.float32) if fits else X
    blocks = [rows[part] for part in slices(*rows.shape)]
    nothing = np.full(len(X), -1)
    inner = None if fits else basis
    return basis, Objective(blocks, basis.curvature, inner, training.y, weight, nothing, len(training.classes), mapper)
