"""SHOT through the backbone: a fitted model moves to a target without labels and without the source."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from graft.align.algebra import log_softmax
from graft.align.clustering.shot import nearest_centroid
from graft.align.objectives.information import negative_information
from graft.backbones import trained
from graft.backbones.base import Backbone
from graft.backbones.runtime import pick_device
from graft.data.dataset import Dataset
from graft.finetune.batches import SourceBatches
from graft.finetune.head_modules import LinearModule
from graft.finetune.learner import Learner
from graft.finetune.moving import groups_of
from graft.finetune.sources import PreparedInputs, in_order
from graft.finetune.strategy import FinetuneError, Stage
from graft.finetune.tuning import Tuned
from graft.heads.base import Head
from graft.heads.linear import LinearClassifier
from graft.train import Batch, Recipe, Run

RECIPE = Recipe(rate=1e-4, epochs=5, warm_up=0.1, weight_decay=0.01)
TRUST, ROWS, LEAST = 0.3, 64, 16


def shot_weights(
    backbone: Backbone,
    head: Head,
    target: Dataset,
    *,
    recipe: Recipe = RECIPE,
    seed: int = 0,
    device: str = "auto",
    left: Callable[[], float] | None = None,
) -> tuple[Tuned, NDArray[np.float64]]:
    """Move a backbone to a target while its head stays; give it, and the (M, K) log-probabilities of the target.

    Each batch lowers `negative_information` of its scores + 0.3 · cross-entropy on pseudo-labels, which are those of
    `nearest_centroid` over all target embeddings, anew after each epoch; batch norms follow. Liang, Hu and Feng 2020
    (arXiv:2002.08546). Raises FinetuneError for a head that is not linear in the embedding, or under 16 inputs.
    """
    if not isinstance(head, LinearClassifier) or head.n_features_in_ != backbone.card.dim:
        raise FinetuneError("Moving without the source needs a linear classifier on the embedding, such as 'logistic'.")
    if len(target) < LEAST:
        raise FinetuneError(f"{len(target)} target inputs are too few to adapt to; give at least {LEAST}.")
    begun, device = time.monotonic(), pick_device(device)
    with tempfile.TemporaryDirectory(prefix="graft-states-", ignore_cleanup_errors=True) as folder:
        body = backbone.trainable()
        states = PreparedInputs.read(target.inputs, backbone, body, Path(folder))
        learner = Learner(body, nn.Identity(), norms_follow=True).to(device)
        labels = Labels(states, head, device)
        learner.head = labels.head_module(learner).to(device)
        batches = SourceBatches(states, np.arange(len(target)), np.ones(len(target)), ROWS, seed)
        run = Run(
            learner, labels.objective, batches, recipe, groups=groups_of(learner, Stage(), 1.0)[:-1],
            watch=labels.watch, device=device, left=left, label="Fine-tuning (SHOT)",
        ).advance()  # fmt: skip
        answer = labels.answer(learner)
    card = backbone.card
    told = f"{card.trained_on or card.name}, then {len(target)} unlabelled inputs"
    made = trained(backbone, body, name=f"{card.name}+shot", trained_on=told)
    return Tuned(made, head, "shot", time.monotonic() - begun, run.history), answer


class Labels:
    """The pseudo-labels of all target samples by the weights at hand, and what one batch is taught with them."""

    def __init__(self, states: PreparedInputs, head: LinearClassifier, device: str) -> None:
        self._states, self._head, self._device = states, head, device
        self._labels = torch.zeros(len(states), dtype=torch.int64, device=device)
        self._rounds = 0

    def head_module(self, learner: Learner) -> LinearModule:
        """Give the head as a module, and take the first labels."""
        embedded = self._embedded(learner)
        module = LinearModule(embedded.astype(np.float32), len(self._head.coef_))
        module.start_from(self._head.coef_, self._head.intercept_)
        self._take(embedded)
        return module

    def objective(self, module: nn.Module, batch: Batch) -> Tensor:
        """Give the loss of a batch (*states, row numbers, weights)."""
        scores = module(*batch[:-2]).float()
        return negative_information(scores) + TRUST * cross_entropy(scores, self._labels[batch[-2]])

    def watch(self, module: nn.Module) -> float:
        """Take new labels; give the count of rounds, so that a run keeps its last weights."""
        assert isinstance(module, Learner)
        self._take(self._embedded(module))
        self._rounds += 1
        return float(self._rounds)

    def answer(self, learner: Learner) -> NDArray[np.float64]:
        """Give the (M, K) log-probabilities of the kept head."""
        return self._logs(self._embedded(learner))

    def _take(self, embedded: NDArray[np.float64]) -> None:
        labels = nearest_centroid(np.exp(self._logs(embedded)), embedded)
        self._labels.copy_(torch.from_numpy(labels))

    def _logs(self, embedded: NDArray[np.float64]) -> NDArray[np.float64]:
        return log_softmax(embedded @ self._head.coef_.T + self._head.intercept_)

    def _embedded(self, learner: Learner) -> NDArray[np.float64]:
        """Give the (M, D) embeddings in evaluation mode."""
        mode = learner.training
        learner.eval()
        found = np.empty((len(self._states), learner.body.dim))
        with torch.no_grad():
            for rows in in_order(self._states, ROWS):
                found[rows] = learner.embed(*(s.to(self._device) for s in self._states.states(rows))).cpu().numpy()
        learner.train(mode)
        return found
