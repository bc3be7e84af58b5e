"""Backbones opened by name, and the packaged ones instead of those on a hub out of reach."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from graft import backbones
from graft.errors import HubError

if TYPE_CHECKING:
    from graft.backbones.base import Backbone


def opened(
    names: Sequence[str], modality: str, notes: list[str], device: str, exact: bool
) -> Iterator[tuple[str, Backbone]]:
    """Give the backbones one by one; for those on a hub out of reach, which is noted, the packaged ones."""
    away = 0
    for name in names:
        try:
            yield name, backbones.load(name, device=device, exact=exact)
        except HubError as error:
            notes.append(str(error))
            away += 1
    others = [name for name in backbones.available(modality) if name not in names] if away else []
    if away == len(names) and not others:
        raise HubError(notes[-1])
    if others:
        notes.append(f"Used instead: {', '.join(others)}.")
    yield from ((name, backbones.load(name, device=device, exact=exact)) for name in others)
