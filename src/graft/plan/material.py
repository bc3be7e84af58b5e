"""Material: the data read, checked and embedded with every backbone there is time for."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graft import backbones, extract
from graft.data import read
from graft.data.checks import check_skipped, duplicate_notes, overlap, overlap_notes
from graft.data.dataset import Dataset, Skipped
from graft.data.read import has_columns
from graft.data.splits import tied
from graft.errors import DataError
from graft.plan.budget import Clock
from graft.plan.splitting import choice_folds

if TYPE_CHECKING:
    from graft.backbones.base import Backbone
    from graft.extract.cache import Cache
    from graft.extract.features import Features

PROBE, WARM_UP = 72, 8
EMBEDDING_SHARE = 0.5


@dataclass(frozen=True, eq=False)
class Parts:
    """What is learned from and what is scored on; `official`: choices are made on the validation part it came with."""

    learn: Dataset
    test: Dataset | None
    official: bool = False
    notes: tuple[str, ...] = ()


@dataclass(eq=False)
class Material:
    """The features of both parts under each backbone, the backbones themselves, and what was noted on the way."""

    parts: Parts
    learn: dict[str, Features] = field(default_factory=dict)
    test: dict[str, Features] = field(default_factory=dict)
    backbones: dict[str, Backbone] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    embedded: int = 0

    @property
    def dataset(self) -> Dataset:
        """What is learned from, without what could not be read."""
        return next(iter(self.learn.values())).dataset

    def tied(self) -> NDArray[np.int64]:
        """Give the number of the tie of each sample: same group or same bytes."""
        return tied(self.dataset.groups, next(iter(self.learn.values())).keys)

    def folds(self, seed: int) -> NDArray[np.int64]:
        """Give the folds of the choice: the official validation samples as one, or stratified ones."""
        dataset = self.dataset
        assert dataset.targets is not None
        if self.parts.official:
            return np.where(dataset.parts == "validation", 0, -1)
        found = choice_folds(dataset.targets, self.tied(), len(dataset.classes), seed)
        if found is None:
            raise DataError(
                f"{dataset.source or 'The data'} has fewer than two classes with two different samples each (copies "
                "and groups count once), so nothing can be held out to choose by; give more samples."
            )
        return found


def divide(dataset: Dataset, test: Dataset | None) -> Parts:
    """Separate what is learned from and what is scored on; raises DataError when there are no labels to learn from.

    A `validation` part makes the choices when there is a test part or a given test set; without either it is the test.
    """
    if dataset.targets is None:
        raise DataError(f"{dataset.source} has no labels; put photos in one folder a class, or name --target.")
    train, validation = dataset.part("train"), dataset.part("validation")
    test = test if test is not None else dataset.part("test")
    if dataset.parts is None or train is None:
        return Parts(dataset if dataset.parts is None or test is None else _but_test(dataset), test)
    if validation is None:
        return Parts(train, test)
    if test is None:
        said = "The validation part is the test set here: nothing is chosen on it, and it is scored once."
        return Parts(train, validation, notes=(said,))
    both = dataset.where((dataset.parts == "train") | (dataset.parts == "validation"))
    said = "Choices are made on the validation part; what is chosen is then fitted on training and validation together."
    return Parts(both, test, official=True, notes=(said,))


def _but_test(dataset: Dataset) -> Dataset:
    assert dataset.parts is not None
    return dataset.where(dataset.parts != "test")


def gather(
    parts: Parts, names: Sequence[str], clock: Clock, *, device: str, exact: bool, max_skipped: float, cache: Cache
) -> Material:
    """Embed both parts with each backbone while half of the budget lasts; the first is always used."""
    material = Material(parts, notes=list(parts.learn.notes) + list(parts.notes))
    for dataset in (parts.learn, parts.test):
        if dataset is not None:
            check_skipped(dataset.skipped, len(dataset) + len(dataset.skipped), max_skipped)
            material.skipped += dataset.skipped
    material.notes += parts.test.notes if parts.test is not None and parts.test.source != parts.learn.source else ()
    for name in names:
        backbone = backbones.load(name, device=device, exact=exact)
        wait = _estimate(material, backbone, cache) if material.learn else 0.0
        if wait > max(EMBEDDING_SHARE * clock.budget - clock.spent(), 0.0):
            material.notes.append(f"{name} was left out: embedding would take about {wait:.0f} s of the budget.")
            continue
        _embed(material, backbone, max_skipped, cache)
    _note_copies(material)
    return material


def _embed(material: Material, backbone: Backbone, max_skipped: float, cache: Cache) -> None:
    name = backbone.card.name
    learn = extract.embed(_seen(material.learn, material.parts.learn), backbone, cache=cache, max_skipped=max_skipped)
    if not material.learn:
        material.skipped += learn.skipped
    material.learn[name] = learn
    material.backbones[name] = backbone
    material.embedded += learn.embedded
    if material.parts.test is not None:
        test = extract.embed(_seen(material.test, material.parts.test), backbone, cache=cache, max_skipped=max_skipped)
        if not material.test:
            material.skipped += test.skipped
        material.test[name] = test
        material.embedded += test.embedded


def _seen(done: dict[str, Features], dataset: Dataset) -> Dataset:
    return next(iter(done.values())).dataset if done else dataset


def _estimate(material: Material, backbone: Backbone, cache: Cache) -> float:
    dataset = material.dataset
    total = len(dataset) + (len(material.parts.test) if material.parts.test is not None else 0)
    if backbone.card.parameters == 0 or total <= PROBE:
        return 0.0
    some = np.random.default_rng(0).choice(len(dataset), min(PROBE, len(dataset)), replace=False)
    warm_up, timed = np.split(some, [WARM_UP])
    material.embedded += extract.embed(dataset.take(warm_up), backbone, cache=cache, show_progress=False).embedded
    start = time.monotonic()
    probe = extract.embed(dataset.take(timed), backbone, cache=cache, show_progress=False)
    material.embedded += probe.embedded
    return (time.monotonic() - start) / probe.embedded * (total - PROBE) if probe.embedded else 0.0


def _note_copies(material: Material) -> None:
    learn = next(iter(material.learn.values()))
    material.notes += duplicate_notes(learn.dataset, learn.keys)
    if not material.test:
        return
    test = next(iter(material.test.values()))
    marked = overlap(learn.keys, test.keys)
    if marked.all():
        raise DataError(f"Every test sample of {test.dataset.source} is also in the training set; give other samples.")
    if marked.any():
        material.notes += [*overlap_notes(test.dataset, marked), "They are left out of the scores."]
        material.test = {name: f.take(np.flatnonzero(~marked)) for name, f in material.test.items()}


def read_test(source: Any, learn: Dataset, columns: dict[str, str | None], exact_labels: bool) -> Dataset:
    """Read a given test set the way the training set was read, with its class indices."""
    named = columns if has_columns(source) else dict.fromkeys(columns)
    test = read(
        source,
        input=named["input"],
        target=named["target"],
        group=named["group"],
        task=learn.task,
        modality=learn.modality,
        exact_labels=exact_labels,
        known=learn.classes,
    )
    return test.part("test") or test
