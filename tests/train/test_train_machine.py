"""Precision, memory, randomness and the bar: what depends on the machine."""

import sys

import pytest
import torch
from torch import nn

from graft.train.allocation import kept_memory
from graft.train.bar import training_bar
from graft.train.precision import Precision, pick_precision
from graft.train.randomness import own_randomness, seed_step


def test_auto_takes_bfloat16_on_a_processor_for_attention_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graft.backbones.runtime._cpu_has_bfloat16", lambda: True)
    assert pick_precision("auto", nn.TransformerEncoderLayer(4, 1), "cpu") == "bfloat16"
    assert pick_precision("auto", nn.Linear(4, 1), "cpu") == "float32"
    assert pick_precision("auto", nn.Sequential(nn.Conv2d(1, 1, 1), nn.MultiheadAttention(4, 1)), "cpu") == "float32"
    assert pick_precision("float16", nn.Linear(4, 1), "cpu") == "float16"
    monkeypatch.setattr("graft.backbones.runtime._cpu_has_bfloat16", lambda: False)
    assert pick_precision("auto", nn.TransformerEncoderLayer(4, 1), "cpu") == "float32"
    assert pick_precision("auto", nn.TransformerEncoderLayer(4, 1), "mps") == "float32"


def test_a_scaled_update_that_overflows_is_left_out_and_the_scale_is_kept() -> None:
    module = nn.Linear(1, 1, bias=False)
    optimizer = torch.optim.SGD(module.parameters(), lr=1.0)
    before = module.weight.detach().clone()
    precision = Precision("float16", "cpu")
    precision.backward(module(torch.ones(1, 1)).sum() * float("inf"))
    precision.unscale(optimizer)
    precision.step(optimizer)
    assert torch.equal(module.weight, before)
    assert precision.state()["scale"] == 32768.0
    again = Precision("float16", "cpu")
    again.restore(precision.state())
    assert again.state() == precision.state()
    assert Precision("float32", "cpu").state() == {}


def test_kept_memory_changes_nothing_but_time() -> None:
    with kept_memory("cpu"):
        total = sum(float(torch.ones(1 << 20).sum()) for _ in range(3))
    assert total == 3 << 20
    with kept_memory("cuda"):
        pass


def test_the_allocator_is_set_and_set_back_only_where_it_is_glibc(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[int, int]] = []

    class Library:
        def mallopt(self, option: int, value: int) -> None:
            calls.append((option, value))

        def malloc_trim(self, pad: int) -> None:
            calls.append((0, pad))

    monkeypatch.setattr("graft.train.allocation.ctypes.CDLL", lambda name: Library())
    monkeypatch.setattr("graft.train.allocation.platform.libc_ver", lambda: ("glibc", "2.36"))
    monkeypatch.setattr(sys, "platform", "linux")
    with kept_memory("cpu"):
        assert calls == [(-4, 0), (-1, 0x7FFFFFFF)]
    assert calls[2:] == [(-4, 65536), (-3, 32 << 20), (-1, 64 << 20), (0, 0)]
    calls.clear()
    monkeypatch.setattr("graft.train.allocation.platform.libc_ver", lambda: ("", ""))
    with kept_memory("cpu"):
        pass
    assert calls == []


def test_steps_are_seeded_by_where_they_stand_and_the_callers_state_comes_back() -> None:
    torch.manual_seed(0)
    state = torch.get_rng_state()
    with own_randomness("cpu"):
        seed_step("cpu", 0, 1, 2)
        one = torch.rand(3)
        seed_step("cpu", 0, 2, 1)
        other = torch.rand(3)
        seed_step("cpu", 0, 1, 2)
        assert torch.equal(torch.rand(3), one)
        assert not torch.equal(one, other)
    assert torch.equal(torch.get_rng_state(), state)


def test_the_bar_is_silent_off_a_terminal_and_tells_the_loss_on_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with training_bar("training", 3, 0) as tell:
        tell(1, 0.5)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    with training_bar("training", 3, 1) as tell:
        tell(1, 0.125)
    shown = capsys.readouterr().err
    assert "training" in shown
    assert "loss 0.125" in shown
    assert "2/3" in shown
