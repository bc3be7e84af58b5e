"""Which weights are kept: the last, a mix with those of the start, or a mean of those on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from torch import Tensor, nn

from graft.finetune.learner import Learner
from graft.finetune.mixing import Weights, greedy_soup, wise


class Ending:
    """Puts the weights to be kept into the learner, and those to train on from back; `loss` judges the learner.

    `note` says what was mixed: the share of the moved weights, or how many sets are in the soup.
    """

    def __init__(self, kind: str, learner: Learner, loss: Callable[[], float]) -> None:
        self.kind, self.note = kind, 0.0
        self._learner, self._loss = learner, loss
        self._start = self._copy() if kind == "wise" else {}
        self._way: list[Weights] = []
        self._reached: Mapping[str, Tensor] = {}

    def watch(self, module: nn.Module) -> float:
        """Remember the weights after an epoch; higher is better, as the training loop wants it."""
        self._way.append(self._copy())
        return -self._loss()

    def choose(self) -> None:
        """Put the weights to be kept into the learner."""
        if self.kind == "last":
            return
        self._reached = self._copy()
        if self.kind == "wise":
            kept, self.note = wise(self._start, self._reached, self._loss_of)
        else:
            kept, self.note = greedy_soup(self._way or [self._reached], self._loss_of)
        self._put(kept)

    def back(self) -> None:
        """Put the weights that training had reached into the learner."""
        self._put(self._reached)

    def _loss_of(self, weights: Weights) -> float:
        self._put(weights)
        return self._loss()

    def _copy(self) -> dict[str, Tensor]:
        return {name: tensor.detach().clone() for name, tensor in self._learner.state_dict().items()}

    def _put(self, weights: Weights) -> None:
        if weights:
            self._learner.load_state_dict(dict(weights))
