"""L2-SP: weights are pulled back to where they started, the head's to zero.

Li, Grandvalet and Davoine 2018 (arXiv:1802.01483).
"""

from __future__ import annotations

from torch import Tensor

from graft.finetune.holds.base import Ground, Holding
from graft.finetune.learner import Learner

HEAD = 0.1


def l2_sp(ground: Ground) -> Holding:
    """Give ½ Σ ‖w - w₀‖² over the body's parameters that move, plus 0.1 · ½ ‖W‖² of the head's matrices."""
    parameters = dict(ground.learner.named_parameters())
    start = {name: parameters[name].detach().clone() for name in ground.moving if name.startswith("body.")}

    def hold(learner: Learner, states: tuple[Tensor, ...], embedded: Tensor, y: Tensor) -> Tensor:
        """Give the penalty of the weights at hand."""
        total = embedded.new_zeros(())
        for name, parameter in learner.named_parameters():
            if name in start:
                total = total + (parameter - start[name].to(parameter.device)).square().sum()
            elif name.startswith("head.") and parameter.ndim > 1:
                total = total + HEAD * parameter.square().sum()
        return total / 2

    return hold
