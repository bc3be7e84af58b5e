"""What a stage moves: names, rates, and that nothing else changes when it is trained."""

import dataclasses

import numpy as np
import pytest
import torch
from small_tasks import photos, reviews

from graft.finetune import STRATEGIES, FinetuneError, Stage, Strategy, Tuning
from graft.finetune.head_modules import LinearModule
from graft.finetune.learner import Learner
from graft.finetune.moving import first_moving, groups_of
from graft.train import Recipe


def learner_of(backbone):
    body = backbone.trainable()
    return Learner(body, LinearModule(np.zeros((2, body.dim), np.float32), 2))


def test_last_first_biases_norms_and_rates(reader):
    learner = learner_of(reader)
    depths = learner.body.depths()
    full = [[f"body.network.{name}" for name in names] for names in depths]

    def groups(stage):
        *body, head = groups_of(learner, stage, 3.0)
        assert (head.names, head.rate) == (("head.weight", "head.bias"), 3.0)
        return [list(group.names) for group in body], [group.rate for group in body]

    assert groups(Stage("all")) == (full, [1.0] * 4)
    assert groups(Stage("all", rate=2.0, decay=0.5)) == (full, [0.25, 0.5, 1.0, 2.0])
    assert groups(Stage("last", depth=1 / 3)) == (full[2:], [1.0, 1.0])
    assert groups(Stage("first", depth=0.25)) == (full[:1], [1.0])
    assert groups(Stage("head")) == ([], [])
    assert all(name.endswith("bias") for names in groups(Stage("biases"))[0] for name in names)
    norms = [name for names in groups(Stage("norms"))[0] for name in names]
    assert len(norms) == 2 * (1 + 2 * 3)
    assert all(".LayerNorm." in name for name in norms)
    assert [first_moving(depths, Stage(m, depth=0.5)) for m in ("last", "first", "head")] == [2, 0, 4]


def test_nothing_to_move_is_said(reader):
    learner = learner_of(reader)
    with pytest.raises(FinetuneError, match="no parameters that a stage that moves 'low-rank' could move"):
        groups_of(learner, Stage("low-rank", rank=2), 1.0)


@pytest.mark.parametrize("name", ["head-only", "classic", "last-blocks", "surgical", "bitfit", "norm-only", "lp-ft"])
def test_training_changes_what_a_strategy_moves_and_nothing_else(eye, name):
    strategy = dataclasses.replace(STRATEGIES[name], recipe=dataclasses.replace(STRATEGIES[name].recipe, rate=0.01))
    learn = photos()
    before = {key: tensor.clone() for key, tensor in eye.blueprint.state.items()}
    pixels = [image.copy() for image in learn.inputs]
    tuning = Tuning(eye, learn, photos(8, 1), strategy, device="cpu")
    tuning.advance(1)
    state = tuning.finish().backbone.blueprint.state
    changed = {key for key in before if not torch.equal(before[key], state[key])}
    learner = learner_of(eye)
    stage = strategy.stages[0]
    wanted = {n.removeprefix("body.network.") for g in groups_of(learner, stage, 1.0)[:-1] for n in g.names}
    assert changed <= wanted
    assert len(changed) >= 0.8 * len(wanted)
    assert all(torch.equal(before[key], tensor) for key, tensor in eye.blueprint.state.items())
    assert all(np.array_equal(a, b) for a, b in zip(pixels, learn.inputs, strict=True))


def test_batch_norms_keep_their_statistics_unless_they_follow(eye):
    for follow in (False, True):
        strategy = Strategy("x", "", (Stage(),), Recipe(epochs=1, rate=1e-4), norms_follow=follow)
        tuning = Tuning(eye, photos(), photos(8, 1), strategy, device="cpu")
        tuning.advance(1)
        made = tuning.finish().backbone.blueprint.state
        same = torch.equal(made["bn1.running_mean"], eye.blueprint.state["bn1.running_mean"])
        assert same is not follow


@pytest.mark.parametrize("kind", ["eye", "reader"])
def test_low_rank_matrices_move_are_merged_and_leave_the_names_as_they_were(kind, request):
    backbone = request.getfixturevalue(kind)
    data = photos if kind == "eye" else reviews
    strategy = dataclasses.replace(STRATEGIES["lora"], recipe=Recipe(epochs=2, rate=0.02))
    tuning = Tuning(backbone, data(), data(8, 1), strategy, device="cpu")
    output = tuning.advance(2)
    moved = tuning._work().learner.body.network.state_dict()
    assert any(".lora_B" in key and tensor.abs().sum() > 0 for key, tensor in moved.items())
    tuned = tuning.finish()
    assert set(tuned.backbone.blueprint.state) == set(backbone.blueprint.state)
    held = data(8, 1)
    features = tuned.backbone.embed([tuned.backbone.prepare(item) for item in held.inputs])[:, : backbone.card.dim]
    np.testing.assert_allclose(tuned.head.predict_proba(features), np.exp(output), atol=2e-3)


def test_low_rank_starts_as_the_network_itself(reader):
    from graft.finetune.low_rank import add_low_rank, merge_low_rank

    body = reader.trainable()
    inputs = body.collate([reader.prepare("the film was good .")])
    expected = body(*inputs)
    add_low_rank(body.network, 4)
    assert torch.equal(body(*inputs), expected)
    for name, parameter in body.network.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.1)
    moved = body(*inputs)
    assert not torch.allclose(moved, expected, atol=1e-3)
    merge_low_rank(body.network)
    torch.testing.assert_close(body(*inputs), moved, rtol=1e-4, atol=1e-5)
    assert set(body.network.state_dict()) == set(reader.trainable().network.state_dict())
