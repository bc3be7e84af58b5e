"""Domain objectives through the backbone: both domains are read, the target's labels never, the first stays."""

import dataclasses

import numpy as np
import pytest
import torch
from small_tasks import photos, reviews

from graft.finetune.domains import finetune_to
from graft.finetune.strategy import FinetuneError


def brighter(seed=1):
    dataset = photos(20, seed)
    return dataclasses.replace(dataset, inputs=[np.clip(x * 0.7 + 60, 0, 255).astype(np.uint8) for x in dataset.inputs])


@pytest.mark.parametrize("objective", ["minimum-confusion", "dann", "mmd"])
def test_both_domains_move_the_weights_and_give_a_head(eye, objective):
    source, target = photos(), brighter()
    before, random = eye.fingerprint, torch.random.get_rng_state()
    tuned, answer = finetune_to(eye, source, target, objective, "full", epochs=3, device="cpu")
    assert torch.equal(random, torch.random.get_rng_state())
    np.testing.assert_allclose(np.exp(answer).sum(axis=1), 1, rtol=1e-6)
    assert answer.shape == (20, 2)
    features = np.asarray(tuned.backbone.embed([tuned.backbone.prepare(item) for item in target.inputs]))
    again = tuned.head.predict_proba(features[:, : tuned.backbone.card.dim])
    np.testing.assert_allclose(again, np.exp(answer), atol=1e-3)
    assert tuned.backbone.card.name.endswith(f"+{objective}")
    assert eye.fingerprint == before


def test_the_target_is_heard_and_its_labels_are_not(eye):
    source, target = photos(), brighter()
    wrong = dataclasses.replace(target, targets=1 - target.targets)
    told = {"objective": "dann", "strategy": "full", "epochs": 2, "device": "cpu"}
    (one, first), (_, second) = (finetune_to(eye, source, each, **told) for each in (target, wrong))
    np.testing.assert_array_equal(first, second)
    other, _ = finetune_to(eye, source, photos(20, 5), **told)
    assert one.backbone.fingerprint != other.backbone.fingerprint


def test_texts_of_any_length_and_frozen_parts(reader):
    tuned, answer = finetune_to(reader, reviews(), reviews(10, 3), "jan", "last-blocks", epochs=2, device="cpu")
    assert answer.shape == (10, 2)
    assert len(tuned.history) == 2


def test_refusals_are_sentences(eye):
    source, target = photos(), brighter()
    with pytest.raises(FinetuneError, match="Did you mean 'dann'"):
        finetune_to(eye, source, target, "dan")
    with pytest.raises(FinetuneError, match="does more than move weights in one stage"):
        finetune_to(eye, source, target, strategy="lora")
    with pytest.raises(FinetuneError, match="need a strategy with a linear head"):
        finetune_to(eye, source, target, strategy="classic", device="cpu")
