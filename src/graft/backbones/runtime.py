"""The runtime of a network: where and in which numbers it runs. Another runtime is another class with this face."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from graft.errors import BackboneError, did_you_mean

DEVICES = ("auto", "cpu", "cuda", "mps")
DRIVERS = ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg")


class Runtime(Protocol):
    """Runs a network on arrays of one fixed shape per call; may be called from several threads."""

    name: str
    numerics: str

    def __call__(self, *arrays: NDArray[Any]) -> NDArray[np.float32]:
        """Give the (R, D) float32 features of R rows."""


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


def usable_cores() -> int:
    """Give the number of cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def pick_device(name: str = "auto") -> str:
    """Give the torch device of this name; `auto` is the best there is. Raises BackboneError when it is not there."""
    base = name.split(":")[0]
    if base not in DEVICES:
        raise BackboneError(f"{name!r} is no device. {did_you_mean(base, DEVICES)}")
    if base == "cpu" or (base == "auto" and not _may_have_others()):
        return "cpu"
    import torch

    mps: Any = torch.backends.mps
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": mps.is_available()}
    if base == "auto":
        return next(device for device in ("cuda", "mps", "cpu") if there[device])
    if not there[base]:
        raise BackboneError(f"This machine has no {base} device that torch can use; say device='cpu' or 'auto'.")
    return name


def _may_have_others() -> bool:
    """Say whether torch has to be asked for devices: on Linux one needs a driver, which shows as a file."""
    return not sys.platform.startswith("linux") or any(Path(driver).exists() for driver in DRIVERS)


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
