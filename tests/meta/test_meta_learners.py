"""Every learner against its formula, written a second time plainly; second derivatives against differences."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from small_worlds import random_pool, tiny_tail
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from graft.errors import GraftError
from graft.meta.clone import MAML
from graft.meta.episodes import Episodes
from graft.meta.judge import accuracies, accuracy
from graft.meta.learner import Learner, objective, tasks_of
from graft.meta.methods import METHODS, make_learner
from graft.meta.pace import epochs_within
from graft.meta.shape import Shape
from graft.train import Group, Recipe, Run

POOL = random_pool()
SHAPE = Shape(3, 2, 4)


def learner_of(method: str) -> Learner:
    return make_learner(method, tiny_tail(), SHAPE.ways)


def batch_of(tasks: int = 2) -> tuple[Tensor, ...]:
    return next(iter(Episodes(POOL, SHAPE, tasks=tasks).epoch(0)))


def smooth() -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3)).double()


def outer(module: nn.Module, first_order: bool = False) -> Tensor:
    random = torch.Generator().manual_seed(2)
    x, q = torch.randn(6, 4, generator=random).double(), torch.randn(9, 4, generator=random).double()
    y, t = torch.arange(6) % 3, torch.arange(9) % 3
    clone = MAML(module, 0.4, first_order).clone()
    for _ in range(2):
        clone.adapt(cross_entropy(clone(x), y))
    return cross_entropy(clone(q), t)


def test_the_second_order_gradient_is_that_of_finite_differences() -> None:
    module, step = smooth(), 1e-5
    outer(module).backward()
    first = smooth()
    outer(first, first_order=True).backward()
    gap = 0.0
    for held, other in zip(module.parameters(), first.parameters(), strict=True):
        assert held.grad is not None
        numbers = torch.zeros_like(held)
        for i in range(held.numel()):
            ends = []
            for sign in (1, -1):
                with torch.no_grad():
                    held.view(-1)[i] += sign * step
                ends.append(outer(module).item())
                with torch.no_grad():
                    held.view(-1)[i] -= sign * step
            numbers.view(-1)[i] = (ends[0] - ends[1]) / (2 * step)
        assert torch.allclose(held.grad, numbers, atol=1e-8)
        gap = max(gap, float((other.grad - numbers).abs().max()))
    assert gap > 1e-3, "the first order leaves something out"


def plain_maml(learner: Learner, rate: float, first_order: bool) -> Callable[[tuple[Tensor, ...]], None]:
    """MAML as its paper's algorithm 2 says it, by hand: ordinary convolutions with the weights handed about."""
    network = learner.tail.trainable.network
    names = [name for name, _ in learner.scoring.named_parameters()]
    weights = [held.detach().clone().requires_grad_() for _, held in learner.scoring.named_parameters()]
    adam = torch.optim.Adam(weights, lr=rate)

    def forward(held: list[Tensor], pixels: Tensor) -> Tensor:
        w = dict(zip(names, held, strict=True))
        x = (pixels.permute(0, 3, 1, 2).float() / 255 - 0.5) / 0.5
        x = x.mean(1, keepdim=True)
        for block in range(len(network.blocks)):
            at = f"tail.trainable.network.blocks.{block}."
            x = nn.functional.conv2d(x, w[at + "conv.weight"], padding=1)
            x = nn.functional.batch_norm(x, None, None, w[at + "norm.weight"], w[at + "norm.bias"], training=True)
            x = nn.functional.max_pool2d(x.relu(), 2)
        return x.flatten(1) @ w["head.weight"].T + w["head.bias"]

    def step(batch: tuple[Tensor, ...]) -> None:
        losses = []
        for (s,), y, (q,), t in tasks_of(batch):
            fast = weights
            for _ in range(learner.steps):
                slopes = torch.autograd.grad(cross_entropy(forward(fast, s), y), fast, create_graph=not first_order)
                fast = [w - learner.inner * g for w, g in zip(fast, slopes, strict=True)]
            losses.append(cross_entropy(forward(fast, q), t))
        adam.zero_grad()
        torch.stack(losses).mean().backward()
        adam.step()

    step.weights = dict(zip(names, weights, strict=True))
    return step


@pytest.mark.parametrize(("method", "first_order"), [("maml", False), ("first-order-maml", True)])
def test_three_steps_are_those_of_a_plain_rewrite_weight_for_weight(method: str, first_order: bool) -> None:
    learner = learner_of(method)
    plain = plain_maml(learner, 1e-3, first_order)
    episodes = Episodes(POOL, SHAPE, tasks=2, batches=3)
    recipe = Recipe(rate=1e-3, warm_up=0.0, final_rate=1.0, weight_decay=0.0, clip=0.0, optimizer="adam",
                    precision="float32")  # fmt: skip
    before = {name: held.detach().clone() for name, held in learner.scoring.named_parameters()}
    Run(learner, objective, episodes, recipe, groups=[Group(tuple(learner.moving()))]).advance(1)
    for batch in episodes.epoch(0):
        plain(batch)
    for name, held in learner.scoring.named_parameters():
        assert torch.allclose(held, plain.weights[name], atol=2e-6), name
        assert not torch.equal(held, before[name]), name


def test_anil_moves_the_head_alone_within_a_task_and_all_of_it_outside() -> None:
    learner = learner_of("anil").train()
    (s, y, _, _), *_ = tasks_of(batch_of())
    clone = learner.adapt(s, y)
    assert set(clone.weights) == {"head.weight", "head.bias"}
    assert not torch.equal(clone.weights["head.weight"], learner.scoring.head.weight)
    objective(learner, batch_of()).backward()
    assert all(held.grad is not None for name, held in learner.named_parameters() if "conv" in name)


def test_meta_sgd_learns_a_rate_for_every_weight() -> None:
    learner = learner_of("meta-sgd").train()
    (s, y, _, _), *_ = tasks_of(batch_of())
    loss = cross_entropy(learner.scoring(*s), y)
    held = dict(learner.scoring.named_parameters())
    slopes = dict(zip(held, torch.autograd.grad(loss, list(held.values())), strict=True))
    with torch.no_grad():
        for place in learner.learned.values():
            place.mul_(torch.linspace(0.5, 2, place.numel()).view_as(place))
    clone = learner.adapt(s, y)
    for name, rate in learner.rates().items():
        assert rate.shape == held[name].shape
        assert torch.allclose(clone.weights[name], held[name] - rate * slopes[name], atol=1e-6)
    objective(learner, batch_of()).backward()
    assert all(rate.grad is not None and rate.grad.abs().sum() > 0 for rate in learner.learned.values())


def test_reptiles_gradient_is_the_way_back_from_the_adapted_weights() -> None:
    learner = learner_of("reptile").train()
    batch = batch_of(2)
    objective(learner, batch).backward()
    ways = {name: torch.zeros_like(held) for name, held in learner.scoring.named_parameters()}
    for (s,), y, (q,), t in tasks_of(batch):
        twin = learner_of("reptile").train()
        for _ in range(learner.steps):
            loss = cross_entropy(twin.scoring(torch.cat([s, q])), torch.cat([y, t]))
            slopes = torch.autograd.grad(loss, list(twin.scoring.parameters()))
            with torch.no_grad():
                for held, slope in zip(twin.scoring.parameters(), slopes, strict=True):
                    held -= learner.inner * slope
        for name, held in twin.scoring.named_parameters():
            ways[name] += (dict(learner.scoring.named_parameters())[name] - held).detach() / 2
    for name, held in learner.scoring.named_parameters():
        assert torch.allclose(held.grad, ways[name], atol=1e-5), name


def test_prototypes_are_class_means_and_scores_their_squared_distances() -> None:
    learner = learner_of("protonet").eval()
    ((s,), y, (q,), _), *_ = tasks_of(batch_of())
    with torch.no_grad():
        found = learner.predict(learner.adapt((s,), y), (q,))
        e, f = learner.tail(s), learner.tail(q)
    for query in range(len(q)):
        for way in range(3):
            distance = ((f[query] - e[y == way].mean(0)) ** 2).mean()
            assert found[query, way].item() == pytest.approx(-10 * distance.item(), rel=1e-3, abs=1e-4)


def test_cosine_prototypes_are_means_of_directions() -> None:
    learner = learner_of("cosine-protonet").eval()
    ((s,), y, (q,), _), *_ = tasks_of(batch_of())
    with torch.no_grad():
        found = learner.predict(learner.adapt((s,), y), (q,))
        e = learner.tail(s) / learner.tail(s).norm(dim=1, keepdim=True)
    mean = torch.stack([e[y == way].sum(0) for way in range(3)])
    expected = 16 * nn.functional.cosine_similarity(learner.tail(q)[:, None], mean[None], dim=2)
    assert torch.allclose(found, expected, atol=1e-4)


def test_pretrained_learns_all_classes_at_once_and_compares_by_cosine() -> None:
    learner = learner_of("pretrained")
    with pytest.raises(GraftError, match="not known yet"):
        learner.loss((POOL.states[0][:2], torch.tensor([0, 1])))
    batches = learner.batches(POOL, SHAPE, 0, seed=3)
    assert learner.centres.shape == (8, learner.tail.dim)
    assert sum(len(batch[0]) for batch in batches.epoch(0)) == len(POOL.codes)
    ((s,), y, (q,), _), *_ = tasks_of(batch_of())
    with torch.no_grad():
        found = learner.predict(learner.adapt((s,), y), (q,))
        e = nn.functional.normalize(learner.tail(s), dim=1)
        mean = torch.stack([e[y == way].mean(0) for way in range(3)])
    expected = 10 * nn.functional.cosine_similarity(learner.tail(q)[:, None], mean[None], dim=2)
    assert torch.allclose(found, expected, atol=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_every_learner_gets_better_by_the_one_loop(method: str) -> None:
    learner = learner_of(method)
    batches = learner.batches(POOL, SHAPE, 8, 0)
    others = random_pool(seed=5)
    before = accuracies(learner, others, SHAPE, 20).mean()
    recipe = Recipe(rate=3e-3, weight_decay=0.0, optimizer="adam", clip=10.0)
    run = Run(learner, objective, batches, recipe, groups=[Group(tuple(learner.moving()))]).advance(4)
    assert run.stopped == "done"
    assert run.history[-1]["loss"] < run.history[0]["loss"]
    assert accuracies(learner, others, SHAPE, 20).mean() > min(0.95, before - 0.02)


@pytest.mark.parametrize("method", METHODS)
def test_judging_leaves_the_learner_as_it_was(method: str) -> None:
    learner = learner_of(method)
    before = {name: held.clone() for name, held in learner.state_dict().items()}
    score = accuracy(learner, POOL, SHAPE, episodes=30)
    assert all(torch.equal(held, before[name]) for name, held in learner.state_dict().items())
    found = accuracies(learner, POOL, SHAPE, 30)
    assert score.value == pytest.approx(found.mean())
    assert score.high - score.low == pytest.approx(2 * 1.96 * np.std(found, ddof=1) / 30**0.5)


def test_a_clone_leaves_its_module_alone_and_refuses_what_is_no_loss() -> None:
    module = smooth()
    before = [held.detach().clone() for held in module.parameters()]
    clone = MAML(module, 0.5).clone()
    twin = clone.clone()
    clone.adapt(clone(torch.ones(2, 4).double()).square().mean())
    assert all(torch.equal(held, old) for held, old in zip(module.parameters(), before, strict=True))
    assert not torch.equal(clone.weights["0.weight"], twin.weights["0.weight"])
    with pytest.raises(GraftError, match="one number, the loss"):
        clone.adapt(clone(torch.ones(2, 4).double()))


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(GraftError, match=r"no meta-learner 'mamal'.*maml"):
        learner_of("mamal")
    with pytest.raises(GraftError, match="Tasks of 3"):
        accuracy(learner_of("protonet"), random_pool(classes=2), SHAPE, episodes=3)


@pytest.mark.parametrize("method", ["maml", "protonet"])
def test_timing_how_many_epochs_fit_leaves_the_learner_as_it_was(method: str) -> None:
    learner = learner_of(method)
    before = {name: held.clone() for name, held in learner.state_dict().items()}
    batches = Episodes(POOL, SHAPE, tasks=1, batches=4)
    assert epochs_within(learner, batches, 1e-6, "cpu") == 1
    assert epochs_within(learner, batches, 1000.0, "cpu") > 20
    assert all(torch.equal(held, before[name]) for name, held in learner.state_dict().items())
    assert all(held.grad is None for held in learner.parameters())
