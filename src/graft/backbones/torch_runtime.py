"""Torch as the runtime: the one that is always there, on a processor and on every other device."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graft.backbones.runtime import one_thread
from graft.errors import BackboneError

if TYPE_CHECKING:
    import torch


class TorchRuntime:
    """Runs a function of tensors on a device and gives NumPy back.

    On a processor every call uses one thread: two callers side by side are faster than one call on two cores, and the
    result does not depend on how many cores there are. On other devices inputs travel while the call before is
    computed, and calls queue, so that memory stays bounded; all are computed by one thread of the device, since cuDNN
    prepares every convolution anew for each thread that asks (seconds). Where memory does not suffice, the rows of a
    call are halved from then on.
    """

    name = "torch"

    def __init__(self, forward: Callable[..., torch.Tensor], device: str, numbers: str, autocast: bool = False) -> None:
        self.forward = forward
        self.device = device
        self.numerics = f"torch-2/{'autocast-' * autocast}{numbers}"
        self.most = 0
        self._autocast = numbers if autocast and numbers != "float32" else ""

    def __call__(self, *arrays: NDArray[Any]) -> NDArray[np.float32]:
        """Give the (R, D) float32 features of R rows; raises BackboneError when there is no memory for one row."""
        import torch

        if self.device == "cpu":
            with torch.inference_mode(), one_thread(), self._cast():
                return self._numpy(self.forward(*map(torch.from_numpy, arrays)))
        return self._elsewhere(arrays)

    def _elsewhere(self, arrays: tuple[NDArray[Any], ...]) -> NDArray[np.float32]:
        import torch

        rows = len(arrays[0])
        while True:
            step = min(rows, self.most or rows)
            try:
                parts = [self._part([array[i : i + step] for array in arrays]) for i in range(0, rows, step)]
                return np.concatenate(parts) if len(parts) > 1 else parts[0]
            except torch.OutOfMemoryError as error:
                if step == 1:
                    raise BackboneError(
                        f"The {self.device} device has no memory for a single input; say device='cpu'."
                    ) from error
                self.most = step // 2
            torch.cuda.empty_cache()

    def _part(self, arrays: list[NDArray[Any]]) -> NDArray[np.float32]:
        import torch

        moved = [self._move(torch.from_numpy(array)) for array in arrays]
        return _thread_of(self.device).submit(self._compute, moved).result()

    def _compute(self, moved: list[torch.Tensor]) -> NDArray[np.float32]:
        import torch

        with torch.inference_mode(), self._cast(), _full_float32(self.device, self.numerics):
            return self._numpy(self.forward(*moved))

    def _move(self, tensor: torch.Tensor) -> torch.Tensor:
        if self.device.startswith("cuda"):
            return tensor.pin_memory().to(self.device, non_blocking=True)
        return tensor.to(self.device)

    def _cast(self) -> contextlib.AbstractContextManager[Any]:
        import torch

        if not self._autocast:
            return contextlib.nullcontext()
        return torch.autocast(self.device.split(":")[0], getattr(torch, self._autocast))

    @staticmethod
    def _numpy(features: torch.Tensor) -> NDArray[np.float32]:
        import torch

        return np.asarray(features.to("cpu", torch.float32).numpy(), dtype=np.float32)


@functools.cache
def _thread_of(device: str) -> ThreadPoolExecutor:
    """Give the one thread that computes on a device, for the whole process."""
    return ThreadPoolExecutor(1, f"graft-{device}")


def _full_float32(device: str, numerics: str) -> contextlib.AbstractContextManager[Any]:
    import torch

    if not (device.startswith("cuda") and numerics.endswith("float32")):
        return contextlib.nullcontext()
    return torch.backends.cudnn.flags(enabled=True, deterministic=True, allow_tf32=False)
