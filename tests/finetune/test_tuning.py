"""Tuning: learns, says what its backbone and head then say, keeps states once, stops in time, and repeats itself."""

import dataclasses

import numpy as np
import pytest
import torch
from small_tasks import photos, reviews

from graft.data.dataset import Dataset
from graft.errors import GraftError
from graft.finetune import STRATEGIES, FinetuneError, Stage, Strategy, Tuning, View, finetune
from graft.finetune.batches import SourceBatches
from graft.finetune.learner import Learner, embed_by_length, run_prefix
from graft.finetune.sources import KeptStates, PreparedInputs
from graft.heads import HEADS, make
from graft.train import Recipe

FAST = Recipe(epochs=2, rate=5e-4)


def quick(name, **changes):
    row = STRATEGIES[name]
    return dataclasses.replace(row, recipe=dataclasses.replace(row.recipe, rate=5e-4, epochs=2), **changes)


def rows_of(tuned, held):
    features = tuned.backbone.embed([tuned.backbone.prepare(item) for item in held.inputs])
    return np.ascontiguousarray(features[:, : tuned.backbone.card.dim])


@pytest.mark.parametrize("name", [name for name in STRATEGIES if name != "contrastive"])
def test_every_strategy_learns_photos_and_what_is_kept_says_what_was_told(eye, name):
    learn, held = photos(32), photos(12, 1)
    tuning = Tuning(eye, learn, held, quick(name), device="cpu", seed=3)
    output = tuning.advance(2)
    assert output.shape == (12, 2)
    np.testing.assert_allclose(np.exp(output).sum(axis=1), 1)
    assert tuning.epochs_done == 2
    assert [line["epoch"] for line in tuning.history] == [1, 2]
    assert tuning.seconds_an_epoch > 0
    tuned = tuning.finish()
    assert tuned is tuning.finish()
    assert tuned.backbone.card.parent == eye.card.name
    assert type(tuned.head) in HEADS.values()
    np.testing.assert_allclose(tuned.head.predict_proba(rows_of(tuned, held)), np.exp(output), atol=5e-3)
    again = make(tuned.head.name).load_state(tuned.head.state())
    assert np.array_equal(again.predict(rows_of(tuned, held)), tuned.head.predict(rows_of(tuned, held)))
    with pytest.raises(FinetuneError, match="is finished"):
        tuning.advance(1)


@pytest.mark.parametrize("name", ["lp-ft", "last-blocks", "gradual", "contrastive", "lora"])
def test_texts_are_learned(reader, name):
    learn, held = reviews(48), reviews(20, 1)
    tuning = Tuning(reader, learn, held, quick(name, view=View(batch=16)), device="cpu")
    output = tuning.advance(6)
    assert np.mean(output.argmax(axis=1) == held.targets) >= 0.9
    tuned = tuning.finish()
    np.testing.assert_allclose(tuned.head.predict_proba(rows_of(tuned, held)), np.exp(output), atol=1e-2)


def test_numbers_are_learned_in_their_own_units(eye):
    learn, held = photos(32), photos(12, 1)
    learn = dataclasses.replace(learn, targets=1000.0 + 50 * learn.targets, classes=())
    held = dataclasses.replace(held, targets=1000.0 + 50 * held.targets, classes=())
    tuning = Tuning(eye, learn, held, quick("lp-ft"), device="cpu")
    output = tuning.advance(3)
    assert output.shape == (12,)
    assert 900 < output.min() < output.max() < 1200
    assert abs(np.corrcoef(output, held.targets)[0, 1]) > 0.9
    tuned = tuning.finish()
    np.testing.assert_allclose(tuned.head.predict(rows_of(tuned, held)), output, rtol=1e-3)


@pytest.mark.parametrize("kind", ["eye", "reader"])
def test_training_on_kept_states_is_training_on_the_inputs(kind, request, tmp_path):
    backbone = request.getfixturevalue(kind)
    learn = (photos if kind == "eye" else reviews)(20)
    body = backbone.trainable()
    inputs = PreparedInputs.read(learn.inputs, backbone, body, tmp_path)
    for first in (1, len(body.parts) - 1, len(body.parts)):
        (tmp_path / f"{first}").mkdir()
        kept = KeptStates(20, inputs.costs if first < len(body.parts) else None, tmp_path / f"{first}")
        for some in (np.array([2, 3]), np.arange(20)):
            kept.run(inputs, body, first, "cpu", some)
        assert len(kept) == 20
        rows = np.array([7, 0, 13, 2])
        direct = Learner(body, torch.nn.Identity(), first=first).embed(*run_prefix(body, first, *inputs.states(rows)))
        found = Learner(body, torch.nn.Identity(), first=first).embed(*kept.states(rows))
        torch.testing.assert_close(found, direct, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(found, body(*inputs.states(rows)), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("first", [0, 2])
def test_embedding_by_length_is_embedding(reader, eye, first):
    body = reader.trainable()
    states = run_prefix(body, first, *body.collate([reader.prepare(text) for text in reviews(21).inputs]))
    learner = Learner(body, torch.nn.Identity(), first=first)
    torch.testing.assert_close(embed_by_length(learner, states, 4), learner.embed(*states), rtol=1e-4, atol=1e-5)
    pixels = eye.trainable().collate(photos(5).inputs)
    looker = Learner(eye.trainable(), torch.nn.Identity())
    assert torch.equal(embed_by_length(looker, pixels), looker.embed(*pixels))


def test_the_frozen_parts_run_once_for_every_input(eye, monkeypatch):
    import graft.finetune.sources as sources

    seen = []
    real = sources.run_prefix
    monkeypatch.setattr(
        sources, "run_prefix", lambda body, first, *s: (seen.append(len(s[0])), real(body, first, *s))[1]
    )
    tuning = Tuning(eye, photos(), photos(8, 1), quick("last-blocks"), device="cpu")
    assert seen == []
    for _ in range(3):
        tuning.advance(1)
    assert sum(seen) == 24 + 8
    tuning = Tuning(eye, photos(), photos(8, 1), quick("last-blocks", view=View(augment=("flip",))), device="cpu")
    tuning.advance(1)
    assert sum(seen) == 24 + 8


def test_batches_hold_every_sample_once_with_its_target_and_weight(reader, tmp_path):
    learn = reviews(23)
    source = PreparedInputs.read(learn.inputs, reader, reader.trainable(), tmp_path)
    batches = SourceBatches(source, np.arange(23), np.arange(23.0), 5, 1)
    walked = list(batches.epoch(0))
    assert len(walked) == len(batches) == 5
    assert sorted(int(i) for batch in walked for i in batch[-2]) == list(range(23))
    for ids, mask, rows, weight in walked:
        assert torch.equal(rows.float(), weight)
        for row, tokens, seen in zip(rows, ids, mask, strict=True):
            assert np.array_equal(tokens[seen].numpy(), source.items[int(row)])
    assert [b[-2].tolist() for b in batches.epoch(0)] == [b[-2].tolist() for b in walked]
    assert [b[-2].tolist() for b in batches.epoch_from(0, 3)] == [b[-2].tolist() for b in walked[3:]]
    assert [b[-2].tolist() for b in batches.epoch(1)] != [b[-2].tolist() for b in walked]


def test_the_same_seed_gives_the_same_weights_and_nothing_global_is_touched(eye):
    def run(seed):
        tuning = Tuning(eye, photos(), photos(8, 1), quick("full"), device="cpu", seed=seed)
        return tuning.advance(1)

    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    one, two, other = run(0), run(0), run(1)
    assert torch.equal(torch.random.get_rng_state(), before)
    np.testing.assert_allclose(one, two, atol=1e-5)
    assert np.abs(one - other).max() > 1e-5


def test_lp_ft_starts_where_the_fitted_head_stands_also_when_one_is_given(eye):
    learn, held = photos(40), photos(12, 1)
    features = eye.embed([eye.prepare(item) for item in learn.inputs])[:, : eye.card.dim]
    head = make("logistic").fit(features, learn.targets)
    still = dataclasses.replace(STRATEGIES["lp-ft"], recipe=Recipe(epochs=1, rate=1e-12))
    expected = head.predict_proba(eye.embed([eye.prepare(i) for i in held.inputs])[:, : eye.card.dim])
    for given in (None, head):
        output = Tuning(eye, learn, held, still, device="cpu", head=given).advance(1)
        np.testing.assert_allclose(np.exp(output), expected, atol=1e-4)


def test_another_image_size_goes_to_the_card_and_time_spent_stops_training(eye):
    tuning = Tuning(eye, photos(), photos(8, 1), quick("lp-ft", view=View(input_size=16)), device="cpu")
    tuning.advance(1)
    assert tuning.finish().backbone.card.input_size == 16
    stopped = Tuning(eye, photos(), photos(8, 1), quick("lp-ft"), device="cpu", left=lambda: 0.0)
    output = stopped.advance(2)
    assert np.isfinite(output).all()
    assert stopped.history == []


def test_a_class_not_among_the_samples_is_improbable(eye):
    learn = dataclasses.replace(photos(), classes=("dark", "bright", "green"))
    output = Tuning(eye, learn, photos(8, 1), quick("lp-ft"), device="cpu").advance(1)
    assert output.shape == (8, 3)
    assert (np.exp(output[:, 2]) < 0.05).all()


def test_weights_count_samples(eye):
    learn, held = photos(32), photos(12, 1)
    heavy = np.where(learn.targets == 1, 30.0, 1.0)
    plain = Tuning(eye, learn, held, quick("head-only"), device="cpu").advance(2)
    tilted = Tuning(eye, learn, held, quick("head-only"), device="cpu", weight=heavy).advance(2)
    assert tilted[:, 1].mean() > plain[:, 1].mean()


@pytest.mark.parametrize(
    ("make_it", "sentence"),
    [
        (lambda e: finetune(e, photos(), "lpft"), r"no strategy 'lpft'. Did you mean 'lp-ft'"),
        (lambda e: finetune(e, photos(), "soup"), "'soup' mixes weights by held-out samples; hand some over"),
        (lambda e: finetune(e, dataclasses.replace(photos(), targets=None, classes=())), "needs samples with labels"),
        (lambda e: finetune(e, photos().take([0, 2])), "are of one class; fine-tuning needs at least two"),
        (lambda e: finetune(e, reviews()), "reads inputs of the kind 'image', and these are of the kind 'text'"),
        (lambda e: finetune(e, photos(), weight=np.ones(3)), "must be 24 numbers, none negative"),
        (lambda e: finetune(e, photos(), quick("lp-ft", view=View(augment=("flop",)))), "no change of inputs 'flop'"),
        (
            lambda e: finetune(e, photos(), quick("lp-ft", view=View(augment=("tokens",)))),
            "'tokens' changes inputs of the kind 'text'",
        ),
    ],
)
def test_what_cannot_be_done_is_said(eye, make_it, sentence):
    with pytest.raises(GraftError, match=sentence):
        make_it(eye)


def test_too_little_room_on_the_disk_is_said(tmp_path, monkeypatch):
    import shutil
    from collections import namedtuple

    from graft.finetune.sources import memory_mapped

    monkeypatch.setattr(shutil, "disk_usage", lambda path: namedtuple("Usage", "free")(1000))
    memory_mapped(tmp_path / "a.npy", np.float32, (250,))[:] = 1
    with pytest.raises(FinetuneError, match="choose a strategy that moves everything"):
        memory_mapped(tmp_path / "b.npy", np.float32, (251,))


def test_what_has_no_network_is_said():
    from graft.backbones import load

    with pytest.raises(GraftError, match="word-counts has no network"):
        finetune(load("word-counts"), reviews())


def test_one_call_gives_a_backbone_and_a_head(reader):
    strategy = Strategy("mine", "", (Stage("last", depth=0.5),), FAST, view=View(batch=16))
    tuned = finetune(reader, reviews(48), strategy, epochs=5, device="cpu")
    assert tuned.backbone.card.name.endswith("+mine")
    held = reviews(10, 2)
    assert np.mean(tuned.head.predict(rows_of(tuned, held)) == held.targets) >= 0.9
    assert isinstance(held, Dataset)
