"""Which of a person's classes a backbone was already trained to tell apart, judged by their names."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence


@functools.lru_cache(8192)
def words(name: str) -> tuple[str, ...]:
    """Give the words of a class name in lower case, the last in the singular: `Laptop_Computers` → laptop computer."""
    parts = re.findall(r"[^\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).casefold())
    return (*parts[:-1], singular(parts[-1])) if parts else ()


def singular(word: str) -> str:
    """Give the singular of an English noun by its ending: berries → berry, boxes → box, ants → ant."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and re.search(r"(s|x|z|ch|sh)es$", word):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def known_classes(classes: Sequence[str], own: Sequence[str]) -> dict[str, list[int]]:
    """Give, for each class that a backbone knows, the indices of its own classes of that name.

    `own` are names with synonyms, as ImageNet has them: `ant, emmet, pismire`. A synonym that is the same words counts
    first; failing that, one that ends in them (`bike` → `mountain bike`).
    """
    synonyms = [[words(part) for part in name.split(",")] for name in own]
    found: dict[str, list[int]] = {}
    for name in classes:
        wanted = words(name)
        if not wanted:
            continue
        same = [i for i, parts in enumerate(synonyms) if wanted in parts]
        ends = [i for i, parts in enumerate(synonyms) if any(p[-len(wanted) :] == wanted for p in parts)]
        if same or ends:
            found[name] = same or ends
    return found
