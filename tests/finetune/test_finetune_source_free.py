"""SHOT through the backbone: the head stays, the body moves, target labels are never read."""

import dataclasses

import numpy as np
import pytest
from small_tasks import photos

from graft.finetune.source_free import shot_weights
from graft.finetune.strategy import FinetuneError
from graft.heads.logistic import Logistic
from graft.train import Recipe

RECIPE = Recipe(rate=1e-4, epochs=2)


def embedded(backbone, dataset):
    return np.asarray(backbone.embed([backbone.prepare(item) for item in dataset.inputs]))[:, : backbone.card.dim]


def test_the_body_moves_under_the_head_that_stays(eye):
    source, target = photos(40), photos(32, 1)
    head = Logistic(penalty=0.01).fit(embedded(eye, source), source.targets)
    coef, before = head.coef_.copy(), eye.fingerprint
    tuned, answer = shot_weights(eye, head, target, recipe=RECIPE, device="cpu")
    np.testing.assert_array_equal(head.coef_, coef)
    assert tuned.backbone.fingerprint != before == eye.fingerprint
    again = head.predict_proba(embedded(tuned.backbone, target))
    np.testing.assert_allclose(again, np.exp(answer), atol=1e-3)
    wrong = dataclasses.replace(target, targets=1 - target.targets)
    np.testing.assert_array_equal(shot_weights(eye, head, wrong, recipe=RECIPE, device="cpu")[1], answer)


def test_refusals_are_sentences(eye):
    source = photos(40)
    head = Logistic(penalty=0.01).fit(embedded(eye, source), source.targets)
    with pytest.raises(FinetuneError, match="5 target inputs are too few"):
        shot_weights(eye, head, source.take(range(5)), device="cpu")
    other = Logistic(penalty=0.01).fit(np.eye(4), np.array([0, 1, 0, 1]))
    with pytest.raises(FinetuneError, match="needs a linear classifier"):
        shot_weights(eye, other, source, device="cpu")
