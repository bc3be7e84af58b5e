"""Lineage: backbones whose weights were moved from another's err as that one does, and bear no witness for it."""

from __future__ import annotations

from collections.abc import Iterable


def lineage(backbone: str) -> str:
    """Give the name of the backbone from which this one's weights were moved, `name` of `name+strategy`; or its own."""
    return backbone.partition("+")[0]


def foremost(backbones: Iterable[str]) -> frozenset[str]:
    """Give of each lineage the one backbone whose weights were moved most often; of several the last."""
    found: dict[str, str] = {}
    for name in backbones:
        known = found.get(lineage(name))
        if known is None or name.count("+") >= known.count("+"):
            found[lineage(name)] = name
    return frozenset(found.values())
