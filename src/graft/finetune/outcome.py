"""What a learner says of held-out samples, and the head that is kept with its body."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from graft.finetune.head_modules import kept_head
from graft.finetune.learner import Learner
from graft.finetune.sources import Source, in_order
from graft.finetune.start import UNSEEN, Wanted, fitted
from graft.heads.base import Head
from graft.heads.linear import affine

ROWS = 32


class Outcome:
    """The outputs of a learner by the weights at hand.

    With `refit` the head did not learn (after a contrastive loss), so one is fitted on the embeddings as they are then.
    """

    def __init__(
        self,
        learner: Learner,
        learn: Source,
        held: Source,
        aim: Wanted,
        weight: NDArray[np.float64],
        refit: bool,
        seed: int,
    ) -> None:
        self._learner, self._learn, self._held = learner, learn, held
        self._aim, self._weight, self._seed = aim, weight, seed
        self._refits = refit

    def output(self) -> NDArray[np.float64]:
        """Give the (N_held, K) log-probabilities or (N_held,) numbers of the held-out samples."""
        if not len(self._held):
            return np.empty((0, self._aim.kinds) if self._aim.kinds else 0)
        if self._refits:
            return _log_softmax(self._refitted_scores())
        scores = self._run(self._held, embeddings=False)
        if self._aim.kinds:
            return _log_softmax(scores)
        return scores[:, 0] * self._aim.spread + self._aim.middle

    def loss(self, targets: NDArray[Any] | None) -> float:
        """Give the mean negative log-likelihood, or squared error, of the held-out samples."""
        output = self.output()
        assert targets is not None
        if not self._aim.kinds:
            return float(np.mean((output - targets) ** 2))
        return float(-np.mean(output[np.arange(len(output)), targets.astype(np.int64)]))

    def head(self) -> Head:
        """Give the head to keep, on the embeddings of the body as it is, in the units of the targets."""
        if self._refits:
            return self._refit()
        kept: Any = kept_head(self._learner.head, np.arange(self._aim.kinds))
        if not self._aim.kinds:
            kept.coef_ = kept.coef_ * self._aim.spread
            kept.intercept_ = kept.intercept_ * self._aim.spread + self._aim.middle
        found: Head = kept
        return found

    def _refit(self) -> Head:
        features = self._run(self._learn, embeddings=True).astype(np.float32)
        return fitted(features, self._aim, self._weight, self._seed)

    def _refitted_scores(self) -> NDArray[np.float64]:
        head: Any = self._refit()
        embedded = self._run(self._held, embeddings=True)
        scores = np.full((len(embedded), self._aim.kinds), UNSEEN)
        scores[:, head.classes_] = affine(embedded, head.coef_, head.intercept_)
        return scores

    def _run(self, source: Source, *, embeddings: bool) -> NDArray[np.float64]:
        """Give the (N, D) embeddings or (N, K) scores of a source, in its order."""
        learner = self._learner
        device = next(learner.parameters()).device
        was_training = learner.training
        learner.eval()
        found: NDArray[np.float64] | None = None
        with torch.no_grad():
            for rows in in_order(source, ROWS):
                states = [tensor.to(device) for tensor in source.states(rows)]
                values = (learner.embed(*states) if embeddings else learner(*states)).double().cpu().numpy()
                found = np.empty((len(source), values.shape[1])) if found is None else found
                found[rows] = values
        learner.train(was_training)
        return np.empty((0, self._aim.outputs)) if found is None else found


def _log_softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    shifted = scores - scores.max(axis=1, keepdims=True)
    found: NDArray[np.float64] = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return found
