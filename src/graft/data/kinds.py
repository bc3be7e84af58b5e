"""What kind of inputs the cells of a column are."""

from __future__ import annotations

from typing import Any

from graft.data.cells import numbers_of
from graft.data.modalities import MODALITIES, Modality


def fits(cells: list[Any], modality: Modality) -> bool:
    """Say whether cells look like inputs of a modality: files of its kind, media held in memory, or words."""
    strings = [cell for cell in cells if isinstance(cell, str)]
    of_files = [other for other in MODALITIES.values() if other.by_path]
    if 2 * len(strings) <= len(cells):
        return modality.by_path and 2 * sum(is_media(cell) and _may_be(cell, modality) for cell in cells) > len(cells)
    if modality.by_path:
        return 2 * sum(modality.is_file(cell) for cell in strings) >= len(cells)
    if any(2 * sum(other.is_file(cell) for cell in strings) >= len(cells) for other in of_files):
        return False
    return numbers_of(dict(enumerate(strings))) is None


def is_media(cell: Any) -> bool:
    """Say whether a cell is an image or the like itself: bytes, an array, a picture, or a media dictionary."""
    if isinstance(cell, dict):
        return "bytes" in cell or "path" in cell
    return isinstance(cell, bytes) or hasattr(cell, "save") or getattr(cell, "ndim", 0) >= 2


def _may_be(cell: Any, modality: Modality) -> bool:
    """Say whether stored media, where their path is known, end as the files of the modality do."""
    path = cell.get("path") if isinstance(cell, dict) else None
    return path is None or modality.is_file(str(path))
