"""What is switched while a run trains, and put back afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

from graft.train.allocation import kept_memory
from graft.train.randomness import own_randomness


@contextmanager
def training(module: nn.Module, names: set[str], device: str) -> Iterator[None]:
    """Let the block train: gradients for the parameters of these names alone, the module's own training mode.

    Afterwards every part's mode, every parameter's need of a gradient and torch's random numbers are as before, and no
    gradients are left behind. On a processor freed memory is kept meanwhile.
    """
    parameters = dict(module.named_parameters())
    needed = {name: parameter.requires_grad for name, parameter in parameters.items()}
    modes = [(part, part.training) for part in module.modules()]
    with kept_memory(device), own_randomness(device), torch.enable_grad():
        for name, parameter in parameters.items():
            parameter.requires_grad_(name in names)
        module.train()
        try:
            yield
        finally:
            for part, mode in modes:
                part.training = mode
            for name, parameter in parameters.items():
                parameter.requires_grad_(needed[name])
                parameter.grad = None
