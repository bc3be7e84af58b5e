"""A module under weights of its own: what learn2learn's users know as `clone` and `adapt`, through torch.func."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.func import functional_call

from graft.errors import GraftError

Weights = dict[str, Tensor]


class Clone:
    """`module`, called with `weights` in place of its own parameters of these names; `adapt` takes a gradient step.

    w' = w - rate_w dL/dw. Unless `first_order`, the step itself can be differentiated, and so the loss of what an
    adapted clone says has the full gradient with respect to the weights it began from, and to the rates.
    """

    def __init__(
        self, module: nn.Module, weights: Weights, rates: Mapping[str, Tensor | float], *, first_order: bool = False
    ) -> None:
        self.module, self.weights, self.rates, self.first_order = module, dict(weights), rates, first_order
        self.buffers = {} if module.training else {name: held.clone() for name, held in module.named_buffers()}

    def __call__(self, *inputs: Tensor) -> Tensor:
        """Run the module under these weights; unless it is in training, its running statistics stay as they are."""
        found: Tensor = functional_call(self.module, {**self.buffers, **self.weights}, inputs)
        return found

    def adapt(self, loss: Tensor) -> Clone:
        """Move the weights by one step down the gradient of a loss computed with this clone; give the clone.

        Raises GraftError where the loss is no single number.
        """
        if loss.ndim:
            raise GraftError(f"A clone adapts to one number, the loss, not to a tensor of shape {tuple(loss.shape)}.")
        names = list(self.weights)
        found = torch.autograd.grad(
            loss, [self.weights[name] for name in names], create_graph=not self.first_order, allow_unused=True
        )
        for name, slope in zip(names, found, strict=True):
            if slope is not None:
                self.weights[name] = self.weights[name] - self.rates[name] * slope
        return self

    def clone(self) -> Clone:
        """Give another clone that begins at these weights."""
        return Clone(self.module, self.weights, self.rates, first_order=self.first_order)


class MAML(nn.Module):
    """A module that gives clones of itself, as `learn2learn.algorithms.MAML(module, lr)` does.

    learner = maml.clone(); learner.adapt(loss(learner(x), y)); loss(learner(q), t).backward()
    """

    def __init__(self, module: nn.Module, lr: float, first_order: bool = False) -> None:
        super().__init__()
        self.module, self.lr, self.first_order = module, lr, first_order

    def forward(self, *inputs: Tensor) -> Tensor:
        """Run the module under its own weights."""
        found: Tensor = self.module(*inputs)
        return found

    def clone(self) -> Clone:
        """Give a clone at the module's own weights, through which gradients flow back to them."""
        weights = {name: held for name, held in self.module.named_parameters() if held.requires_grad}
        return Clone(self.module, dict(weights), dict.fromkeys(weights, self.lr), first_order=self.first_order)
