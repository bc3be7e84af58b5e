"""Inputs to content keys: a file is read once, for its key and for decoding alike."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from graft.data.content import content_key
from graft.errors import DataError

BYTES_AT_ONCE = 8 * 2**20
Read = tuple[int, bytes | DataError, Any]


def read_input(item: Any) -> tuple[bytes, Any]:
    """Give the content key of an input and the input itself, a path replaced by its bytes; raises DataError."""
    if isinstance(item, os.PathLike):
        try:
            item = Path(item).read_bytes()
        except OSError as error:
            raise DataError(f"It cannot be read: {error.strerror or error}.") from error
    return content_key(item), item


def read_inputs(items: Iterable[tuple[int, Any]]) -> Iterator[list[Read]]:
    """Read inputs (index, item) in lists of bounded size: (index, key or the error, content)."""
    done: list[Read] = []
    size = 0
    for index, item in items:
        try:
            key, content = read_input(item)
            done.append((index, key, content))
            size += len(content) if isinstance(content, bytes) else 0
        except DataError as error:
            done.append((index, error, None))
        if size > BYTES_AT_ONCE:
            yield done
            done, size = [], 0
    if done:
        yield done
