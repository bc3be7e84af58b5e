"""The part of a network that is meta-trained: its last parts, behind a front that is run once for every sample."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from graft.backbones.trainable import States, Trainable
from graft.errors import BackboneError


class Tail(nn.Module):
    """The last `parts` parts of a Trainable, 0 for all: what the front gave to (B, D) embeddings.

    An EfficientNet's last block is `parts=1`. The front stays as it is, in evaluation mode. Raises BackboneError for
    more parts than there are, or a network that is not cut.
    """

    def __init__(self, trainable: Trainable, parts: int = 0) -> None:
        super().__init__()
        if not 0 <= parts <= len(trainable.parts):
            raise BackboneError(f"The network is cut into {len(trainable.parts)} parts, so {parts} cannot be trained.")
        if parts and len(trainable.depths()) != len(trainable.parts):
            raise BackboneError("This network cannot be cut, so that all of it is meta-trained or nothing: 0 parts.")
        self.trainable = trainable
        self.dim = trainable.dim
        self.first = len(trainable.parts) - parts if parts else 0

    @torch.no_grad()
    def front(self, *states: Tensor) -> States:
        """Run the parts that do not move."""
        self.trainable.eval()
        for part in self.trainable.parts[: self.first]:
            states = part(*states)
        return states

    def forward(self, *states: Tensor) -> Tensor:
        """Run the parts that move; give (B, D) embeddings."""
        for part in self.trainable.parts[self.first :]:
            states = part(*states)
        return states[0]

    def moving(self) -> list[str]:
        """Give the names of the parameters that move, as in `named_parameters()`."""
        depths = self.trainable.depths()[self.first :]
        return [f"trainable.network.{name}" for depth in depths for name in depth]
