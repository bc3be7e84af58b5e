"""The network that is trained: a backbone's body, from the first part that moves, and a head."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from graft.backbones.trainable import Trainable

PIECE = 8
NORMS = (nn.modules.batchnorm._BatchNorm,)


class Learner(nn.Module):
    """(B, K) scores of states that enter part `first` of the body; prepared inputs where that is 0.

    Unless `norms_follow`, batch norms stay as in evaluation also while training, and so keep their statistics: batches
    of a few samples tell less of them than what the network was trained on.
    """

    def __init__(self, body: Trainable, head: nn.Module, *, first: int = 0, norms_follow: bool = False) -> None:
        super().__init__()
        self.body = body
        self.head = head
        self.first = first
        self.norms_follow = norms_follow

    def embed(self, *states: Tensor) -> Tensor:
        """Give the (B, D) float32 embeddings of states that enter part `first`."""
        for part in self.body.parts[self.first :]:
            states = part(*states)
        return states[0]

    def forward(self, *states: Tensor) -> Tensor:
        """Give the (B, K) scores."""
        found: Tensor = self.head(self.embed(*states))
        return found

    def train(self, mode: bool = True) -> Learner:
        """Set training or evaluation mode; frozen batch norms stay in evaluation mode."""
        super().train(mode)
        if mode and not self.norms_follow:
            for module in self.body.modules():
                if isinstance(module, NORMS):
                    module.eval()
        return self


def embed_by_length(learner: Learner, states: Sequence[Tensor], rows: int = PIECE) -> Tensor:
    """Give the embeddings of a batch of texts, `rows` of like length at a time, so that little is padded.

    States of other inputs, which end in no mask, are embedded at once.
    """
    mask = states[-1]
    if mask.dtype != torch.bool or mask.ndim != 2:
        return learner.embed(*states)
    lengths = mask.sum(1)
    order = lengths.argsort()
    pieces = [(part, int(lengths[part].max())) for part in torch.split(order, rows)]
    found = [learner.embed(*(tensor[part, :longest] for tensor in states)) for part, longest in pieces]
    return torch.cat(found)[order.argsort()]


def run_prefix(body: Trainable, first: int, *states: Tensor) -> tuple[Tensor, ...]:
    """Give what enters part `first` for inputs put together, without gradients."""
    with torch.no_grad():
        for part in body.parts[:first]:
            states = part(*states)
    return states
