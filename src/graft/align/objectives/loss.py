"""What is lowered with both domains at hand: the source's cross-entropy and an objective; the same in both lanes."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn
from torch.nn.functional import cross_entropy, dropout

from graft.align.objectives.ramp import ramp
from graft.align.objectives.seen import Seen
from graft.align.objectives.settings import Setting
from graft.train.batches import Batch

LOST = 0.5

Encode = Callable[..., Tensor]
Classify = Callable[[Tensor], Tensor]


class DomainLearner(nn.Module):
    """A network of two steps that is trained with a term: `encode` to (B, D) features, `classify` to (B, K) scores."""

    term: nn.Module

    def encode(self, *states: Tensor) -> Tensor:
        """Give the (B, D) features of inputs."""
        raise NotImplementedError

    def classify(self, features: Tensor) -> Tensor:
        """Give the (B, K) scores of features."""
        raise NotImplementedError


def domain_objective(setting: Setting) -> Callable[[nn.Module, Batch], Tensor]:
    """Give the objective of batches (*source states, y, w, *target states, progress) for a `DomainLearner`.

    mean w CE(scores, y) + strength · term, times `ramp` where it grows. The target's change at random is the loss of
    half of its features.
    """

    def objective(module: nn.Module, batch: Batch) -> Tensor:
        """Give the loss of one batch."""
        assert isinstance(module, DomainLearner)
        count = (len(batch) - 3) // 2
        y, w, progress = batch[count], batch[count + 1], float(batch[-1][0])
        seen = look(module, batch[:count], y, batch[count + 2 : -1], progress)
        loss: Tensor = (cross_entropy(seen.scores.float(), y, reduction="none") * w).mean()
        beside: Tensor = module.term(seen)
        return loss + setting.strength * (ramp(progress) if setting.grows else 1.0) * beside

    return objective


def look(
    module: DomainLearner, source: tuple[Tensor, ...], y: Tensor, target: tuple[Tensor, ...], progress: float
) -> Seen:
    """Run the network on both domains' inputs."""
    S, T = module.encode(*source).float(), module.encode(*target).float()
    changed = module.classify(dropout(T, LOST))
    return Seen(S, module.classify(S), y, T, module.classify(T), changed, progress)
