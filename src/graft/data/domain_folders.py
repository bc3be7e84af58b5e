"""Folders of domains: `domain/class/…`, told from `class/…` by the class folders that they share."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from graft.data.modalities import Modality
from graft.data.parts import part_named
from graft.errors import DataError

FOLDERS, NONE = "folders", "none"
WORDS = (FOLDERS, NONE)


@dataclass(frozen=True)
class Domains:
    """The folders that are domains, with how many files each has: those with class folders, and those without."""

    labelled: dict[str, int]
    unlabelled: dict[str, int]

    def note(self, modality: Modality) -> str:
        """Say it, and how to say otherwise."""
        counts = ", ".join(f"{name} {count}" for name, count in self.labelled.items())
        told = f"Took the folders as domains, each with class folders of its own: {counts}."
        for name, count in self.unlabelled.items():
            told += f" {name} has no class folders: its {count} {modality.nouns} are of an unlabelled domain."
        return f"{told} --domain-column {NONE} takes them as classes."


def domain_folders(names: list[str], asked: str | None, root: str) -> tuple[Domains | None, str]:
    """Say which first folders of relative names are domains, None where they are not, and a note where it is doubtful.

    They are where at least two hold nothing but class folders, more of which they have in common than there are
    domains, and all others hold files alone. Fewer in common could as well be views of each class: that is noted. With
    `asked` "folders" the first folders are domains whatever they hold, with "none" never. Raises DataError where that
    cannot be.
    """
    if asked == NONE:
        return None, ""
    inner: dict[str, set[str]] = defaultdict(set)
    loose, sizes = Counter[str](), Counter[str]()
    for pieces in (name.split("/") for name in names):
        if len(pieces) > 1:
            sizes[pieces[0]] += 1
            loose[pieces[0]] += len(pieces) == 2
            inner[pieces[0]] |= {pieces[1]} if len(pieces) > 2 else set()
    labelled = {top: sizes[top] for top in sorted(inner) if inner[top]}
    found = Domains(labelled, {top: sizes[top] for top in sorted(inner) if not inner[top]})
    if asked == FOLDERS:
        if not labelled:
            raise DataError(f"No folder of {root} holds class folders: lay it out as DOMAIN/CLASS/FILE.")
        return found, ""
    if len(labelled) < 2 or any(loose[top] for top in labelled) or any(map(part_named, inner)):
        return None, ""
    common = Counter(name for top in labelled for name in inner[top])
    shared = {name for name, count in common.items() if count > 1 and not part_named(name)}
    if len(shared) < 2 or any(2 * len(inner[top] & shared) < len(inner[top]) for top in labelled):
        return None, ""
    if len(shared) > len(labelled):
        return found, ""
    some = ", ".join(sorted(shared)[:3])
    return (
        None,
        f"Took {', '.join(labelled)} as classes; all hold {some}: --domain-column {FOLDERS} if those are the classes.",
    )
