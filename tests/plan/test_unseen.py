"""What scores is seen by no part of what is scored."""

import dataclasses

import numpy as np

from graft.extract.views import View
from graft.plan.candidates import Candidate
from graft.plan.divided import divided
from graft.plan.splitting import choice_folds
from graft.plan.trials import Ground
from graft.plan.unseen import frozen_without

TRIED = [Candidate("all", View(), "nearest-mean"), Candidate("all", View(), "logistic")]


def test_labels_of_the_samples_that_score_change_nothing() -> None:
    rng = np.random.default_rng(0)
    targets = np.arange(100) % 2
    shown = rng.normal(size=(100, 4)).astype(np.float32) + targets[:, None]
    folds = choice_folds(targets, np.arange(100), 2, seed=0)
    assert folds is not None
    ground = Ground({("all", View()): shown}, targets, 2, np.arange(100), folds, np.ones(100))
    parts = divided(folds, tested=False)
    assert parts is not None
    flipped = targets.copy()
    flipped[parts.score] = 1 - flipped[parts.score]
    first = frozen_without(TRIED, ground, parts, 60, seed=0)
    second = frozen_without(TRIED, dataclasses.replace(ground, targets=flipped), parts, 60, seed=0)
    assert [part.shape for part in first] == [(100, 2), (len(parts.score), 2)]
    assert np.isnan(first[0][parts.score]).all()
    assert np.isfinite(first[0][parts.judge]).all()
    assert np.isfinite(first[1]).all()
    for a, b in zip(first, second, strict=True):
        assert np.array_equal(a, b, equal_nan=True)
