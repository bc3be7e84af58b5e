"""Tuning: one strategy on one backbone, some epochs at a time, judged on held-out samples after each stretch."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.backbones import trained
from graft.backbones.base import Backbone
from graft.backbones.runtime import pick_device
from graft.data.dataset import Dataset
from graft.extract.cache import Cache
from graft.finetune.batches import check_view, make_batches
from graft.finetune.holds import Ground, make_hold
from graft.finetune.low_rank import merge_low_rank
from graft.finetune.moving import groups_of
from graft.finetune.objective import make_objective
from graft.finetune.strategy import FinetuneError, Stage, Strategy, segments
from graft.finetune.work import Shared, Work, make_task, set_up
from graft.heads.base import Head
from graft.train import Run
from graft.train.randomness import own_randomness, seed_step


@dataclass(frozen=True, eq=False)
class Tuned:
    """What came of it: a backbone with weights of its own, the head that goes with it, and how it went."""

    backbone: Backbone
    head: Head
    strategy: str
    seconds: float
    history: list[dict[str, Any]] = field(default_factory=list)


class Tuning:
    """Moves weights as a strategy says; nothing is read or run before the first `advance`.

    `learn` and `held` are samples that can be read; `weight` (N,) counts those of `learn`. `head` is a linear head
    fitted on the frozen embeddings, to start from where the strategy wants one. `left` gives the seconds left: training
    stops cleanly when they are spent. Where only the last parts move and inputs are not changed at random, what the
    frozen parts make of every input is computed once and kept in files; with `shared`, once for all fine-tunings that
    share them. Raises FinetuneError where a strategy does not fit.
    """

    def __init__(
        self,
        backbone: Backbone,
        learn: Dataset,
        held: Dataset,
        strategy: Strategy,
        *,
        weight: NDArray[np.float64] | None = None,
        seed: int = 0,
        device: str = "auto",
        left: Callable[[], float] | None = None,
        head: Head | None = None,
        cache: Cache | None = None,
        shared: Shared | None = None,
    ) -> None:
        self.strategy, self.seed, self.device, self.left = strategy, seed, pick_device(device), left
        check_view(strategy.view, backbone.card.modality)
        self._task = make_task(backbone, learn, held, weight, head, shared)
        self.history: list[dict[str, Any]] = []
        self.epochs_done = 0
        self.seconds = self.seconds_an_epoch = 0.0
        self._cache = cache
        self._runs: dict[int, Run] = {}
        self._tuned: Tuned | None = None
        self._set: Work | None = None

    def advance(self, epochs: int) -> NDArray[np.float64]:
        """Train on for some epochs, and give what the weights then say of the held-out samples.

        These are (N_held, K) log-probabilities, or (N_held,) numbers. Raises FinetuneError once it is finished.
        """
        if self._tuned is not None:
            raise FinetuneError("This fine-tuning is finished; start another one to train on.")
        begun = time.monotonic()
        work = self._work()
        work.ending.back()
        walked = time.monotonic()
        done = 0
        for stage, count in segments(self.strategy, self.epochs_done, epochs):
            run = self._run(stage)
            before = len(run.history)
            run.advance(count)
            new = run.history[before:]
            self.history += [line | {"epoch": self.epochs_done + i} for i, line in enumerate(new, 1)]
            self.epochs_done += len(new)
            done += len(new)
            if run.stopped in ("time", "diverged"):
                break
        self.seconds_an_epoch = (time.monotonic() - walked) / max(done, 1)
        work.ending.choose()
        output = work.outcome.output()
        self.seconds += time.monotonic() - begun
        return output

    def finish(self) -> Tuned:
        """Give the backbone with the weights at hand, and its head; asked again, the same."""
        if self._tuned is None:
            work = self._work()
            head, body, parent = work.outcome.head(), work.learner.body, work.backbone.card
            if any(stage.rank for stage in self.strategy.stages):
                merge_low_rank(body.network)
            learn = self._task.learn
            told = f"{parent.trained_on or parent.name}, then {len(learn)} samples of {learn.source or 'one task'}"
            made = trained(work.backbone, body, name=f"{parent.name}+{self.strategy.name}", trained_on=told)
            self._tuned = Tuned(made, head, self.strategy.name, self.seconds, self.history)
            work.close()
        return self._tuned

    def _work(self) -> Work:
        """Set everything up the first time, by random numbers of its own."""
        if self._set is None:
            with own_randomness(self.device):
                seed_step(self.device, self.seed)
                self._set = set_up(self._task, self.strategy, device=self.device, seed=self.seed, cache=self._cache)
        return self._set

    def _run(self, stage: Stage) -> Run:
        """Give the run of a stage, set up where it is the first time."""
        number = self.strategy.stages.index(stage)
        if number not in self._runs:
            work, task = self._work(), self._task
            groups = groups_of(work.learner, stage, self.strategy.head_rate)
            moving = tuple(name for group in groups for name in group.names)
            ground = Ground(work.backbone, work.learner, moving, work.features, task.aim.targets)
            with own_randomness(self.device):
                holds = [(hold.strength, make_hold(hold.name, ground)) for hold in self.strategy.holds]
            view, body = self.strategy.view, work.learner.body
            self._runs[number] = Run(
                work.learner,
                make_objective(self.strategy, numbers=not task.aim.kinds, holds=holds),
                make_batches(work.source, task.aim.targets, task.weight, view, body, self.seed + number),
                self.strategy.recipe,
                groups=groups,
                watch=work.ending.watch if self.strategy.ending == "soup" else None,
                device=self.device,
                left=self.left,
                label=f"Fine-tuning ({self.strategy.name})",
            )
        return self._runs[number]
