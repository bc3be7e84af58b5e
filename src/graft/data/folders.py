"""Walking a folder: every file in an order no file system decides, links followed, loops not."""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from graft.data.dataset import Skipped
from graft.data.modalities import MODALITIES, Modality
from graft.errors import DataError

CLUTTER = frozenset({"thumbs.db", "desktop.ini", "__macosx", "lost+found"})
Pending = tuple[str, tuple[tuple[int, int], ...]]


@dataclass
class Found:
    """What a folder holds: names relative to it with `/`, in order, and what was passed over."""

    names: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)
    skipped: list[Skipped] = field(default_factory=list)

    def notes(self, modality: Modality) -> list[str]:
        """Say once how many files were of another kind."""
        if not self.others:
            return []
        kinds = ", ".join(f"{count} {ending or 'without ending'}" for ending, count in self.others.most_common(3))
        files = "file is" if self.others.total() == 1 else "files are"
        return [f"{self.others.total()} {files} no {modality.noun} and not used ({kinds})."]


def walk(root: Path, modality: Modality) -> Found:
    """List the files of a modality under `root` at any depth; hidden files and system clutter are not there at all."""
    found = Found()
    pending: list[Pending] = [("", (_identity(root),))]
    while pending:
        folder, above = pending.pop()
        try:
            with os.scandir(root / folder) as entries:
                listed = list(entries)
        except OSError as error:
            found.skipped.append(Skipped(folder or ".", f"The folder cannot be opened ({error.strerror})."))
            continue
        for entry in listed:
            if not entry.name.startswith(".") and entry.name.casefold() not in CLUTTER:
                _sort_in(entry, f"{folder}/{entry.name}" if folder else entry.name, modality, found, pending, above)
    found.names.sort(key=in_order)
    found.folders.sort(key=in_order)
    found.skipped.sort(key=lambda skip: in_order(skip.name))
    return found


def in_order(name: str) -> tuple[list[str], str]:
    """Give the sort key of a relative name: by folder, in composed Unicode form, so every system gives one order."""
    return unicodedata.normalize("NFC", name).split("/"), name


def without_any(root: Path, found: Found, modality: Modality) -> DataError:
    """Give the error for a folder without a single file of the modality: what it holds, and what would work."""
    if found.skipped:
        return DataError(f"{root} holds no {modality.noun}. {found.skipped[0].name}: {found.skipped[0].reason}")
    if not found.others:
        return DataError(f"{root} is empty: put one folder per class into it, each with its {modality.nouns}.")
    held = ", ".join(f"{count} {ending or 'files without ending'}" for ending, count in found.others.most_common(3))
    known = {ending for other in MODALITIES.values() for ending in other.extensions}
    hint = " Texts are read from a table (CSV, JSON Lines, Parquet)." if known & set(found.others) else ""
    return DataError(f"{root} holds no {modality.noun} (found: {held}); {_endings(modality)} are read.{hint}")


def _endings(modality: Modality) -> str:
    return ", ".join(sorted(modality.extensions))


def _sort_in(
    entry: os.DirEntry[str],
    name: str,
    modality: Modality,
    found: Found,
    pending: list[Pending],
    above: tuple[tuple[int, int], ...],
) -> None:
    try:
        is_folder = entry.is_dir()
    except OSError:
        found.skipped.append(Skipped(name, "The link points to itself."))
        return
    if is_folder:
        identity = _identity(Path(entry.path))
        if identity not in above:
            found.folders.append(name)
            pending.append((name, (*above, identity)))
    elif entry.is_file():
        ending = Path(entry.name).suffix.lower()
        if not _is_text(name):
            shown = name.encode("utf-8", "backslashreplace").decode()
            found.skipped.append(Skipped(shown, "Its name is no valid UTF-8: rename it."))
        elif modality.is_file(entry.name):
            found.names.append(name)
        else:
            found.others[ending] += 1
    elif entry.is_symlink():
        found.skipped.append(Skipped(name, "The link points to nothing."))


def _is_text(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino
