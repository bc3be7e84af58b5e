"""Material: the data read, checked and embedded with every backbone there is time for."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from graft import extract
from graft.data.checks import check_skipped, duplicate_notes, overlap, overlap_notes
from graft.data.dataset import Dataset, Skipped
from graft.data.shared_groups import in_shared_groups, shared_group_notes
from graft.data.splits import tied
from graft.errors import DataError
from graft.plan.ahead import beside, import_for_later
from graft.plan.budget import Clock
from graft.plan.focus import focused_folds, in_focus
from graft.plan.opening import opened
from graft.plan.parts import Parts
from graft.plan.promising import by_promise
from graft.plan.sampling import shrink

if TYPE_CHECKING:
    from graft.backbones.base import Backbone
    from graft.extract.cache import Cache
    from graft.extract.features import Features

PROBE, WARM_UP, PORTION = 72, 8, 16
PROBE_SHARE = 0.2  # of the time there is to embed
SLOWEST = 1e-8  # seconds a parameter and input: what no backbone on any processor should exceed
EMBEDDING_SHARE = 0.5


@dataclass(eq=False)
class Material:
    """The features of all parts under each backbone, the backbones themselves, and what was noted on the way."""

    parts: Parts
    cache: Cache
    learn: dict[str, Features] = field(default_factory=dict)
    test: dict[str, Features] = field(default_factory=dict)
    target: dict[str, Features] = field(default_factory=dict)
    backbones: dict[str, Backbone] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    embedded: int = 0

    @property
    def dataset(self) -> Dataset:
        """What is learned from, without what could not be read."""
        return next(iter(self.learn.values())).dataset

    def focus(self) -> NDArray[np.bool_] | None:
        """Mark the samples of the domain the model is for, or None where it is for all."""
        return in_focus(self.dataset, self.parts.focus)

    def tied(self) -> NDArray[np.int64]:
        """Give the number of the tie of each sample: same group or same bytes."""
        return tied(self.dataset.groups, next(iter(self.learn.values())).keys)

    def folds(self, seed: int) -> NDArray[np.int64]:
        """Give the folds of the choice: the official validation samples as one, or stratified ones.

        A validation sample that is tied to a training sample (a copy, the same group) judges nothing: it is trained on.
        With a test set but too few samples to hold any out, all are in fold -1: nothing is compared.
        """
        dataset = self.dataset
        assert dataset.targets is not None
        if self.parts.official:
            ties, held = self.tied(), dataset.parts == "validation"
            return np.where(held & ~np.isin(ties, ties[~held]), 0, -1)
        found = focused_folds(dataset.targets, self.tied(), len(dataset.classes), seed, self.focus())
        if found is not None:
            return found
        if self.test and dataset.classes:
            return np.full(len(dataset), -1)
        least = "two classes with two different samples each" if dataset.classes else "three different samples"
        raise DataError(
            f"{dataset.source or 'The data'} has fewer than {least} (copies and groups count once), so nothing can be "
            "held out to choose by; give more samples."
        )


def gather(
    parts: Parts, names: Sequence[str], clock: Clock, *, device: str, exact: bool, max_skipped: float, cache: Cache
) -> Material:
    """Embed all parts with each backbone while half of the budget lasts; the first is always used."""
    material = Material(parts, cache, notes=list(parts.learn.notes) + list(parts.notes))
    for dataset in (parts.learn, parts.test, parts.target):
        if dataset is not None:
            check_skipped(dataset.skipped, len(dataset) + len(dataset.skipped), max_skipped)
            material.skipped += dataset.skipped
    others = {part.source: part for part in (parts.target, parts.test) if part is not None}
    for part in others.values():
        material.notes += part.notes if part.source != parts.learn.source else ()
    found = list(opened(names, parts.learn.modality, material.notes, device, exact))
    beside(import_for_later, counted=parts.learn.modality == "text" and any(each.cheap for _, each in found))
    found, said, material.embedded = by_promise(found, parts.learn, max_skipped, cache)
    material.notes += [said] * bool(said)
    for name, backbone in found:
        allowed = max(EMBEDDING_SHARE * clock.budget - clock.spent(), 0.0)
        wait = _estimate(material, backbone, cache, allowed)
        if wait > allowed and material.learn:
            material.notes.append(f"{name} was left out: embedding would take about {wait:.0f} s of the budget.")
            continue
        if wait > allowed:
            material.parts, told = shrink(material.parts, allowed / wait)
            material.notes += told
        _embed(material, backbone, max_skipped, cache)
    material.notes += cache.notes
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
    for part, done in ((material.parts.test, material.test), (material.parts.target, material.target)):
        if part is not None:
            found = extract.embed(_seen(done, part), backbone, cache=cache, max_skipped=max_skipped)
            material.skipped += () if done else found.skipped
            done[name] = found
            material.embedded += found.embedded


def _seen(done: dict[str, Features], dataset: Dataset) -> Dataset:
    return next(iter(done.values())).dataset if done else dataset


def _estimate(material: Material, backbone: Backbone, cache: Cache, allowed: float) -> float:
    """Give the seconds that embedding would take, from the time a few random samples take; 0 where it surely fits."""
    dataset = _seen(material.learn, material.parts.learn)
    others = [part for part in (material.parts.test, material.parts.target) if part is not None]
    total = len(dataset) + sum(map(len, others))
    if backbone.card.parameters * SLOWEST * total <= allowed or total <= PROBE:
        return 0.0
    some = np.random.default_rng(0).choice(len(dataset), min(PROBE, len(dataset)), replace=False)
    material.embedded += _probe(dataset.take(some[:WARM_UP]), backbone, cache).embedded
    start, timed, embedded = time.monotonic(), 0, 0
    for first in range(WARM_UP, len(some), PORTION):
        portion = some[first : first + PORTION]
        timed, embedded = timed + len(portion), embedded + _probe(dataset.take(portion), backbone, cache).embedded
        if time.monotonic() - start > PROBE_SHARE * allowed:
            break
    material.embedded += embedded
    return (time.monotonic() - start) / timed * (total - WARM_UP - timed) if embedded else 0.0


def _probe(dataset: Dataset, backbone: Backbone, cache: Cache) -> Features:
    return extract.embed(dataset, backbone, cache=cache, show_progress=False, max_skipped=1.0)


def _note_copies(material: Material) -> None:
    learn = next(iter(material.learn.values()))
    material.notes += duplicate_notes(learn.dataset, learn.keys)
    if not material.test:
        return
    test = next(iter(material.test.values()))
    marked = overlap(learn.keys, test.keys)
    if marked.all():
        raise DataError(f"Every test sample of {test.dataset.source} is also in the training set; give other samples.")
    material.notes += [f"{note} They are left out." for note in overlap_notes(test.dataset, marked)]
    grouped = in_shared_groups(learn.dataset, test.dataset)
    material.notes += shared_group_notes(test.dataset, grouped)
    marked |= grouped
    if marked.all():
        raise DataError(f"No test sample of {test.dataset.source} is new; give other samples.")
    if marked.any():
        material.test = {name: f.take(np.flatnonzero(~marked)) for name, f in material.test.items()}
