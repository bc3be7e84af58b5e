"""Patients as groups: images that name their patient inside the file are kept on one side of every split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from graft.data.assemble import Draft
from graft.data.medical import Header, dicom_header
from graft.data.modalities import IMAGE

SHOWN = 3


def with_patients(draft: Draft) -> Draft:
    """Give a draft of images its patients as groups where DICOM files name them and nothing else was asked for.

    Only headers are read. A note says so, and names what has several frames, of which the middle one is shown.
    """
    if draft.modality != IMAGE.name:
        return draft
    found = _headers(draft.inputs)
    several = [str(draft.names[i]) for i, header in found.items() if header.frames > 1]
    if several:
        which = ", ".join(several[:SHOWN]) + (", …" if len(several) > SHOWN else "")
        draft.notes.append(f"{len(several)} DICOM files have several frames ({which}): the middle one is taken.")
    counts = Counter(header.patient for header in found.values() if header.patient)
    if draft.groups is not None or not counts:
        return draft
    images = sum(counts.values())
    told = f"{images} DICOM files name {len(counts)} patients"
    if len(counts) < images:
        draft.groups = [found[i].patient if i in found and found[i].patient else None for i in range(len(draft.inputs))]
        draft.notes.append(
            f"{told}; the images of a patient are kept on one side of every split (--group names others)."
        )
    return draft


def _headers(inputs: Sequence[Any]) -> dict[int, Header]:
    found: dict[int, Header] = {}
    root, items = getattr(inputs, "root", None), getattr(inputs, "items", None)
    if root is None or items is None:
        return found
    for i, item in enumerate(items):
        name = Path(item) if isinstance(item, str) else None
        if name is not None and (name.suffix.lower() in (".dcm", ".dicom") or not name.suffix):
            header = dicom_header(root / name)
            if header is not None:
                found[i] = header
    return found
