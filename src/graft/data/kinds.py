"""What kind of inputs the cells of a column are."""

from __future__ import annotations

from typing import Any

from graft.data.cells import numbers_of
from graft.data.modalities import Modality, by_path


def fits(cells: list[Any], modality: Modality) -> bool:
    """Say whether cells look like inputs of a modality: files of its kind, media held in memory, or words."""
    strings = [cell for cell in cells if isinstance(cell, str)]
    if 2 * len(strings) <= len(cells):
        return modality.by_path and 2 * sum(map(modality.may_be, cells)) > len(cells)
    if modality.by_path:
        return 2 * sum(modality.is_file(cell) for cell in strings) >= len(cells)
    if any(2 * sum(other.is_file(cell) for cell in strings) >= len(cells) for other in by_path()):
        return False
    return numbers_of(dict(enumerate(strings))) is None


def is_media(cell: Any) -> bool:
    """Say whether a cell is an input itself and not its path: bytes, an array, a picture, or a media dictionary."""
    return not isinstance(cell, str) and any(modality.holds(cell) for modality in by_path())
