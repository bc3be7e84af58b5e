"""Checks on classes: too few of them, single samples, and a test set that has others than the training set."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from graft.data.dataset import Dataset, Skipped
from graft.data.labels import spelling
from graft.errors import DataError


def class_notes(dataset: Dataset) -> Dataset:
    """Add a sentence on classes with one sample; raises DataError when there is one class, or one amount, only.

    Where the dataset has a training part, it is the training part that counts.
    """
    learnt = dataset.part("train") or dataset
    if dataset.task != "classification":
        _check_amounts(learnt)
        return dataset
    counts = {name: count for name, count in learnt.counts().items() if count}
    if len(counts) == 1:
        only = next(iter(counts))
        raise DataError(
            f"{_all(learnt)} of one class, {only!r}: at least two classes are needed to learn from{_deeper(learnt)}."
        )
    single = [name for name, count in counts.items() if count == 1]
    if not single:
        return dataset
    which = "Class" if len(single) == 1 else "Classes"
    has = "has one sample only" if len(single) == 1 else "have one sample only each"
    note = f"{which} {_named(single)} {has}: it is hard to learn from one, and it cannot be tested."
    return dataclasses.replace(dataset, notes=(*dataset.notes, note))


def _check_amounts(learnt: Dataset) -> None:
    if learnt.targets is not None and len(learnt) and np.all(learnt.targets == learnt.targets[0]):
        value = f"{learnt.targets[0]:g}"
        raise DataError(f"{_all(learnt)} of one value, {value}: different numbers are needed to learn from.")


def _all(learnt: Dataset) -> str:
    return f"All {len(learnt)} samples are" if len(learnt) > 1 else "The only sample that can be read is"


def only_known(dataset: Dataset) -> Dataset:
    """Leave out samples of validation and test parts whose class the training part does not have."""
    train = dataset.part("train")
    if dataset.task != "classification" or dataset.targets is None or train is None:
        return dataset
    present = train.counts()
    known = tuple(name for name in dataset.classes if present[name])
    return dataset if known == dataset.classes else match_classes(dataset, known)


def match_classes(test: Dataset, classes: tuple[str, ...]) -> Dataset:
    """Give the test set with its targets as indices into the training `classes`.

    Labels are matched exactly, then by spelling (space, letter case, Unicode form). Samples of other classes go to
    `skipped`, with one sentence. Amounts are read into classes and back where the training task asks for it. Raises
    DataError when nothing is in common.
    """
    if test.targets is None:
        raise DataError("The test set has no targets: give it labels, or predict on it instead.")
    if not classes:
        return _as_amounts(test)
    labels = test.classes or tuple(f"{value:g}" for value in np.unique(test.targets))
    codes = test.targets.astype(np.int64) if test.classes else np.unique(test.targets, return_inverse=True)[1]
    spelt = Counter(spelling(name) for name in classes)
    loose = {spelling(name): k for k, name in enumerate(classes) if spelt[spelling(name)] == 1}
    exact = {name: k for k, name in enumerate(classes)}
    to = np.asarray([exact.get(label, loose.get(spelling(label), -1)) for label in labels], dtype=np.int64)
    targets = to[codes]
    if not np.any(targets >= 0):
        raise DataError(
            f"The test set and the training set have no class in common: {_named(labels)} against {_named(classes)}."
        )
    return _without_unknown(test, [labels[code] for code in codes], targets, classes)


def _without_unknown(
    test: Dataset, labels: Sequence[str], targets: NDArray[np.int64], classes: tuple[str, ...]
) -> Dataset:
    unknown = np.flatnonzero(targets < 0).tolist()
    mapped = dataclasses.replace(test, targets=targets, classes=classes)
    if not unknown:
        return mapped
    counts = Counter(labels[i] for i in unknown)
    told = ", ".join(f"{label!r} ({count})" for label, count in sorted(counts.items()))
    samples = "sample of a class" if len(unknown) == 1 else "samples of classes"
    verb = "was" if len(unknown) == 1 else "were"
    note = f"{len(unknown)} {samples} not among the training classes {verb} left out: {told}."
    left_out = [Skipped(test.names[i], f"Its class {labels[i]!r} is not among the training classes.") for i in unknown]
    kept = mapped.where(targets >= 0)
    return dataclasses.replace(kept, notes=(*test.notes, note), skipped=(*test.skipped, *left_out))


def _as_amounts(test: Dataset) -> Dataset:
    if not test.classes or test.targets is None:
        return test
    try:
        amounts = np.asarray([float(name.replace(",", ".")) for name in test.classes])
    except ValueError:
        raise DataError(f"The model predicts amounts, but the test set has classes: {_named(test.classes)}.") from None
    return dataclasses.replace(test, targets=amounts[test.targets], classes=())


def _named(names: Sequence[str]) -> str:
    told = ", ".join(map(repr, names[:10]))
    return f"{told} and {len(names) - 10} more" if len(names) > 10 else told


def _deeper(dataset: Dataset) -> str:
    """Say where the classes may be when one folder was given too high up."""
    inner = {name.split("/")[1] for name in dataset.names[:1000] if name.count("/") > 1}
    if dataset.parts is not None or len(inner) < 2:
        return ""
    top = dataset.names[0].split("/")[0]
    return f" (did you mean the folder {top} in {dataset.source}, which has {_named(sorted(inner))}?)"
