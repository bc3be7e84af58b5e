"""Domain objectives through the backbone: labelled source batches and unlabelled target batches in the one loop."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from graft.align.objectives.loss import domain_objective
from graft.align.objectives.paired import PairedBatches
from graft.align.objectives.settings import SETTINGS
from graft.align.objectives.table import make_term
from graft.backbones import trained
from graft.backbones.base import Backbone
from graft.backbones.runtime import pick_device
from graft.data.dataset import Dataset
from graft.errors import did_you_mean
from graft.extract.cache import Cache
from graft.finetune.batches import SourceBatches, check_view
from graft.finetune.call import find
from graft.finetune.domain_module import Beside, Unlabelled
from graft.finetune.moving import groups_of
from graft.finetune.strategy import FinetuneError, Strategy
from graft.finetune.tuning import Tuned
from graft.finetune.work import Work, make_task, set_up
from graft.train import Group, Run
from graft.train.randomness import own_randomness, seed_step


def finetune_to(
    backbone: Backbone,
    source: Dataset,
    target: Dataset,
    objective: str = "minimum-confusion",
    strategy: str | Strategy = "lp-ft",
    *,
    epochs: int | None = None,
    weight: NDArray[np.float64] | None = None,
    seed: int = 0,
    device: str = "auto",
    left: Callable[[], float] | None = None,
    cache: Cache | None = None,
) -> tuple[Tuned, NDArray[np.float64]]:
    """Move a backbone's weights by a labelled source and an unlabelled target; give them and the target's answer.

    The answer is (M, K) log-probabilities of the target's samples, whose labels, where it has some, are dropped first.
    `objective` is one of `graft.align.objectives.settings.SETTINGS`; the strategy says what moves, in one stage and
    without changes at random. Raises FinetuneError for what there is not or does not fit.
    """
    chosen = _check(objective, find(strategy), backbone, source)
    begun, device = time.monotonic(), pick_device(device)
    unlabelled = replace(target, targets=None, classes=())
    task = make_task(backbone, source, unlabelled, weight, None)
    with own_randomness(device):
        seed_step(device, seed)
        work = set_up(task, chosen, device=device, seed=seed, cache=cache)
        module = Beside(work.learner, make_term(objective, work.learner.body.dim, task.aim.kinds))
    size, count = chosen.view.batch, chosen.recipe.epochs if epochs is None else epochs
    ones = np.zeros(len(target), np.int64), np.ones(len(target))
    paired = PairedBatches(
        SourceBatches(work.source, task.aim.targets, task.weight, size, seed),
        Unlabelled(SourceBatches(work.held, *ones, size, seed)),
        count,
    )
    run = Run(
        module, domain_objective(SETTINGS[objective]), paired, chosen.recipe, groups=_groups(module, chosen),
        device=device, left=left, label=f"Fine-tuning ({objective})",
    ).advance(count)  # fmt: skip
    answer = work.outcome.output()
    told = f"{len(source)} samples of {source.source or 'one task'} and {len(target)} of another domain"
    with own_randomness(device):
        made = _kept(work, objective, told)
    head = work.outcome.head()
    work.close()
    return Tuned(made, head, objective, time.monotonic() - begun, run.history), answer


def _check(objective: str, strategy: Strategy, backbone: Backbone, source: Dataset) -> Strategy:
    if objective not in SETTINGS:
        raise FinetuneError(f"There is no domain objective {objective!r}. {did_you_mean(objective, SETTINGS)}")
    plain = len(strategy.stages) == 1 and strategy.stages[0].moves != "low-rank" and not strategy.holds
    if not plain or strategy.view.augment or strategy.loss != "likelihood" or strategy.ending != "last":
        raise FinetuneError(
            f"{strategy.name!r} does more than move weights in one stage; with a domain objective say 'lp-ft', 'full', "
            "'last-blocks', 'layer-decay' or 'norm-only'."
        )
    if not source.classes:
        raise FinetuneError("Domain objectives tell classes apart; the source has numbers as targets.")
    check_view(strategy.view, backbone.card.modality)
    return strategy


def _groups(module: Beside, strategy: Strategy) -> list[Group]:
    own = groups_of(module.learner, strategy.stages[0], strategy.head_rate)
    groups = [Group(tuple(f"learner.{name}" for name in group.names), group.rate) for group in own]
    beside = tuple(f"term.{name}" for name, _ in module.term.named_parameters())
    return [*groups, Group(beside, strategy.head_rate)] if beside else groups


def _kept(work: Work, objective: str, told: str) -> Backbone:
    parent = work.backbone.card
    since = f"{parent.trained_on or parent.name}, then {told}"
    return trained(work.backbone, work.learner.body, name=f"{parent.name}+{objective}", trained_on=since)
