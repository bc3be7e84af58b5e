"""The network that learns from two domains at once: a learner and the objective that is trained beside it."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor
from torch.nn.functional import linear

from graft.align.objectives.loss import DomainLearner
from graft.align.objectives.seen import Term
from graft.finetune.batches import SourceBatches
from graft.finetune.head_modules import LinearModule
from graft.finetune.learner import Learner
from graft.finetune.strategy import FinetuneError
from graft.train import Batch


class Beside(DomainLearner):
    """A `Learner` with a linear head and a term beside it; features are its embeddings, standardized as its head does.

    Raises FinetuneError for another head.
    """

    def __init__(self, learner: Learner, term: Term) -> None:
        super().__init__()
        if not isinstance(learner.head, LinearModule):
            raise FinetuneError("Domain objectives need a strategy with a linear head, such as 'lp-ft' or 'full'.")
        self.learner = learner
        self.term = term

    def encode(self, *states: Tensor) -> Tensor:
        """Give the (B, D) standardized embeddings of states that enter the learner's first part."""
        head = self._head
        return (self.learner.embed(*states) - head.mean) * head.inverse

    def classify(self, features: Tensor) -> Tensor:
        """Give the (B, K) scores of standardized embeddings."""
        return linear(features, self._head.weight, self._head.bias)

    @property
    def _head(self) -> LinearModule:
        assert isinstance(self.learner.head, LinearModule)
        return self.learner.head


class Unlabelled:
    """The states alone of the batches of a source, without targets and weights."""

    def __init__(self, batches: SourceBatches) -> None:
        self._batches = batches

    def __len__(self) -> int:
        return len(self._batches)

    def epoch(self, number: int) -> Iterator[Batch]:
        """Give the batches of one epoch."""
        return self.epoch_from(number, 0)

    def epoch_from(self, number: int, start: int) -> Iterator[Batch]:
        """Give the batches of one epoch from batch `start` on."""
        return (batch[:-2] for batch in self._batches.epoch_from(number, start))
