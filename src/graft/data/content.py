"""The content key of an input: the same bytes give the same key, whatever the file is called."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path
from typing import Any

import numpy as np

from graft.errors import DataError

KEY_BYTES = 16


def digest(*parts: bytes) -> bytes:
    """Hash byte strings to a 16-byte key; the lengths count, so ("ab", "c") and ("a", "bc") differ."""
    state = hashlib.blake2b(digest_size=KEY_BYTES)
    for part in parts:
        state.update(len(part).to_bytes(8, "little"))
        state.update(part)
    return state.digest()


def content_key(item: Any) -> bytes:
    """Give the 16-byte key of an input: a path (its bytes), encoded bytes, a string, an array, or a PIL image.

    A pair of an array and a number, such as samples and their rate, has the key of both.
    """
    if isinstance(item, os.PathLike):
        return digest(Path(item).read_bytes())
    if isinstance(item, bytes | bytearray | memoryview):
        return digest(bytes(item))
    if isinstance(item, str):
        return digest(b"text", item.encode("utf-8", "surrogatepass"))
    if isinstance(item, np.ndarray):
        return digest(str(item.dtype).encode(), str(item.shape).encode(), np.ascontiguousarray(item).tobytes())
    if isinstance(item, tuple):
        return digest(*(content_key(part if isinstance(part, np.ndarray) else str(part)) for part in item))
    if hasattr(item, "save") and hasattr(item, "mode"):
        buffer = io.BytesIO()
        item.save(buffer, format="PNG" if item.mode != "CMYK" else "TIFF")
        return digest(buffer.getvalue())
    raise DataError(f"An input of type {type(item).__name__} is not a path, bytes, text, array or image.")
