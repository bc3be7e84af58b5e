"""Light references to inputs that become paths or bytes only when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


class References(Sequence[Any]):
    """Strings kept as strings (100,000 of them cost what their letters cost) and given as paths under `root`.

    A dictionary with `bytes` and `path`, as Hugging Face and Parquet store media, gives the bytes, or else the path;
    one with `array` and `sampling_rate` gives both as a pair.
    """

    def __init__(self, items: Sequence[Any], root: Path) -> None:
        self.items = items
        self.root = root

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return References(self.items[index], self.root)
        return reference(self.items[index], self.root)


class Chained(Sequence[Any]):
    """Several sequences one after another, none of them copied."""

    def __init__(self, sequences: Sequence[Any]) -> None:
        self.sequences = [sequence for sequence in sequences if len(sequence)]
        self.ends: NDArray[np.int64] = np.cumsum([len(s) for s in self.sequences], dtype=np.int64)

    def __len__(self) -> int:
        return int(self.ends[-1]) if len(self.ends) else 0

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        place = index + len(self) if index < 0 else index
        if not 0 <= place < len(self):
            raise IndexError(index)
        which = int(np.searchsorted(self.ends, place, side="right"))
        start = int(self.ends[which - 1]) if which else 0
        return self.sequences[which][place - start]


def reference(item: Any, root: Path) -> Any:
    """Give the input an item stands for: a string is a path under `root`, a media dictionary its bytes or path."""
    if isinstance(item, str):
        return root / item
    if isinstance(item, dict) and item.get("array") is not None:
        return np.asarray(item["array"]), item.get("sampling_rate")
    if isinstance(item, dict):
        return item["bytes"] if item.get("bytes") is not None else root / str(item.get("path"))
    return item


def exists(path: Path) -> bool:
    """Say whether a path exists; a string that can be no path does not."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
