"""The processes of one run: alone, or side by side as `accelerate launch` starts them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor

from graft.train.batches import Batch


class Processes:
    """One process: there is nobody to agree with."""

    rank = 0
    count = 1

    def __init__(self, device: str) -> None:
        self.device = device

    @property
    def first(self) -> bool:
        """Whether this process writes and shows."""
        return self.rank == 0

    def share(self, batch: Batch) -> Batch:
        """Give this process's rows of a batch."""
        return batch

    def add_up(self, tensors: Sequence[Tensor]) -> None:
        """Replace tensors by their sums over the processes."""

    def same(self, tensors: Iterable[Tensor]) -> None:
        """Replace tensors by those of the first process."""

    def mean(self, tensors: Iterable[Tensor]) -> None:
        """Replace those tensors that are no whole numbers by their means over the processes."""

    def agree(self, value: float) -> float:
        """Give the first process's value."""
        return value


class Several(Processes):
    """Several processes, joined by accelerate: each takes every n-th row of a batch, and gradients are added up."""

    def __init__(self, device: str) -> None:
        from accelerate import PartialState

        state: Any = PartialState(cpu=device == "cpu")
        super().__init__("cpu" if device == "cpu" else str(state.device))
        self.rank, self.count = int(state.process_index), int(state.num_processes)

    def share(self, batch: Batch) -> Batch:
        """Give this process's rows of a batch: rank, rank + n, rank + 2 n and so on."""
        return tuple(tensor[self.rank :: self.count] for tensor in batch)

    def add_up(self, tensors: Sequence[Tensor]) -> None:
        """Replace tensors by their sums over the processes."""
        from accelerate.utils import reduce

        flat = torch.cat([tensor.reshape(-1).float() for tensor in tensors])
        summed = reduce(flat, reduction="sum")
        for tensor, part in zip(tensors, summed.split([tensor.numel() for tensor in tensors]), strict=True):
            tensor.copy_(part.view(tensor.shape))

    def same(self, tensors: Iterable[Tensor]) -> None:
        """Replace tensors by those of the first process."""
        from accelerate.utils import broadcast

        for tensor in tensors:
            tensor.copy_(broadcast(tensor.detach().contiguous().clone()))

    def mean(self, tensors: Iterable[Tensor]) -> None:
        """Replace those tensors that are no whole numbers by their means over the processes."""
        real = [tensor for tensor in tensors if tensor.is_floating_point()]
        if real:
            self.add_up(real)
            torch._foreach_div_(real, self.count)

    def agree(self, value: float) -> float:
        """Give the first process's value."""
        told = torch.tensor([value], dtype=torch.float64 if self.device != "mps" else torch.float32, device=self.device)
        self.same([told])
        return float(told)


def processes_on(device: str) -> Processes:
    """Give the processes that this one was started among."""
    return Several(device) if int(os.environ.get("WORLD_SIZE", "1")) > 1 else Processes(device)
