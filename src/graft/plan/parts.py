"""Parts: what is learned from and what is scored on, however the data came divided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from graft.data import read
from graft.data.dataset import Dataset
from graft.data.read import has_columns
from graft.errors import DataError


@dataclass(frozen=True, eq=False)
class Parts:
    """What is learned from, what is scored on, and the unlabelled target that is adapted to.

    `official`: choices are made on the validation part it came with. `focus` is the domain the model is for, if one is.
    """

    learn: Dataset
    test: Dataset | None
    official: bool = False
    notes: tuple[str, ...] = ()
    target: Dataset | None = None
    focus: str | None = None


def divide(dataset: Dataset, test: Dataset | None) -> Parts:
    """Separate what is learned from and what is scored on; raises DataError when there are no labels to learn from.

    A `validation` part makes the choices when there is a test part or a given test set; without either it is the test.
    """
    if dataset.targets is None:
        raise DataError(
            f"{dataset.source} has no labels; put photos or recordings in one folder a class, or name --target."
        )
    train, validation = dataset.part("train"), dataset.part("validation")
    test = test if test is not None else dataset.part("test")
    if dataset.parts is None:
        return Parts(dataset, test)
    if train is None:
        raise _no_training_part(dataset)
    if validation is None:
        return Parts(train, test)
    if test is None:
        said = "The validation part is the test set here: nothing is chosen on it, and it is scored once."
        return Parts(train, validation, notes=(said,))
    both = dataset.where((dataset.parts == "train") | (dataset.parts == "validation"))
    said = "Choices are made on the validation part; what is chosen is then fitted on training and validation together."
    return Parts(both, test, official=True, notes=(said,))


def _no_training_part(dataset: Dataset) -> DataError:
    held = " and a ".join(str(part) for part in np.unique(np.asarray(dataset.parts)))
    return DataError(f"{dataset.source} has a {held} part only: add a train part, or give the folder to learn from.")


def read_test(source: Any, learn: Dataset, columns: dict[str, str | None], exact_labels: bool) -> Dataset:
    """Read a given test set the way the training set was read, with its class indices."""
    named = columns if has_columns(source) else dict.fromkeys(columns)
    test = read(
        source,
        input=named["input"],
        target=named["target"],
        group=named["group"],
        domain=named.get("domain"),
        task=learn.task,
        modality=learn.modality,
        exact_labels=exact_labels,
        known=learn.classes,
    )
    return test.part("test") or test
