"""Trainable: a backbone's network as a function with gradients, cut into parts where that can be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

States = tuple[Tensor, ...]
Part = Callable[..., States]


class Trainable(torch.nn.Module):
    """A backbone's float32 network, from prepared inputs to (B, D) embeddings.

    `network` holds the weights under the names of the blueprint's state. `parts` run one after another from the input
    to the output; each takes and gives a tuple of tensors, the last gives the embedding alone. A network that cannot be
    cut is one part. It is made in evaluation mode.
    """

    network: torch.nn.Module
    dim: int
    parts: list[Part]

    def __init__(self, network: torch.nn.Module, dim: int) -> None:
        super().__init__()
        self.network = network
        self.dim = dim
        self.parts = []
        self.eval()

    def collate(self, prepared: Sequence[Any]) -> States:
        """Put what `Backbone.prepare` gave for B inputs into tensors on the CPU."""
        raise NotImplementedError

    def length(self, prepared: Any) -> int | None:
        """Give the size of the second axis of every state of one prepared input; None where all inputs are alike."""
        return None

    def forward(self, *inputs: Tensor) -> Tensor:
        """Give the (B, D) float32 embeddings; all parts in turn."""
        states: States = inputs
        for part in self.parts:
            states = part(*states)
        return states[0]

    def depths(self) -> list[list[str]]:
        """Give the names of the network's parameters from the input to the output, one list a depth.

        Every parameter that the embedding depends on is in one list. Where the network is cut, the lists are aligned
        with `parts`.
        """
        raise NotImplementedError


def names_by_piece(network: torch.nn.Module, pieces: Sequence[torch.nn.Module]) -> list[list[str]]:
    """Give the network's names of the parameters in each piece; a shared one counts where it is met first."""
    left = {id(parameter): name for name, parameter in network.named_parameters()}
    return [[left.pop(id(p)) for p in piece.parameters() if id(p) in left] for piece in pieces]
