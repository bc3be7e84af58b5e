"""Files without labels: one text per line, one image or recording, or a list of any files and folders."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from graft.data.assemble import Draft
from graft.data.encodings import read_text
from graft.data.modalities import TEXT, Modality, by_path
from graft.data.references import Chained, References, exists
from graft.data.wanted import Wanted
from graft.errors import DataError


def draft_lines(path: Path, wanted: Wanted) -> Draft:
    """Take every line of a text file as one text; empty lines are skipped with their number."""
    wanted.refuse_columns(f"the text file {path}")
    if wanted.labelled:
        raise DataError(
            f"{path} holds one text per line and so no labels: give a table with a text and a label column "
            "(CSV, TSV, JSON Lines, Parquet)."
        )
    notes: list[str] = []
    lines = re.split(r"\r\n|\r|\n", read_text(path, notes))
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines:
        raise DataError(f"{path} is empty: it should hold one text per line.")
    unusable = {i: "The line is empty." for i, line in enumerate(lines) if not line.strip()}
    names = [f"line {number}" for number in range(1, len(lines) + 1)]
    return Draft(lines, names, TEXT.name, notes=notes, unusable=unusable, source=str(path))


def draft_single(path: Path, modality: Modality, wanted: Wanted) -> Draft:
    """Take one file of a modality."""
    wanted.refuse_columns(f"the {modality.noun} {path}")
    if wanted.labelled:
        raise DataError(
            f"{path} is a single {modality.noun}: to learn, give a folder with one folder of {modality.nouns} per "
            "class."
        )
    return Draft(References([str(path)], Path()), [str(path)], modality.name, source=str(path))


def are_files(items: Sequence[Any]) -> bool:
    """Say whether a list names existing files or folders, not all of which are plain inputs of one modality."""
    if not all(isinstance(item, str | os.PathLike) and exists(Path(item)) for item in items):
        return False
    files = all(Path(item).is_file() for item in items)
    return not (files and any(all(map(modality.may_be, items)) for modality in by_path()))


def joined(drafts: Sequence[Draft]) -> Draft:
    """Put drafts without labels one after another; raises DataError when they are of different modalities."""
    kinds = sorted({draft.modality for draft in drafts})
    if len(kinds) > 1:
        raise DataError(f"The sources hold {' and '.join(kinds)}: give one kind of input at a time.")
    starts = [sum(len(draft.inputs) for draft in drafts[:k]) for k in range(len(drafts))]
    return Draft(
        inputs=Chained([draft.inputs for draft in drafts]),
        names=[_placed(name, draft) for draft in drafts for name in draft.names],
        modality=kinds[0],
        notes=[note for draft in drafts for note in draft.notes],
        skipped=[skip for draft in drafts for skip in draft.skipped],
        unusable={
            start + i: why for start, draft in zip(starts, drafts, strict=True) for i, why in draft.unusable.items()
        },
    )


def _placed(name: str, draft: Draft) -> str:
    return name if name == draft.source else f"{draft.source}/{name}"
