"""Whether transfer helped: what is kept beside the same data learned from scratch, in the time that is left."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graft import backbones
from graft.evaluation.crossval import class_columns
from graft.evaluation.transfer import transfer_verdict
from graft.extract.embedding import embed
from graft.heads import make
from graft.plan.budget import Clock
from graft.plan.scoring import Answers
from graft.plan.trials import Ground

if TYPE_CHECKING:
    from graft.data.dataset import Dataset

SMALL_SIDE = 48
LEARNERS = {
    "image": "a small convolutional network",
    "text": "word counts and logistic regression",
    "audio": "mel cepstra and logistic regression",
}
COUNTED = {"text": ("word-counts", "tfidf-logistic"), "audio": ("mel-statistics", "logistic")}


def verdict(answers: Answers, ground: Ground, clock: Clock, seed: int, device: str) -> dict[str, Any]:
    """Learn the same data from scratch and compare on the samples that were answered; {} where that cannot be done.

    Images train a small convolutional network from random weights; texts count words, and recordings are measured,
    which needs no pretrained weights and beats small networks from scratch. After nested cross-validation the samples
    of one fold are compared.
    """
    modality = answers.held.modality
    if modality not in LEARNERS or answers.held.task != "classification":
        return {}
    if answers.held is answers.train:
        answers = of_one_fold(answers, ground)
    learn = _by_counts if modality in COUNTED else _by_network
    scratch = learn(answers.train, answers.held, clock, seed, device)
    assert answers.held.targets is not None
    found = transfer_verdict(
        answers.held.targets,
        answers.output,
        scratch,
        answers.frozen,
        learner=LEARNERS[modality],
        groups=answers.held.groups,
        seed=seed,
    )
    return found.to_dict()


def of_one_fold(answers: Answers, ground: Ground) -> Answers:
    """Give the answers of the last fold, and the samples of all other folds to learn from."""
    held = ground.folds == ground.folds.max()
    return dataclasses.replace(
        answers,
        train=answers.train.where(~held),
        held=answers.held.where(held),
        output=answers.output[held],
        frozen=None if answers.frozen is None else answers.frozen[held],
    )


def _by_counts(train: Dataset, held: Dataset, clock: Clock, seed: int, device: str) -> NDArray[np.float64]:
    name, learner = COUNTED[train.modality]
    counts = backbones.load(name)
    learned, asked = (embed(part, counts, show_progress=False, max_skipped=0.0) for part in (train, held))
    assert train.targets is not None
    head = make(learner).fit(learned.values, train.targets)
    return class_columns(head, asked.values, len(train.classes))


def _by_network(train: Dataset, held: Dataset, clock: Clock, seed: int, device: str) -> NDArray[np.float64]:
    from graft.finetune.scratch import SCRATCH
    from graft.finetune.tuning import Tuning

    name = "random/conv" if _is_small(train) else "random/conv-84"
    network = backbones.load(name, device=device)
    tuning = Tuning(network, train, held, SCRATCH, seed=seed, device=device, left=clock.left)
    return np.asarray(np.exp(tuning.advance(SCRATCH.recipe.epochs)), dtype=np.float64)


def _is_small(dataset: Dataset) -> bool:
    from graft.data.images import decode

    return max(decode(dataset.inputs[0]).size) <= SMALL_SIDE
