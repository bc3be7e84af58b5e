"""Random numbers of a step that depend on where it stands alone, so that nothing has to be saved to go on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import numpy as np
import torch


@contextlib.contextmanager
def own_randomness(device: str) -> Iterator[None]:
    """Give back torch's global generators as they were once the block has run."""
    kind = device.split(":")[0]
    if kind == "cpu":
        with torch.random.fork_rng(devices=[]):
            yield
        return
    with torch.random.fork_rng(devices=[torch.device(device)], device_type=kind):
        yield


def seed_step(device: str, *numbers: int) -> None:
    """Seed torch's generators of the processor and the device from whole numbers, of which any makes a difference."""
    seed = int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0] >> np.uint64(1))
    torch.default_generator.manual_seed(seed)
    if device.startswith("cuda"):
        with torch.cuda.device(device):
            torch.cuda.manual_seed(seed)
    elif device.startswith("mps"):
        torch.mps.manual_seed(seed)
