"""Texts as they are, cut to what a person reads at a glance."""

from __future__ import annotations

from typing import Any

from graft.reporting.showing.base import Show

SMALL, LARGE = 160, 1500


def cut(text: str, most: int) -> bytes:
    """Give the beginning of a text as UTF-8, with an ellipsis where it goes on."""
    whole = " ".join(str(text).split())
    return (whole if len(whole) <= most else whole[:most].rstrip() + " …").encode("utf-8", "replace")


def small(item: Any) -> bytes:
    """Give the first words."""
    return cut(item, SMALL)


def large(item: Any) -> bytes:
    """Give the first paragraphs."""
    return cut(item, LARGE)


TEXT = Show("text/plain", large, small)
