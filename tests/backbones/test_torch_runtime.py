"""Out of memory halves the rows and goes on; the fused kernel is the plain one."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from graft.backbones import fusing, lite
from graft.backbones.layer import Layer
from graft.backbones.torch_runtime import TorchRuntime
from graft.errors import BackboneError


class Small(TorchRuntime):
    """A device that is no processor, with memory for a few rows."""

    def __init__(self, room):
        self.seen = []

        def forward(x):
            self.seen.append(len(x))
            if len(x) > room:
                raise torch.OutOfMemoryError("no room")
            return x * 2

        super().__init__(forward, "fake", "float32")

    def _move(self, tensor):
        return tensor


def test_out_of_memory_halves_the_rows_of_this_and_of_later_calls():
    run = Small(room=3)
    x = np.arange(20, dtype=np.float32).reshape(10, 2)
    assert np.array_equal(run(x), x * 2)
    assert run.seen == [10, 5, 2, 2, 2, 2, 2]
    run.seen.clear()
    assert np.array_equal(run(x[:4]), x[:4] * 2)
    assert run.seen == [2, 2]


def test_all_calls_are_computed_by_one_thread_without_gradients():
    run, threads = Small(room=9), set()

    def forward(x):
        threads.add((threading.get_ident(), torch.is_inference_mode_enabled()))
        return x + 1

    run.forward = forward
    inputs = [np.full((3, 2), number, np.float32) for number in range(24)]
    for _ in range(2):  # as two passes over data do, each with workers of its own
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(run, inputs))
        assert all(np.array_equal(a, b + 1) for a, b in zip(found, inputs, strict=True))
    ((ident, inferring),) = threads
    assert inferring
    assert ident != threading.get_ident()


def test_no_room_for_one_row_is_said():
    with pytest.raises(BackboneError, match="no memory for a single input; say device='cpu'"):
        Small(room=0)(np.ones((4, 1), np.float32))


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("grouped", [True, False])
@pytest.mark.parametrize("relu", [True, False])
def test_the_fused_kernel_is_the_plain_convolution(stride, grouped, relu):
    if not fusing.can_fuse(torch.float32):
        pytest.skip("this torch has no fused kernel")
    draw = torch.Generator().manual_seed(0)
    weight = torch.randn(8, 1 if grouped else 8, 3, 3, generator=draw).contiguous(memory_format=torch.channels_last)
    x = (3 * torch.randn(2, 8, 7, 7, generator=draw)).contiguous(memory_format=torch.channels_last)
    layer = Layer(weight, torch.randn(8, generator=draw), stride, relu, fused=True)
    with torch.inference_mode():
        found, expected = (lite._run(x, layer._replace(fused=fused)) for fused in (True, False))
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)
    assert (float(found.max()) == 6) == relu


def test_a_torch_without_the_kernel_runs_the_plain_one(monkeypatch):
    def gone(*_):
        raise AttributeError("no such operator")

    monkeypatch.setattr(fusing, "fused", gone)
    fusing.can_fuse.cache_clear()
    assert not fusing.can_fuse(torch.float32)
    fusing.can_fuse.cache_clear()
