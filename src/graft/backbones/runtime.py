"""The runtime of a network: where and in which numbers it runs. Another runtime is another class with this face."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from graft.errors import BackboneError, did_you_mean

if TYPE_CHECKING:
    import torch

DEVICES = ("auto", "cpu", "cuda", "mps")


class Runtime(Protocol):
    """Runs a network on arrays of one fixed shape per call; may be called from several threads."""

    numerics: str

    def __call__(self, *arrays: NDArray[Any]) -> NDArray[np.float32]:
        """Give the (R, D) float32 features of R rows."""


class TorchRuntime:
    """Runs a function of tensors on a device and gives NumPy back.

    On a processor every call uses one thread: two callers side by side are faster than one call on two cores, and the
    result does not depend on how many cores there are. On other devices calls queue, so that memory stays bounded.
    """

    def __init__(self, forward: Callable[..., torch.Tensor], device: str, numbers: str, autocast: bool = False) -> None:
        self.forward = forward
        self.device = device
        self.numerics = f"torch-1/{'autocast-' * autocast}{numbers}"
        self._autocast = numbers if autocast and numbers != "float32" else ""
        self._turn = threading.Lock()

    def __call__(self, *arrays: NDArray[Any]) -> NDArray[np.float32]:
        """Give the (R, D) float32 features of R rows."""
        import torch

        if self.device == "cpu":
            with torch.inference_mode(), one_thread(), self._cast():
                return self._numpy(self.forward(*map(torch.from_numpy, arrays)))
        with self._turn, torch.inference_mode(), self._cast(), _full_float32(self.device, self.numerics):
            moved = [self._move(torch.from_numpy(array)) for array in arrays]
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


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Let torch use one thread in this thread while the block runs."""
    import torch

    before = torch.get_num_threads()
    if before == 1:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _full_float32(device: str, numerics: str) -> contextlib.AbstractContextManager[Any]:
    import torch

    if not (device.startswith("cuda") and numerics.endswith("float32")):
        return contextlib.nullcontext()
    return torch.backends.cudnn.flags(enabled=True, deterministic=True, allow_tf32=False)


def pick_device(name: str = "auto") -> str:
    """Give the torch device of this name; `auto` is the best there is. Raises BackboneError when it is not there."""
    import torch

    base = name.split(":")[0]
    if base not in DEVICES:
        raise BackboneError(f"{name!r} is no device. {did_you_mean(base, DEVICES)}")
    mps: Any = torch.backends.mps
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": mps.is_available()}
    if base == "auto":
        return next(device for device in ("cuda", "mps", "cpu") if there[device])
    if not there[base]:
        raise BackboneError(f"This machine has no {base} device that torch can use; say device='cpu' or 'auto'.")
    return name


def pick_numbers(device: str, exact: bool) -> str:
    """Give the number format a network runs in: float32 when exact, else the half format the device is fast in."""
    if exact or device.startswith("mps"):
        return "float32"
    if device.startswith("cuda"):
        return "float16"
    return "bfloat16" if _cpu_has_bfloat16() else "float32"


def _cpu_has_bfloat16() -> bool:
    import torch

    checks = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    found = (getattr(torch.cpu, name, None) for name in checks)
    mkldnn: Any = torch.backends.mkldnn
    return bool(mkldnn.is_available()) and any(check() for check in found if check is not None)
