"""Class names: the same label in two spellings, and the order of classes."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable

SHOWN = 5


def spelling(label: str) -> str:
    """Give what labels have in common that differ only by surrounding space, letter case or Unicode form."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", label).strip().casefold())


def class_order(names: Iterable[str]) -> tuple[str, ...]:
    """Sort class names: as numbers when all of them are whole numbers, by letter otherwise."""
    listed = list(names)
    if all(name.strip().lstrip("+-").isdecimal() for name in listed):
        return tuple(sorted(listed, key=lambda name: (int(name), name)))
    return tuple(sorted(listed))


def merged(labels: dict[int, str], exact: bool) -> tuple[dict[int, str], tuple[str, ...]]:
    """Give every sample the most frequent spelling of its label, and a sentence where spellings differed.

    With `exact` the labels stay as they are and the sentence says that they were kept apart.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for label, count in Counter(labels.values()).items():
        counts[spelling(label)][label] += count
    several = {key: found for key, found in counts.items() if len(found) > 1}
    if exact:
        return dict(labels), _kept_apart(several)
    chosen = {key: _most_frequent(found) for key, found in counts.items()}
    to = {label: chosen[key] for key, found in counts.items() for label in found}
    return {i: to[label] for i, label in labels.items()}, _joined(several, chosen)


def _most_frequent(found: Counter[str]) -> str:
    trimmed: Counter[str] = Counter()
    for label, count in found.items():
        trimmed[unicodedata.normalize("NFC", label).strip()] += count
    return min(trimmed, key=lambda label: (-trimmed[label], label))


def _listed(found: Counter[str]) -> str:
    return ", ".join(f"{label!r} ({count})" for label, count in sorted(found.items(), key=lambda pair: -pair[1]))


def _joined(several: dict[str, Counter[str]], chosen: dict[str, str]) -> tuple[str, ...]:
    if not several:
        return ()
    told = [f"{_listed(found)} as {chosen[key]!r}" for key, found in sorted(several.items())[:SHOWN]]
    more = f", and {len(several) - SHOWN} more" if len(several) > SHOWN else ""
    return (
        f"Labels that differ only by space, letter case or Unicode form were taken as one: {'; '.join(told)}{more}. "
        "--exact-labels keeps them apart.",
    )


def _kept_apart(several: dict[str, Counter[str]]) -> tuple[str, ...]:
    if not several:
        return ()
    told = "; ".join(_listed(found) for _, found in sorted(several.items())[:SHOWN])
    return (f"Labels that differ only by space, letter case or Unicode form were kept apart, as asked: {told}.",)
