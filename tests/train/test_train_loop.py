"""The loop itself, against plain PyTorch and against its own promises."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from train_nets import ROWS, accuracy, equal, make_run, network, problem, weights

from graft.errors import BackboneError
from graft.train import ArrayBatches, Batch, Group, Recipe, Run, TrainError, classification_loss
from graft.train.schedule import rate_at

PLAIN = Recipe(rate=0.01, epochs=3, clip=0.0, weight_decay=0.0, precision="float32")


def test_a_run_is_the_plain_loop_bit_for_bit() -> None:
    run = make_run(PLAIN, network(dropout=0.0)).advance(3)
    module = network(dropout=0.0).train()
    optimizer = torch.optim.AdamW(module.parameters(), lr=0.01, weight_decay=0.0)
    batches, update, losses = ArrayBatches(*problem(), size=16, seed=0), 0, []
    for epoch in range(3):
        for x, y, w in batches.epoch(epoch):
            optimizer.param_groups[0]["lr"] = 0.01 * rate_at(update, 12, 0.1, 0.0)
            loss = (nn.functional.cross_entropy(module(x), y, reduction="none") * w).sum() / len(w)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            update += 1
            losses.append((loss.item(), len(x)))
    assert equal(weights(run.module), weights(module))
    mean = sum(loss * rows for loss, rows in losses[-4:]) / ROWS
    assert run.history[-1]["loss"] == pytest.approx(mean, rel=1e-6)
    assert [line["epoch"] for line in run.history] == [1, 2, 3]
    assert run.history[-1]["rate"] == pytest.approx(0.01 * rate_at(11, 12, 0.1, 0.0))
    assert (run.epochs_done, run.stopped) == (3, "done")


def test_accumulated_batches_are_one_large_batch() -> None:
    class Cut:
        """The batches of 16, each in three uneven pieces."""

        def __init__(self) -> None:
            self.whole = ArrayBatches(*problem(), size=16)

        def __len__(self) -> int:
            return 3 * len(self.whole)

        def epoch(self, number: int) -> Iterator[Batch]:
            for batch in self.whole.epoch(number):
                for rows in (slice(0, 2), slice(2, 9), slice(9, None)):
                    yield tuple(tensor[rows] for tensor in batch)

    settings: dict[str, Any] = {"rate": 0.01, "clip": 0.5, "optimizer": "sgd", "precision": "float32"}
    large = make_run(Recipe(**settings), network(norm=False, dropout=0.0)).advance(2)
    small = Run(
        network(norm=False, dropout=0.0), classification_loss(), Cut(), Recipe(**settings, accumulate=3)
    ).advance(2)
    for name, tensor in weights(large.module).items():
        torch.testing.assert_close(small.module.state_dict()[name], tensor, rtol=1e-5, atol=1e-6)
    assert small.history[1]["loss"] == pytest.approx(large.history[1]["loss"], rel=1e-6)


def test_the_norm_of_a_gradient_is_cut() -> None:
    def objective(module: nn.Module, batch: Batch) -> torch.Tensor:
        return 100 * module.weight.sum()

    module = nn.Linear(4, 1, bias=False)
    before = weights(module)["weight"]
    recipe = Recipe(rate=1.0, clip=0.5, optimizer="sgd", warm_up=0.0, weight_decay=0.0, precision="float32")
    Run(module, objective, ArrayBatches(torch.zeros(2, 4), size=2), recipe).advance(1)
    # Nesterov's first step is (1 + momentum) times the gradient
    expected = before - 1.9 * 0.5 * torch.ones(1, 4) / 2
    torch.testing.assert_close(module.weight.detach(), expected, rtol=1e-5, atol=1e-6)


def test_parameters_in_no_group_stay_and_need_gradients_again_afterwards() -> None:
    module = network(norm=False)
    before = weights(module)
    run = make_run(Recipe(), module, groups=[Group(("4.weight",))]).advance(1)
    after = weights(run.module)
    assert [name for name in before if not torch.equal(before[name], after[name])] == ["4.weight"]
    assert all(parameter.requires_grad and parameter.grad is None for parameter in module.parameters())


def test_groups_move_at_their_share_of_the_rate() -> None:
    module = nn.Linear(3, 1)
    start = weights(module)
    groups = [Group(("weight",), 0.25), Group(("bias",), 1.0)]
    recipe = Recipe(rate=0.1, warm_up=0.0, weight_decay=0.0, clip=0.0, precision="float32")
    Run(
        module, lambda m, b: m.weight.sum() + m.bias.sum(), ArrayBatches(torch.zeros(1, 3)), recipe, groups=groups
    ).advance(1)
    torch.testing.assert_close(start["weight"] - module.weight.detach(), torch.full((1, 3), 0.025))
    torch.testing.assert_close(start["bias"] - module.bias.detach(), torch.full((1,), 0.1))


def test_a_run_depends_on_its_seed_alone() -> None:
    torch.manual_seed(1)
    one = make_run(Recipe(epochs=2)).advance()
    torch.manual_seed(2)
    np.random.seed(5)  # noqa: NPY002
    assert equal(weights(one.module), weights(make_run(Recipe(epochs=2)).advance().module))
    assert not equal(weights(one.module), weights(make_run(Recipe(epochs=2, seed=1)).advance().module))


def test_no_random_state_mode_or_thread_count_of_the_caller_changes() -> None:
    torch.manual_seed(7)
    state, numbers = torch.get_rng_state(), np.random.get_state()  # noqa: NPY002
    module = network().eval()
    module[3].train()
    threads, gradients = torch.get_num_threads(), torch.is_grad_enabled()
    make_run(Recipe(), module, watch=accuracy).advance(2)
    assert torch.equal(torch.get_rng_state(), state)
    assert np.array_equal(np.random.get_state()[1], numbers[1])  # noqa: NPY002
    assert [part.training for part in module.modules()] == [False, False, False, False, True, False]
    assert (torch.get_num_threads(), torch.is_grad_enabled()) == (threads, gradients)


def test_the_watch_sees_evaluation_mode_without_gradients_and_training_goes_on() -> None:
    seen = []

    def watch(module: nn.Module) -> float:
        seen.append((module.training, torch.is_grad_enabled()))
        return 0.0

    run = make_run(Recipe(), watch=watch).advance(2)
    assert seen == [(False, False)] * 2
    assert [line["watched"] for line in run.history] == [0.0, 0.0]


def test_the_best_weights_are_left_and_patience_ends_the_cycle() -> None:
    values, kept = iter([0.1, 0.7, 0.6, 0.7, 0.2]), []

    def watch(module: nn.Module) -> float:
        kept.append(weights(module))
        return next(values)

    run = make_run(Recipe(patience=2), watch=watch).advance(5)
    assert (run.stopped, run.epochs_done) == ("patience", 4)
    assert equal(weights(run.module), kept[1])
    assert not equal(kept[1], kept[3])


def test_a_later_cycle_starts_from_the_weights_at_hand_and_keeps_the_best_of_all() -> None:
    values, kept = iter([0.9, 0.5, 0.4, 0.95]), []

    def watch(module: nn.Module) -> float:
        kept.append(weights(module))
        return next(values)

    run = make_run(Recipe(), watch=watch).advance(2)
    assert equal(weights(run.module), kept[0])
    run.advance(1)
    assert equal(weights(run.module), kept[0])
    run.advance(1)
    assert equal(weights(run.module), kept[3])
    assert run.epochs_done == 4


def test_a_cycle_is_a_fresh_run_from_the_weights_at_hand_on_later_epochs() -> None:
    twice = make_run(PLAIN, network(dropout=0.0)).advance(1).advance(2)

    class Later(ArrayBatches):
        def epoch_from(self, number: int, start: int) -> Iterator[Batch]:
            return super().epoch_from(number + 1, start)

    first = make_run(PLAIN, network(dropout=0.0)).advance(1)
    second = Run(first.module, classification_loss(), Later(*problem(), size=16), PLAIN).advance(2)
    assert equal(weights(twice.module), weights(second.module))


def test_averaged_weights_are_watched_and_left_in_the_module() -> None:
    seen = []
    watched = make_run(Recipe(average=0.9), watch=lambda m: seen.append(weights(m)) or float(len(seen))).advance(2)
    plain, last = make_run(Recipe(average=0.9)).advance(2), make_run(Recipe()).advance(2)
    assert equal(weights(watched.module), seen[1])
    assert equal(weights(plain.module), seen[1])
    assert not equal(weights(plain.module), weights(last.module))


def test_time_is_up_before_the_first_step_and_nothing_moves() -> None:
    module = network()
    before = weights(module)
    run = make_run(Recipe(), module, left=lambda: 0.0).advance(3)
    assert (run.stopped, run.epochs_done, run.history) == ("time", 0, [])
    assert equal(before, weights(module))


def test_no_step_begins_that_would_end_late(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("graft.train.run.time.monotonic", lambda: clock[0])
    plain = classification_loss()

    def objective(module: nn.Module, batch: Batch) -> torch.Tensor:
        clock[0] += 1.0
        return plain(module, batch)

    def watch(module: nn.Module) -> float:
        clock[0] += 2.0
        return 0.0

    batches = ArrayBatches(*problem(), size=16)
    run = Run(network(), objective, batches, Recipe(), watch=watch, left=lambda: 14.5 - clock[0]).advance(9)
    # epochs of 4 steps and a watch: 6, 12; the next step would leave no room for the watch
    assert (run.stopped, run.epochs_done, clock[0]) == ("time", 2, 12.0)


def test_a_loss_that_is_not_finite_stops_before_the_weights_are_spoilt() -> None:
    count = [0]

    def objective(module: nn.Module, batch: Batch) -> torch.Tensor:
        count[0] += 1
        return module(batch[0]).sum() * (math.nan if count[0] == 3 else 1.0)

    run = Run(network(), objective, ArrayBatches(*problem(), size=16), Recipe()).advance(2)
    assert run.stopped == "diverged"
    assert all(tensor.isfinite().all() for tensor in weights(run.module).values())


def test_wrong_objectives_and_batches_get_a_sentence() -> None:
    batches = ArrayBatches(*problem(), size=16)
    with pytest.raises(TrainError, match="one number with gradients"):
        Run(network(), lambda m, b: m(b[0]), batches, Recipe()).advance(1)
    with pytest.raises(TrainError, match="one number with gradients"):
        Run(network(), lambda m, b: torch.zeros(()), batches, Recipe()).advance(1)

    class Short(ArrayBatches):
        def epoch_from(self, number: int, start: int) -> Iterator[Batch]:
            return iter(list(super().epoch_from(number, start))[:2])

    with pytest.raises(TrainError, match="gave 2 batches of the 4"):
        Run(network(), classification_loss(), Short(*problem(), size=16), Recipe()).advance(1)
    with pytest.raises(TrainError, match="at least one epoch, not 0"):
        make_run(Recipe()).advance(0)
    with pytest.raises(BackboneError, match="no device"):
        make_run(Recipe(), device="cpq")


@pytest.mark.parametrize("numbers", ["bfloat16", "float16"])
def test_half_precision_comes_close_and_keeps_float32_weights(numbers: str) -> None:
    whole = make_run(Recipe(epochs=3, precision="float32"), network(dropout=0.0)).advance()
    half = make_run(Recipe(epochs=3, precision=numbers), network(dropout=0.0)).advance()
    assert half.history[-1]["loss"] == pytest.approx(whole.history[-1]["loss"], rel=0.02)
    assert half.history != whole.history
    assert all(parameter.dtype == torch.float32 for parameter in half.module.parameters())


def test_the_log_says_what_happened(tmp_path: Path) -> None:
    make_run(Recipe(), place=tmp_path, watch=accuracy).advance(2).advance(1)
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [line["kind"] for line in lines] == ["epoch", "epoch", "end", "epoch", "end"]
    assert [line["epoch"] for line in lines if line["kind"] == "epoch"] == [1, 2, 3]
    assert set(lines[0]) == {"kind", "epoch", "loss", "watched", "rate", "seconds"}
