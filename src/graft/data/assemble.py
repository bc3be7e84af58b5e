"""From what a reader found to a Dataset: unusable samples set aside, targets encoded, classes checked."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.data.cells import is_missing
from graft.data.checks import too_few_left
from graft.data.classes import class_notes, match_classes, only_known
from graft.data.dataset import Dataset, Skipped
from graft.data.modalities import modality_named
from graft.data.targets import Encoded, encode
from graft.data.wanted import Wanted
from graft.errors import DataError

ALONE = "alone "


@dataclass
class Draft:
    """What a reader found, sample by sample; `unusable` gives the reason why a sample (by index) must be left out.

    `rows` names samples in messages where that says more than `names` (`row 12`); `target` is what to call the target.
    """

    inputs: Sequence[Any]
    names: Sequence[str]
    modality: str
    labels: Sequence[Any] | None = None
    groups: Sequence[Any] | None = None
    domains: Sequence[Any] | None = None
    parts: Sequence[str] | None = None
    notes: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    unusable: dict[int, str] = field(default_factory=dict)
    source: str = ""
    rows: Sequence[str] | None = None
    target: str = "the target"
    labels_are_folders: bool = False


def assemble(draft: Draft, wanted: Wanted) -> Dataset:
    """Give the Dataset of a draft, without the samples that cannot be used.

    Raises DataError when no sample can be used, when the inputs are of another modality than wanted, when the targets
    fit no task, or when there is one class only and it is not a test set of known classes.
    """
    if wanted.modality not in (None, draft.modality):
        asked, held = modality_named(str(wanted.modality)), modality_named(draft.modality)
        raise DataError(f"{draft.source or 'The source'} holds {held.nouns}, but {asked.nouns} are needed.")
    apart = unlabelled_domains(draft, wanted)
    encoded = _encode(dataclasses.replace(draft, unusable=draft.unusable | apart), wanted)
    shown = draft.rows or draft.names
    unusable = encoded.unusable if encoded else draft.unusable
    dataset = Dataset(
        inputs=draft.inputs,
        names=draft.names,
        modality=draft.modality,
        targets=encoded.targets if encoded else None,
        classes=encoded.classes if encoded else (),
        groups=_filled(draft.groups, [f"{ALONE}{name}" for name in shown]),
        domains=_filled(draft.domains, ["unknown"] * len(shown)),
        parts=None if draft.parts is None else np.asarray(draft.parts, dtype=np.str_),
        notes=(*draft.notes, *(encoded.notes if encoded else ())),
        skipped=(*draft.skipped, *(Skipped(str(shown[i]), unusable[i]) for i in sorted(unusable) if i not in apart)),
        source=draft.source,
    )
    if len(unusable) == len(dataset):
        raise too_few_left(len(dataset), dataset.skipped)
    whole = dataset
    if unusable:
        dataset = dataset.where(~np.isin(np.arange(len(dataset)), list(unusable)))
    if apart:
        dataset = _with_unlabelled(dataset, whole.take(sorted(apart)))
    if wanted.known is not None and encoded:
        return match_classes(dataset, wanted.known)
    return class_notes(only_known(dataset))


def unlabelled_domains(draft: Draft, wanted: Wanted) -> dict[int, str]:
    """Give the usable samples of domains without a single label, where other domains have some."""
    if draft.domains is None or draft.labels is None or not wanted.labelled:
        return {}
    usable = [i for i in range(len(draft.inputs)) if i not in draft.unusable]
    labelled = {str(draft.domains[i]).strip() for i in usable if not is_missing(draft.labels[i])}
    apart = [i for i in usable if not is_missing(draft.domains[i]) and str(draft.domains[i]).strip() not in labelled]
    return dict.fromkeys(apart, "Its domain has no labels.") if labelled else {}


def _with_unlabelled(dataset: Dataset, apart: Dataset) -> Dataset:
    names = " and ".join(map(repr, np.unique(np.asarray(apart.domains)).tolist()))
    note = f"No sample of {names} has a label: its {len(apart)} are taken as an unlabelled target domain."
    bare = dataclasses.replace(apart, targets=None, classes=(), parts=None, notes=(), skipped=())
    return dataclasses.replace(dataset, notes=(*dataset.notes, note), unlabelled=bare)


def _encode(draft: Draft, wanted: Wanted) -> Encoded | None:
    """Encode the targets of the samples whose inputs can be used; the others count as unusable too."""
    if draft.labels is None or not wanted.labelled:
        return None
    usable = [i for i in range(len(draft.inputs)) if i not in draft.unusable]
    encoded = encode([draft.labels[i] for i in usable], wanted, draft.target, folders=draft.labels_are_folders)
    targets = np.zeros(len(draft.inputs), dtype=encoded.targets.dtype)
    targets[usable] = encoded.targets
    unusable = draft.unusable | {usable[i]: reason for i, reason in encoded.unusable.items()}
    return Encoded(targets, encoded.classes, encoded.notes, unusable)


def _filled(values: Sequence[Any] | None, instead: Sequence[str]) -> NDArray[np.str_] | None:
    if values is None:
        return None
    strings = [other if is_missing(v) else str(v).strip() for v, other in zip(values, instead, strict=True)]
    return np.asarray(strings, dtype=np.str_)
