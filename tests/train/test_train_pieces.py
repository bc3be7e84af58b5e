"""The pieces of the loop, each evaluated a second time."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from train_nets import network

from graft.train import Group, Recipe, TrainError
from graft.train.averaging import Average
from graft.train.deadline import Deadline
from graft.train.log import Log
from graft.train.optimizer import check_groups, make_optimizer, set_rate, undecayed
from graft.train.schedule import rate_at
from graft.train.stopping import Stopping


def test_the_rate_rises_in_a_line_and_falls_along_half_a_cosine() -> None:
    found = [rate_at(u, 20, 0.2, 0.1) for u in range(20)]
    assert found[:4] == [0.25, 0.5, 0.75, 1.0]
    assert found[4] == 1.0
    assert found[12] == pytest.approx(0.1 + 0.9 * 0.5)
    assert found[19] == pytest.approx(0.1 + 0.9 * (1 + math.cos(math.pi * 15 / 16)) / 2)
    assert found[4:] == sorted(found[4:], reverse=True)


def test_without_warm_up_the_first_update_has_the_whole_rate_and_with_nothing_else_it_only_rises() -> None:
    assert rate_at(0, 10, 0.0, 0.0) == 1.0
    assert [rate_at(u, 4, 1.0, 0.0) for u in range(4)] == [0.25, 0.5, 0.75, 1.0]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"rate": 0.0}, "rate must be above 0"),
        ({"rate": float("nan")}, "rate must be at least 0"),
        ({"epochs": 0}, "epochs must be at least 1"),
        ({"warm_up": 1.5}, "warm_up must be at least 0 and at most 1"),
        ({"average": 1.0}, "average must be at least 0 and at most"),
        ({"accumulate": 0}, "accumulate must be at least 1"),
        ({"precision": "float61"}, "no precision 'float61'. Did you mean 'float16'"),
        ({"optimizer": "adamv"}, "no optimizer 'adamv'. Did you mean"),
    ],
)
def test_a_recipe_that_cannot_be_meant_is_refused(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(TrainError, match=words):
        Recipe(**wrong)  # type: ignore[arg-type]


def test_weight_decay_leaves_out_norms_biases_and_single_axes() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(3, 4, 3)
            self.norm = nn.LayerNorm((4, 5))
            self.scale = nn.Parameter(torch.ones(4))
            self.table_bias = nn.Parameter(torch.ones(4, 2))

    assert undecayed(Net()) == {"conv.bias", "norm.weight", "norm.bias", "scale", "table_bias"}


def test_groups_keep_their_share_of_the_rate_and_only_weights_decay() -> None:
    module = network()
    groups = [Group(("0.weight", "0.bias"), 0.1), Group(("4.weight",), 2.0)]
    optimizer = make_optimizer(module, groups, Recipe(rate=0.5, weight_decay=0.3))
    set_rate(optimizer, 0.25)
    found = [(g["params"][0].shape, len(g["params"]), g["lr"], g["weight_decay"]) for g in optimizer.param_groups]
    assert found == [((8, 5), 1, 0.025, 0.3), ((8,), 1, 0.025, 0.0), ((2, 8), 1, 0.5, 0.3)]


@pytest.mark.parametrize(
    ("name", "kind"), [("adamw", torch.optim.AdamW), ("adam", torch.optim.Adam), ("sgd", torch.optim.SGD)]
)
def test_every_optimizer_is_the_one_of_its_name(name: str, kind: type[torch.optim.Optimizer]) -> None:
    module = network()
    assert type(make_optimizer(module, check_groups(module, None), Recipe(optimizer=name))) is kind


def test_groups_that_do_not_fit_are_refused_in_a_sentence() -> None:
    module = network()
    with pytest.raises(TrainError, match=r"no parameter '0.wieght'. Did you mean '0.weight'"):
        check_groups(module, [Group(("0.wieght",))])
    with pytest.raises(TrainError, match="in two groups"):
        check_groups(module, [Group(("0.weight",)), Group(("0.bias", "0.weight"))])
    with pytest.raises(TrainError, match="must be positive, not 0"):
        check_groups(module, [Group(("0.weight",), 0.0)])
    with pytest.raises(TrainError, match="nothing to train"):
        check_groups(module, [])


def test_without_groups_all_that_needs_a_gradient_moves() -> None:
    module = network()
    module[0].weight.requires_grad_(False)
    assert check_groups(module, None)[0].names == ("0.bias", "1.weight", "1.bias", "4.weight", "4.bias")


def test_the_average_follows_its_formula_and_copies_counters() -> None:
    random = np.random.default_rng(0)
    weight, counter = torch.from_numpy(random.normal(size=3)), torch.tensor(0)
    average = Average({"w": weight, "n": counter}, 0.5)
    expected = weight.numpy().copy()
    for t in range(1, 15):
        weight.copy_(torch.from_numpy(random.normal(size=3)))
        counter += 1
        average.update({"w": weight, "n": counter})
        d = min(0.5, t / (t + 9))
        expected = d * expected + (1 - d) * weight.numpy()
    np.testing.assert_allclose(average.tensors["w"].numpy(), expected, rtol=1e-12)
    assert average.tensors["n"] == 14


def test_patience_counts_epochs_without_gain_and_nan_is_none() -> None:
    stopping = Stopping(2)
    told = [(stopping.is_best(value), stopping.spent) for value in (0.5, 0.4, 0.6, 0.6, math.nan)]
    assert told == [(True, False), (False, False), (True, False), (False, False), (False, True)]
    assert stopping.best == 0.6


def test_patience_is_counted_anew_in_a_later_cycle_but_the_best_stays() -> None:
    stopping = Stopping(2, best=0.9)
    assert [stopping.is_best(v) for v in (0.1, 0.2, 0.3, 0.95)] == [False, False, False, True]
    assert not stopping.spent


def test_a_deadline_leaves_room_for_the_longest_recent_step_and_what_comes_after() -> None:
    left = [10.0]
    deadline = Deadline(lambda: left[0])
    assert not deadline.spent
    deadline.took(3.0)
    deadline.took(1.0)
    deadline.ends_with("watching", 2.0)
    deadline.ends_with("watching", 4.0)
    left[0] = 7.001
    assert not deadline.spent
    left[0] = 7.0
    assert deadline.spent
    assert not Deadline(None).spent


def test_the_log_has_a_json_object_a_line_and_can_be_cut_back(tmp_path: Path) -> None:
    log = Log(tmp_path / "log.jsonl")
    log.write("epoch", {"loss": 1.5})
    size = log.size
    log.write("epoch", {"loss": math.nan})
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert lines == [{"kind": "epoch", "loss": 1.5}, {"kind": "epoch", "loss": None}]
    log.cut(size)
    assert (tmp_path / "log.jsonl").read_text().count("\n") == 1
    Log(None).write("epoch", {})
