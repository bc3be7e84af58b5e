"""Mixed precision: in which numbers the network computes while its weights stay float32."""

from __future__ import annotations

import contextlib
from typing import Any

import torch
from torch import nn
from torch.nn.modules.conv import _ConvNd

from graft.backbones.runtime import pick_numbers


def pick_precision(wanted: str, module: nn.Module, device: str) -> str:
    """Give the number format of a run; `auto` depends on the device and the network's layers, never on a clock.

    On CUDA bfloat16 where the card computes in it, else float16. On a processor that computes in bfloat16 that, unless
    the network convolves: measured on one with AVX-512, a transformer's step takes 0.63 of the time, a convolutional
    network's 1.3 times as long. Elsewhere float32.
    """
    if wanted != "auto":
        return wanted
    if device.startswith("cuda"):
        return "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float16"
    if device != "cpu" or any(isinstance(part, _ConvNd) for part in module.modules()):
        return "float32"
    attends = any("attention" in type(part).__name__.lower() for part in module.modules())
    return pick_numbers("cpu", exact=not attends)


class Precision:
    """Computes under autocast, and scales the loss of float16 so that small gradients do not vanish.

    Micikevicius et al. 2018, Mixed precision training.
    """

    def __init__(self, numbers: str, device: str) -> None:
        self.numbers = numbers
        self._kind = device.split(":")[0]
        self.scaler = torch.amp.GradScaler(self._kind) if numbers == "float16" else None

    def cast(self) -> contextlib.AbstractContextManager[Any]:
        """Let the block compute in this precision."""
        if self.numbers == "float32":
            return contextlib.nullcontext()
        return torch.autocast(self._kind, getattr(torch, self.numbers))

    def backward(self, loss: torch.Tensor) -> None:
        """Add the gradients of a loss."""
        (self.scaler.scale(loss) if self.scaler else loss).backward()  # type: ignore[no-untyped-call]

    def unscale(self, optimizer: torch.optim.Optimizer) -> None:
        """Bring gradients back to their own size."""
        if self.scaler:
            self.scaler.unscale_(optimizer)

    def step(self, optimizer: torch.optim.Optimizer) -> None:
        """Move the weights; float16 leaves out an update whose gradients overflowed, and scales less from then on."""
        if self.scaler is None:
            optimizer.step()
            return
        self.scaler.step(optimizer)
        self.scaler.update()

    def state(self) -> dict[str, float]:
        """Give the numbers of the scaler."""
        return {} if self.scaler is None else {key: float(value) for key, value in self.scaler.state_dict().items()}

    def restore(self, state: dict[str, float]) -> None:
        """Go on from the numbers of a scaler."""
        if self.scaler is not None:
            whole = ("growth_interval", "_growth_tracker")
            self.scaler.load_state_dict({k: int(v) if k in whole else v for k, v in state.items()})
