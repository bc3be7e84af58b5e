"""A folder of images or recordings: `class/…`, `train|val|test/class/…`, `domain/class/…`, or, unlabelled, any."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

from graft.data.assemble import Draft
from graft.data.domain_folders import WORDS, domain_folders
from graft.data.folders import Found, walk, without_any
from graft.data.modalities import IMAGE, Modality, by_path, modality_named
from graft.data.parts import part_named
from graft.data.references import References
from graft.data.wanted import Wanted
from graft.errors import DataError


@dataclass(frozen=True)
class Told:
    """What folders say of files: their class (None: of a domain without any), their part and their domain."""

    names: list[str]
    labels: list[str | None] | None = None
    parts: list[str] | None = None
    domains: list[str] | None = None


def read_folder(root: Path, wanted: Wanted) -> Draft:
    """List the files of a folder with the class, part and domain their folders say; none is opened."""
    kind = modality_named(wanted.modality) if wanted.modality else None
    modality, found = _walked(root, kind if kind and kind.by_path else None)
    asked = wanted.domain if isinstance(wanted.domain, str) and wanted.domain in WORDS else None
    (replace(wanted, domain=None) if asked else wanted).refuse_columns(f"the {modality.noun} folder {root}")
    if not found.names:
        raise without_any(root, found, modality)
    notes = found.notes(modality)
    told = _labelled(root, found, modality, notes, asked) if wanted.labelled else Told(found.names)
    return Draft(
        inputs=References(told.names, root),
        names=told.names,
        modality=modality.name,
        labels=told.labels,
        domains=told.domains,
        parts=told.parts,
        notes=notes,
        skipped=list(found.skipped),
        source=str(root),
        labels_are_folders=True,
    )


def _walked(root: Path, wanted: Modality | None) -> tuple[Modality, Found]:
    """Give the modality of a folder, that of most of its files where none is wanted, and its files."""
    modality = wanted or IMAGE
    found = walk(root, modality)
    if wanted is None:
        counts = {other: sum(found.others[end] for end in other.extensions) for other in by_path()}
        most = max(counts, key=lambda other: counts[other])
        if counts[most] > len(found.names):
            return most, walk(root, most)
    return modality, found


def _labelled(root: Path, found: Found, modality: Modality, notes: list[str], asked: str | None) -> Told:
    domains, doubt = domain_folders(found.names, asked, str(root))
    if domains is not None:
        notes.append(domains.note(modality))
        split = [(name, name.split("/")) for name in found.names if "/" in name]
        labels = [pieces[1] if pieces[0] in domains.labelled and len(pieces) > 2 else None for _, pieces in split]
        return Told([name for name, _ in split], labels, None, [pieces[0] for _, pieces in split])
    notes += [doubt] * bool(doubt)
    depth = 1 if _is_split(root, found.names, modality) else 0
    placed = [(name, pieces) for name in found.names if len(pieces := name.split("/")) >= depth + 2]
    if depth:
        placed = [(name, pieces) for name, pieces in placed if part_named(pieces[0])]
    if not placed:
        raise _no_class_folders(root, found, modality)
    if loose := len(found.names) - len(placed):
        files = f"{modality.noun} lies" if loose == 1 else f"{modality.nouns} lie"
        notes.append(f"{loose} {files} outside any class folder of {root.name or root} and not used.")
    _note_empty(found, [pieces[depth] for _, pieces in placed], depth, modality, notes)
    parts = [str(part_named(pieces[0])) for _, pieces in placed] if depth else None
    if parts:
        counts = ", ".join(f"{part} {count}" for part, count in Counter(parts).items())
        notes.append(f"Took the folders of {root.name or root} as parts: {counts}.")
    return Told([name for name, _ in placed], [pieces[depth] for _, pieces in placed], parts)


def _is_split(root: Path, names: list[str], modality: Modality) -> bool:
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
                f"{root} has the folders {', '.join(sorted(parts))} but no class folders in them: lay the "
                f"{modality.nouns} out as {sorted(parts)[-1]}/CLASS/{modality.example}, or give a table with a "
                "path and a label column."
            )
        return True
    shared = set.intersection(*parts.values()) if len(parts) > 1 else set()
    return bool(shared) and len({part_named(top) for top in parts}) > 1


def _note_empty(found: Found, used: list[str], depth: int, modality: Modality, notes: list[str]) -> None:
    named = {
        pieces[depth]
        for folder in found.folders
        if len(pieces := folder.split("/")) == depth + 1 and (not depth or part_named(pieces[0]))
    }
    if empty := sorted(named - set(used)):
        folders = "The class folder" if len(empty) == 1 else "The class folders"
        holds = f"holds no {modality.noun} and is" if len(empty) == 1 else f"hold no {modality.noun} and are"
        notes.append(f"{folders} {', '.join(map(repr, empty))} {holds} left out.")


def _no_class_folders(root: Path, found: Found, modality: Modality) -> DataError:
    tables = [ending for ending in found.others if ending in (".csv", ".tsv", ".jsonl", ".parquet")]
    hint = f" It also holds a {tables[0]} file: if that has the labels, give it instead." if tables else ""
    count = f"{len(found.names)} {modality.nouns if len(found.names) > 1 else modality.noun}"
    return DataError(
        f"{root} holds {count} but no class folders: put each {modality.noun} into a folder named after its class, as "
        f"{root.name or root}/CLASS/{modality.example}.{hint}"
    )
