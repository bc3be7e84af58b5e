"""What fine-tuning lowers: the loss of the scores, or of the pairs of a batch, and what the regularizers add."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from graft.finetune.contrastive import contrastive_loss
from graft.finetune.holds import Holding
from graft.finetune.learner import Learner, embed_by_length
from graft.finetune.strategy import Strategy
from graft.train import Batch, Objective, classification_loss, regression_loss


def make_objective(strategy: Strategy, *, numbers: bool, holds: Sequence[tuple[float, Holding]]) -> Objective:
    """Give loss + Σ strength · hold of batches (*states, y, w); squared error where the targets are numbers."""
    likelihood = regression_loss() if numbers else classification_loss(strategy.smoothing)
    given = nn.Identity()

    def objective(module: nn.Module, batch: Batch) -> Tensor:
        """Give the loss of one batch."""
        assert isinstance(module, Learner)
        *states, y, weight = batch
        if strategy.loss == "contrastive":
            embedded = embed_by_length(module, states)
            loss = contrastive_loss(embedded, y, weight)
        else:
            embedded = module.embed(*states)
            loss = likelihood(given, (module.head(embedded), y, weight))
        for strength, hold in holds:
            loss = loss + strength * hold(module, tuple(states), embedded, y)
        return loss

    return objective
