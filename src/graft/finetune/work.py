"""What a fine-tuning works with: the task as it was given, and body, head and states once they are set up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graft.backbones import at_size
from graft.backbones.base import Backbone
from graft.backbones.trainable import Trainable
from graft.data.dataset import Dataset
from graft.extract.cache import Cache
from graft.finetune.ending import Ending
from graft.finetune.learner import Learner
from graft.finetune.low_rank import add_low_rank
from graft.finetune.moving import first_anew
from graft.finetune.outcome import Outcome
from graft.finetune.sizes import suited_size
from graft.finetune.sources import Source
from graft.finetune.start import Wanted, frozen_features, starting_head, wanted
from graft.finetune.states import States
from graft.finetune.strategy import FinetuneError, Strategy
from graft.heads.base import Head


@dataclass(frozen=True, eq=False)
class Task:
    """What is to be learned, from which samples counting how much, and by which held-out ones it is judged.

    `weight` (N,) has mean 1; `head` is a linear head on the backbone's own embeddings, or None.
    """

    backbone: Backbone
    learn: Dataset
    held: Dataset
    aim: Wanted
    weight: NDArray[np.float64]
    head: Head | None
    shared: Shared | None = None


@dataclass(frozen=True, eq=False)
class Shared:
    """States of a whole data set that several fine-tunings read, and which of its rows one learns and is judged by."""

    states: States
    learn: NDArray[np.int64]
    held: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Work:
    """The backbone at the size it is trained at, its learner, where states come from, and how outputs are judged.

    `held` gives the states of the held-out samples; `features` (N, D) are the frozen embeddings; `own` are
    the states that nothing else reads.
    """

    backbone: Backbone
    learner: Learner
    source: Source
    held: Source
    outcome: Outcome
    ending: Ending
    features: NDArray[np.float32]
    own: tuple[States, ...]

    def close(self) -> None:
        """Give back the room of what nothing else reads."""
        for states in self.own:
            states.close()


def make_task(
    backbone: Backbone,
    learn: Dataset,
    held: Dataset,
    weight: NDArray[np.float64] | None,
    head: Head | None,
    shared: Shared | None = None,
) -> Task:
    """Check what is given; raises FinetuneError where samples do not fit the backbone, or weights the samples."""
    if learn.modality != backbone.card.modality:
        raise FinetuneError(
            f"{backbone.card.name} reads inputs of the kind {backbone.card.modality!r}, and these are of the kind "
            f"{learn.modality!r}."
        )
    weights = np.ones(len(learn)) if weight is None else np.asarray(weight, dtype=np.float64)
    if weights.shape != (len(learn),) or not (weights >= 0).all() or not weights.any():
        raise FinetuneError(f"The weights must be {len(learn)} numbers, none negative and not all zero.")
    return Task(backbone, learn, held, wanted(learn), weights / weights.mean(), head, shared)


def set_up(task: Task, strategy: Strategy, *, device: str, seed: int, cache: Cache | None) -> Work:
    """Read the inputs, run what stays frozen once, and put body and head together."""
    backbone, body = _at_its_size(task, strategy.view.input_size)
    given = task.head if backbone is task.backbone else None
    first = first_anew(body, strategy)
    features = frozen_features(task.learn, backbone, cache)
    head = starting_head(strategy.head, features, task.aim, task.weight, seed, given)
    rank = max(stage.rank for stage in strategy.stages)
    if rank:
        add_low_rank(body.network, rank)
    learner = Learner(body, head, first=first, norms_follow=strategy.norms_follow).to(device).eval()
    shared = task.shared
    own = () if shared else (States(task.learn.inputs), States(task.held.inputs))
    if shared:
        source, held = (shared.states.of(backbone, learner, device, rows) for rows in (shared.learn, shared.held))
    else:
        source, held = (states.of(backbone, learner, device) for states in own)
    outcome = Outcome(learner, source, held, task.aim, task.weight, strategy.loss == "contrastive", seed)
    ending = Ending(strategy.ending, learner, lambda: outcome.loss(task.held.targets))
    return Work(backbone, learner, source, held, outcome, ending, features, own)


def _at_its_size(task: Task, size: int) -> tuple[Backbone, Trainable]:
    """Give backbone and body for the size that is wanted or suits the images; one that cannot be cut keeps its own."""
    backbone = task.backbone
    body, own = backbone.trainable(), backbone.card.input_size
    if not size and own and len(body.parts) > 1 and task.learn.modality == "image":
        size = suited_size(task.learn.inputs, own)
    if not size or size == own:
        return backbone, body
    smaller = at_size(backbone, size)
    return smaller, smaller.trainable()
