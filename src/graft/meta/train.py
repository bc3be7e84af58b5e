"""The one door to meta-training: a source with many classes and a network, to a backbone that learns from few."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graft.errors import GraftError
from graft.meta.methods import METHODS, method_named
from graft.meta.shape import Shape

if TYPE_CHECKING:
    from graft.backbones.base import Backbone
    from graft.data.dataset import Dataset
    from graft.meta.learner import Learner
    from graft.meta.pool import Pool
    from graft.train.batches import Batches

BATCHES, EPOCHS, EVERY_SECONDS = 50, 20, 20.0
WATCHED, WATCHED_SAMPLES = 100, 3000


def meta_train(
    source: Any,
    *,
    out: str | os.PathLike[str] | None = None,
    ways: int = 5,
    shots: int = 1,
    queries: int = 5,
    method: str = "protonet",
    backbone: str = "auto",
    held: float | Sequence[str] = 0.2,
    turns: bool = False,
    warp: bool = False,
    parts: int = 0,
    epochs: int | None = None,
    budget: float | None = None,
    seed: int = 0,
    device: str = "auto",
    force: bool = False,
) -> Backbone:
    """Meta-train a backbone on tasks of `ways` classes and `shots` samples, and save it to `out` where that is given.

    `source` is anything `graft.read` reads, with labels; in folders within folders the innermost are the classes.
    `method` is one of METHODS, `backbone` as in `pretrain`; of its network the last `parts` parts move (0: all).
    Classes `held` out (a share, or names) are what the weights of the best of `epochs` epochs (20, or as many
    as fit into `budget`) are chosen by. `turns`
    makes classes of characters turned by quarters; with `warp` every image of a task is seen through a random affine
    map, which suits drawings. Stops after `budget` seconds; with `out` the same call goes on after a kill. Raises
    GraftError in a sentence.
    """
    from graft import backbones
    from graft.meta.keeping import keep
    from graft.meta.methods import make_learner
    from graft.meta.tail import Tail
    from graft.pretraining.saving import check_out, write_out
    from graft.pretraining.source import name_of

    method_named(method)
    folder = None if out is None else Path(out).expanduser()
    if folder is not None:
        check_out(folder, force=force)
    if warp and parts:
        raise GraftError("Only what the whole network reads can be warped; leave out warp, or say parts=0.")
    learn, other = _sides(source, held, seed, ways)
    parent = backbones.load(name_of(backbone, learn), device=device)
    learner = make_learner(method, Tail(parent.trainable(), parts), ways, seed)
    place = None if folder is None else folder.absolute().with_name(f".{folder.name}.meta")
    work = _Work(learner, parent, Shape(ways, shots, queries), turns, warp, seed, place)
    told = f"{work.shape} tasks from {len(learn.classes)} classes{', turned too' * turns}{', warped' * warp}; "
    told += f"{METHODS[method].paper}; {work.train(learn, other, epochs, budget)}"
    name = folder.name if folder else f"{Path(parent.card.name).name}-{method}"
    made = backbones.trained(parent, learner.tail.trainable, name=name, trained_on=told)
    if folder is not None:
        write_out(made, folder, force=force)
        keep(learner, method, parts, folder)
        shutil.rmtree(place or "", ignore_errors=True)
    return made


def _sides(source: Any, held: float | Sequence[str], seed: int, ways: int) -> tuple[Dataset, Dataset]:
    """Give what to learn on and what is held out, of a share at least as many classes as a task has, or half."""
    from graft.meta.source import hold_out, read_classes

    dataset = read_classes(source)
    return hold_out(dataset, held, seed, least=min(ways, len(dataset.classes) // 2))


@dataclass(frozen=True, eq=False)
class _Work:
    """A learner over the network of `parent`, and how its tasks are drawn."""

    learner: Learner
    parent: Backbone
    shape: Shape
    turns: bool
    warp: bool
    seed: int
    place: Path | None

    def train(self, learn: Dataset, other: Dataset, epochs: int | None, budget: float | None) -> str:
        """Walk the outer loop, keep the weights best on `other`, say how long; raises GraftError on divergence."""
        from graft.meta.judge import accuracy
        from graft.meta.learner import objective
        from graft.meta.pace import epochs_within
        from graft.meta.pool import pool_of
        from graft.train.recipe import Group, Recipe
        from graft.train.run import Run

        pools = [pool_of(part, self.parent, self.learner.tail, turns=self.turns) for part in (learn, other)]
        size = self.shape.ways * (self.shape.shots + self.shape.queries)
        watched = min(WATCHED, max(20, WATCHED_SAMPLES // size))
        recipe = Recipe(rate=self.learner.rate, weight_decay=0.0, clip=10.0, warm_up=0.05, optimizer="adam",
                        precision="float32", seed=self.seed)  # fmt: skip
        end = None if budget is None else time.monotonic() + budget
        batches = self._batches(pools[0])
        if epochs is None:
            epochs = EPOCHS if budget is None else epochs_within(self.learner, batches, budget, self.parent.device)
        run = Run(
            self.learner, objective, batches, recipe,
            groups=[Group(tuple(self.learner.moving()))],
            watch=lambda _: accuracy(self.learner, pools[1], self.shape, watched, self.seed).value,
            device=self.parent.device, place=self.place, every_seconds=EVERY_SECONDS, label="Meta-training",
            left=None if end is None else lambda: max(0.0, end - time.monotonic()),
        )  # fmt: skip
        run.advance(epochs)
        if run.stopped == "diverged":
            raise GraftError("Meta-training came to numbers that are not finite; nothing was saved. Try another way.")
        return f"{len(run.history)} epochs{' and a part' * (run.stopped == 'time')}, {run.seconds:.0f} s"

    def _batches(self, pool: Pool) -> Batches:
        from graft.meta.warped import Warped

        batches = self.learner.batches(pool, self.shape, BATCHES, self.seed)
        return Warped(batches, seed=self.seed) if self.warp else batches
