"""What norms' parameters learn from while predicting: the entropy of predictions that are worth it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from graft.align.test_time.manners import Manner

DECAY = 0.9


class Entropy:
    """Moves parameters by Adam so that the entropy of chosen rows falls; a step that is not finite is not taken.

    With all rows: the mean entropy, as Tent has it. Else the mean over the chosen rows of exp(`sure` · ln K - H) · H,
    the weight held fixed, as EATA has it.
    """

    def __init__(self, parameters: Sequence[nn.Parameter], manner: Manner) -> None:
        self._manner = manner
        self._parameters = [parameter.requires_grad_() for parameter in parameters]
        self._source = [parameter.detach().clone() for parameter in parameters]
        self._optimizer = torch.optim.Adam(self._parameters, lr=manner.rate)
        self._mean: Tensor | None = None

    def learn(self, logs: Tensor) -> None:
        """Take one step by (B, K) log-probabilities with gradients; none where no row is chosen."""
        entropy = -(logs.exp() * logs).sum(1)
        weight = self.weights(logs.detach())
        if not bool((weight > 0).any()):
            return
        loss = (entropy * weight).sum() / (weight > 0).sum()
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        if not all(bool(torch.isfinite(p.grad).all()) for p in self._parameters if p.grad is not None):
            return
        self._optimizer.step()
        with torch.no_grad():
            for parameter, source in zip(self._parameters, self._source, strict=True):
                parameter.lerp_(source, self._manner.pull)

    def weights(self, logs: Tensor) -> Tensor:
        """Give the (B,) weights of rows, zero where nothing is to be learned, and move the mean of predictions on.

        The mean follows the chosen rows alone, 0.9 of it staying; before there is one, no row is like it.
        """
        p, least = logs.exp(), self._manner.sure * math.log(logs.shape[1])
        entropy = -(p * logs).sum(1)
        if self._manner.sure >= 1:
            return torch.ones_like(entropy)
        sure, like = entropy < least, (1 + logs.shape[1] ** -0.5) / 2
        if self._mean is not None and bool(sure.any()):
            sure = sure & (torch.cosine_similarity(p, self._mean[None], dim=1) < like)
        if bool(sure.any()):
            now = p[sure].mean(0)
            self._mean = now if self._mean is None else DECAY * self._mean + (1 - DECAY) * now
        return torch.exp(least - entropy) * sure
