"""Each regularizer against its formula, evaluated a second time."""

import numpy as np
import pytest
import torch
from scipy.special import log_softmax, softmax
from small_tasks import photos

from graft.finetune import FinetuneError
from graft.finetune.head_modules import LinearModule
from graft.finetune.holds import Ground, make_hold
from graft.finetune.holds.delta import channel_costs
from graft.finetune.learner import Learner


def prepared(backbone, learn):
    return backbone.trainable().collate([backbone.prepare(item) for item in learn.inputs])


@pytest.fixture
def ground(eye):
    learn = photos(12)
    features = eye.embed([eye.prepare(item) for item in learn.inputs])[:, : eye.card.dim]
    head = LinearModule(features, 2)
    torch.nn.init.normal_(head.weight, std=0.3)
    learner = Learner(eye.trainable(), head).eval()
    moving = tuple(f"body.network.{name}" for name in learner.body.depths()[-1])
    return Ground(eye, learner, moving, features, learn.targets)


def moved(ground):
    with torch.no_grad():
        for index, parameter in enumerate(ground.learner.body.parameters()):
            parameter.add_(0.01 * (1 + index % 3))
    states = prepared(ground.backbone, photos(12))
    return states, ground.learner.embed(*states)


def test_l2_sp_is_half_the_squared_distance_from_the_start_and_a_tenth_of_that_of_the_head(ground):
    hold = make_hold("l2-sp", ground)
    start = {name: p.detach().numpy().copy() for name, p in ground.learner.named_parameters()}
    states, embedded = moved(ground)
    end = {name: p.detach().numpy() for name, p in ground.learner.named_parameters()}
    body = sum(((end[name] - start[name]).astype(np.float64) ** 2).sum() for name in ground.moving)
    expected = 0.5 * body + 0.05 * (end["head.weight"].astype(np.float64) ** 2).sum()
    found = hold(ground.learner, states, embedded, torch.zeros(12, dtype=torch.int64))
    assert found.item() == pytest.approx(expected, rel=1e-4)
    assert found.requires_grad


def test_bss_is_the_square_of_the_smallest_singular_value(ground):
    states, embedded = moved(ground)
    found = make_hold("bss", ground)(ground.learner, states, embedded, torch.zeros(12, dtype=torch.int64))
    smallest = np.linalg.svd(embedded.detach().double().numpy(), compute_uv=False)[-1]
    assert found.item() == pytest.approx(smallest**2, rel=1e-2, abs=1e-9)
    found.backward()


def test_delta_weighs_channels_by_what_leaving_them_out_costs(ground):
    hold = make_hold("delta", ground)
    frozen, y = ground.features.astype(np.float64), ground.targets
    head = ground.learner.head
    mean, inverse, weight = (t.detach().double().numpy() for t in (head.mean, head.inverse, head.weight))

    def loss(features):
        scores = ((features - mean) * inverse) @ weight.T
        return -log_softmax(scores, axis=1)[np.arange(12), y].mean()

    costs = []
    for channel in range(frozen.shape[1]):
        without = frozen.copy()
        without[:, channel] = 0
        costs.append(loss(without) - loss(frozen))
    costs = np.array(costs)
    np.testing.assert_allclose(channel_costs(head, ground.features, y), costs, atol=1e-5)
    attention = softmax((costs - costs.mean()) / costs.std())
    states, embedded = moved(ground)
    distance = (embedded.detach().double().numpy() - frozen) ** 2 / (frozen.std(axis=0) + 1e-6) ** 2
    expected = (distance * attention).sum(axis=1).mean() * len(attention)
    found = hold(ground.learner, states, embedded, torch.from_numpy(y))
    assert found.item() == pytest.approx(expected, rel=2e-2)


def test_co_tuning_is_the_cross_entropy_against_what_was_said_of_each_class(ground):
    hold = make_hold("co-tuning", ground)
    classifier = ground.backbone.module.get_classifier()
    weight, bias = (t.detach().double().numpy() for t in (classifier.weight, classifier.bias))
    said = softmax(ground.features @ weight.T + bias, axis=1)
    related = np.stack([said[ground.targets == k].mean(axis=0) for k in (0, 1)])
    states, embedded = moved(ground)
    scores = log_softmax(embedded.detach().double().numpy() @ weight.T + bias, axis=1)
    expected = -(related[ground.targets] * scores).sum(axis=1).mean()
    found = hold(ground.learner, states, embedded, torch.from_numpy(ground.targets))
    assert found.item() == pytest.approx(expected, rel=1e-4)


def test_a_regularizer_that_is_not_there_or_does_not_fit_is_said(ground, reader):
    with pytest.raises(FinetuneError, match=r"no regularizer 'l2sp'. Did you mean 'l2-sp'"):
        make_hold("l2sp", ground)
    other = Ground(reader, ground.learner, (), np.zeros((4, 32), np.float32), np.array([0, 1, 0, 1]))
    with pytest.raises(FinetuneError, match="was not trained to tell classes apart"):
        make_hold("co-tuning", other)
