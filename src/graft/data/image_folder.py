"""An image folder: `class/…`, or `train|val|test/class/…`, or any images at all when there are no labels."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

from graft.data.assemble import Draft
from graft.data.folders import Found, walk, without_any
from graft.data.modalities import IMAGE
from graft.data.parts import part_named
from graft.data.references import References
from graft.data.wanted import Wanted
from graft.errors import DataError


def read_folder(root: Path, wanted: Wanted) -> Draft:
    """List the images of a folder with the class and part their folders say; no image is opened."""
    wanted.refuse_columns(f"the image folder {root}")
    found = walk(root, IMAGE)
    if not found.names:
        raise without_any(root, found, IMAGE)
    notes = found.notes(IMAGE)
    names, labels, parts = found.names, None, None
    if wanted.labelled:
        names, labels, parts = _labelled(root, found, notes)
    return Draft(
        inputs=References(names, root),
        names=names,
        modality=IMAGE.name,
        labels=labels,
        parts=parts,
        notes=notes,
        skipped=list(found.skipped),
        source=str(root),
        labels_are_folders=True,
    )


def _labelled(root: Path, found: Found, notes: list[str]) -> tuple[list[str], list[str], list[str] | None]:
    depth = 1 if _is_split(root, found.names) else 0
    placed = [(name, pieces) for name in found.names if len(pieces := name.split("/")) >= depth + 2]
    if depth:
        placed = [(name, pieces) for name, pieces in placed if part_named(pieces[0])]
    if not placed:
        raise _no_class_folders(root, found)
    if loose := len(found.names) - len(placed):
        images = "image lies" if loose == 1 else "images lie"
        notes.append(f"{loose} {images} outside any class folder of {root.name or root} and not used.")
    _note_empty(found, [pieces[depth] for _, pieces in placed], depth, notes)
    parts = [str(part_named(pieces[0])) for _, pieces in placed] if depth else None
    if parts:
        counts = ", ".join(f"{part} {count}" for part, count in Counter(parts).items())
        notes.append(f"Took the folders of {root.name or root} as parts: {counts}.")
    return [name for name, _ in placed], [pieces[depth] for _, pieces in placed], parts


def _is_split(root: Path, names: list[str]) -> bool:
    inner: dict[str, set[str]] = defaultdict(set)
    for name in names:
        pieces = name.split("/")
        if len(pieces) > 1:
            inner[pieces[0]] |= {pieces[1]} if len(pieces) > 2 else set()
    parts = {top: classes for top, classes in inner.items() if part_named(top)}
    if not parts:
        return False
    if len(parts) == len(inner):
        if not any(parts.values()):
            raise DataError(
                f"{root} has the folders {', '.join(sorted(parts))} but no class folders in them: lay the images out "
                f"as {sorted(parts)[-1]}/CLASS/image.jpg, or give a table with a path and a label column."
            )
        return True
    shared = set.intersection(*parts.values()) if len(parts) > 1 else set()
    return bool(shared) and len({part_named(top) for top in parts}) > 1


def _note_empty(found: Found, used: list[str], depth: int, notes: list[str]) -> None:
    named = {
        pieces[depth]
        for folder in found.folders
        if len(pieces := folder.split("/")) == depth + 1 and (not depth or part_named(pieces[0]))
    }
    if empty := sorted(named - set(used)):
        folders = "The class folder" if len(empty) == 1 else "The class folders"
        holds = "holds no image and is" if len(empty) == 1 else "hold no image and are"
        notes.append(f"{folders} {', '.join(map(repr, empty))} {holds} left out.")


def _no_class_folders(root: Path, found: Found) -> DataError:
    tables = [ending for ending in found.others if ending in (".csv", ".tsv", ".jsonl", ".parquet")]
    hint = f" It also holds a {tables[0]} file: if that has the labels, give it instead." if tables else ""
    count = f"{len(found.names)} image" + ("s" if len(found.names) > 1 else "")
    return DataError(
        f"{root} holds {count} but no class folders: put each image into a folder named after its class, as "
        f"{root.name or root}/CLASS/image.jpg.{hint}"
    )
