"""Where graft keeps things, which numbers a device is given, and threads left as they were."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from graft.backbones import runtime
from graft.backbones.home import cache_folder
from graft.backbones.runtime import one_thread, pick_device, pick_numbers
from graft.backbones.torch_runtime import TorchRuntime


def test_the_cache_folder_follows_the_environment(monkeypatch):
    monkeypatch.setenv("GRAFT_CACHE", "/somewhere/else")
    assert cache_folder() == Path("/somewhere/else")
    monkeypatch.delenv("GRAFT_CACHE")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    assert cache_folder() == Path("/xdg/graft")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_folder() == Path.home() / ".cache" / "graft"
    monkeypatch.setattr("sys.platform", "darwin")
    assert cache_folder() == Path.home() / "Library" / "Caches" / "graft"
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", "/local")
    assert cache_folder() == Path("/local/graft/cache")


def test_half_precision_only_where_the_device_is_fast_in_it(monkeypatch):
    monkeypatch.setattr(runtime, "_cpu_has_bfloat16", lambda: True)
    assert pick_numbers("cpu", exact=False) == "bfloat16"
    assert pick_numbers("cpu", exact=True) == pick_numbers("mps", exact=False) == "float32"
    assert pick_numbers("cuda:1", exact=False) == "float16"
    monkeypatch.setattr(runtime, "_cpu_has_bfloat16", lambda: False)
    assert pick_numbers("cpu", exact=False) == "float32"


def test_auto_takes_the_best_device_there_is(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(runtime, "DRIVERS", ("/dev/null",))
    assert pick_device("auto") == "cpu"
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert pick_device("auto") == "mps"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert pick_device("auto") == "cuda"
    assert pick_device("cuda:1") == "cuda:1"


def test_torch_is_not_imported_to_learn_that_there_is_no_other_device(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(runtime, "DRIVERS", ())
    monkeypatch.setitem(sys.modules, "torch", None)
    assert pick_device("auto") == pick_device("cpu") == "cpu"


def test_a_call_runs_on_one_thread_and_leaves_torch_as_it_was():
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(3)
        seen = []

        def forward(x):
            seen.append((torch.get_num_threads(), torch.is_grad_enabled()))
            return x.double() * 2

        run = TorchRuntime(forward, "cpu", "float32")
        found = run(np.array([[1.0, 2.0]], np.float32))
        assert found.dtype == np.float32
        assert found.tolist() == [[2.0, 4.0]]
        assert seen == [(1, False)]
        with pytest.raises(KeyError), one_thread():
            raise KeyError
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)
