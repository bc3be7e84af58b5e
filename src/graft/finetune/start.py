"""What a fine-tuning starts from: targets as numbers to lower a loss on, frozen features, and a head fitted on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.backbones.base import Backbone
from graft.data.dataset import Dataset
from graft.extract.cache import Cache
from graft.extract.embedding import embed
from graft.finetune.head_modules import DenseModule, LinearModule
from graft.finetune.strategy import FinetuneError
from graft.heads.base import Head
from graft.heads.logistic import Logistic
from graft.heads.ridge_regression import RidgeRegression

UNSEEN = -10.0


@dataclass(frozen=True, eq=False)
class Wanted:
    """Targets of the training samples: class numbers of `kinds` classes, or numbers with mean 0 and deviation 1."""

    targets: NDArray[Any]
    kinds: int
    middle: float = 0.0
    spread: float = 1.0

    @property
    def outputs(self) -> int:
        """The number of scores a head gives."""
        return self.kinds or 1


def wanted(learn: Dataset) -> Wanted:
    """Give what is to be learned; raises FinetuneError where samples bear no targets or there is nothing to tell."""
    if learn.targets is None or not len(learn):
        raise FinetuneError("Fine-tuning needs samples with labels, and there are none.")
    if learn.classes:
        y = learn.targets.astype(np.int64)
        if len(np.unique(y)) < 2:
            raise FinetuneError("All samples to learn from are of one class; fine-tuning needs at least two.")
        return Wanted(y, len(learn.classes))
    numbers = learn.targets.astype(np.float64)
    spread = float(numbers.std())
    if not spread > 0:
        raise FinetuneError("All samples to learn from have the same target, so there is nothing to learn.")
    middle = float(numbers.mean())
    return Wanted(((numbers - middle) / spread).astype(np.float32), 0, middle, spread)


def frozen_features(learn: Dataset, backbone: Backbone, cache: Cache | None) -> NDArray[np.float32]:
    """Give the (N, D) embeddings of the frozen backbone, without the summaries of its stages."""
    values = embed(learn, backbone, cache=cache, show_progress=False, max_skipped=0.0).values
    return np.ascontiguousarray(np.asarray(values)[:, : backbone.card.dim], dtype=np.float32)


def starting_head(
    kind: str,
    features: NDArray[np.float32],
    aim: Wanted,
    weight: NDArray[np.float64],
    seed: int,
    given: Head | None,
) -> LinearModule | DenseModule:
    """Give the module a strategy's head starts as; `given` is a fitted linear head of these very features, or None."""
    if kind == "dense":
        return DenseModule(features, aim.outputs)
    module = LinearModule(features, aim.outputs)
    if kind == "fitted":
        head = given if fits(given, features.shape[1]) else fitted(features, aim, weight, seed)
        module.start_from(*_linear(head, aim))
    return module


def fits(head: Head | None, width: int) -> bool:
    """Say whether a head is linear in features of this width."""
    coef = getattr(head, "coef_", None)
    return coef is not None and np.shape(coef)[-1] == width


def fitted(features: NDArray[np.float32], aim: Wanted, weight: NDArray[np.float64], seed: int) -> Head:
    """Give the linear head that cross-validation chooses on these features."""
    head: Head = Logistic(seed=seed) if aim.kinds else RidgeRegression()
    return head.fit(features, aim.targets, weight)


def _linear(head: Any, aim: Wanted) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give (K, D) coefficients and (K,) intercepts; a class the head has not seen is very improbable."""
    if not aim.kinds:
        return np.atleast_2d(head.coef_), np.atleast_1d(np.float64(head.intercept_))
    coef = np.zeros((aim.kinds, head.coef_.shape[1]))
    intercept = np.full(aim.kinds, UNSEEN)
    coef[head.classes_], intercept[head.classes_] = head.coef_, head.intercept_
    return coef, intercept
