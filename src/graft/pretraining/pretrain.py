"""The one door to pretraining: data and a network to start from, to a backbone with a card."""

from __future__ import annotations

import dataclasses
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graft.errors import GraftError
from graft.pretraining.methods import METHODS, Method, choose_method, method_named, starter

if TYPE_CHECKING:
    from graft.backbones.base import Backbone
    from graft.data.dataset import Dataset
    from graft.pretraining.task import Task
    from graft.train.run import Run

EVERY_SECONDS = 20.0


def pretrain(
    source: Any,
    *,
    out: str | os.PathLike[str] | None = None,
    backbone: str = "auto",
    method: str = "auto",
    epochs: int | None = None,
    budget: float | None = None,
    seed: int = 0,
    device: str = "auto",
    force: bool = False,
    input: str | None = None,
    target: str | None = None,
) -> Backbone:
    """Pretrain a backbone on a source of images, texts or recordings, and save it to the folder `out` where given.

    `source` is anything `graft.read` reads. `backbone` is `conv`, `conv-84` or `conv-mel` (small networks with random
    weights), `random/<name>`, or any backbone whose weights are gone on with; `auto` is what suits the data. `method`
    is one of METHODS; `auto` is supervised for labelled images and recordings, VICReg for others and masked language
    modelling for texts.
    It goes on for `epochs`, or as long as `budget` seconds, or for 1,500 steps. With `out`, checkpoints are kept beside
    it in `.NAME.pretraining` until the end, and the same call goes on from them after a kill. A folder that holds a
    backbone is replaced with `force` only. Raises GraftError in a sentence.
    """
    from graft import backbones
    from graft.pretraining.saving import check_out, write_out
    from graft.pretraining.source import name_of, read_source

    left = _until(budget)
    if method != "auto":
        method_named(method)
    folder = None if out is None else Path(out).expanduser()
    if folder is not None:
        check_out(folder, force=force)
    dataset = read_source(source, method, input=input, target=target)
    chosen = choose_method(method, dataset)
    parent = backbones.load(name_of(backbone, dataset), device=device)
    if parent.card.modality != dataset.modality:
        raise GraftError(f"{parent.card.name} reads {parent.card.modality}s, and the source holds {dataset.modality}s.")
    task = starter(chosen)(parent, dataset, seed)
    place = None if folder is None else folder.absolute().with_name(f".{folder.name}.pretraining")
    run = _trained(task, parent, chosen, {"epochs": epochs, "budget": budget, "seed": seed}, left, place)
    made = _named(parent, task, folder.name if folder else f"{_bare(parent)}-{chosen.name}",
                  _told(dataset, chosen, task, run))  # fmt: skip
    if folder is not None:
        write_out(made, folder, force=force)
        shutil.rmtree(place or "", ignore_errors=True)
    return made


def _trained(
    task: Task,
    parent: Backbone,
    method: Method,
    asked: dict[str, Any],
    left: Callable[[], float] | None,
    place: Path | None,
) -> Run:
    from graft.pretraining.length import epochs_for, remembered
    from graft.pretraining.task import groups_for
    from graft.train.run import Run

    data = str(getattr(task.batches, "mark", ""))
    known = asked | {"backbone": parent.card.sha256, "method": method.name, "source": data}
    epochs = remembered(place, known, lambda: epochs_for(task, asked["epochs"], left, parent.device))
    run = Run(task.module, task.objective, task.batches, task.recipe, groups=groups_for(task), device=parent.device,
              place=place, every_seconds=EVERY_SECONDS, left=left, label=f"Pretraining ({method.name})")  # fmt: skip
    run.advance(epochs)
    if run.stopped == "diverged":
        raise GraftError(
            f"Pretraining by {method.name} came to numbers that are not finite after {run.epochs_done} epochs, so "
            f"nothing was saved. Choose another of {', '.join(METHODS)}."
        )
    return run


def _told(dataset: Dataset, method: Method, task: Task, run: Run) -> str:
    """Say what a backbone was trained on and how, for its card."""
    count = len(dataset) - len(task.skipped)
    nouns = f"{'labelled' if method.labels else 'unlabelled'} {dataset.modality}s"
    origin = f" of {Path(dataset.source).name}" if dataset.source else ""
    done = len(run.history)
    length = f"{done} epoch{'s' * (done != 1)}{' and a part' * (run.stopped == 'time')}, {run.seconds:.0f} s"
    parts = [f"{count} {nouns}{origin}", method.paper, length, *([task.said] if task.said else [])]
    return "; ".join([*parts, *([f"{len(task.skipped)} left out, not readable"] if task.skipped else [])])


def _named(parent: Backbone, task: Task, name: str, told: str) -> Backbone:
    """Give the backbone that was made, under its parent's licence, or where it had none, under that of its data."""
    from graft.backbones import trained
    from graft.backbones.catalogue import build
    from graft.pretraining.task import is_fresh

    made: Any = trained(parent, task.trainable, name=name, trained_on=told)
    if not is_fresh(parent):
        return made  # type: ignore[no-any-return]
    card = dataclasses.replace(made.blueprint.card, licence="that of its training data")
    return build(dataclasses.replace(made.blueprint, card=card), made.device, made.exact, made.runtime)


def _bare(parent: Backbone) -> str:
    return Path(parent.card.name).name


def _until(budget: float | None) -> Callable[[], float] | None:
    """Give the function that tells the seconds left; raises GraftError for a budget that leaves none."""
    if budget is None:
        return None
    if budget <= 0:
        raise GraftError(f"A budget of {budget} seconds leaves no time.")
    end = time.monotonic() + budget
    return lambda: max(0.0, end - time.monotonic())
