"""Where the rows of features go: memory when they are few, a temporary file that vanishes with them when many."""

from __future__ import annotations

import mmap
import os
import tempfile

import numpy as np
from numpy.typing import NDArray

from graft.errors import GraftError

IN_MEMORY_BYTES = 64 * 2**20
RELEASE_EVERY = 16 * 2**20
AT_ONCE = 4096


def room_for(count: int, dim: int) -> NDArray[np.float32]:
    """Give a (count, dim) float32 array of zeros, in a temporary file when it is over 64 MB."""
    size = count * dim * 4
    if size <= IN_MEMORY_BYTES:
        return np.zeros((count, dim), np.float32)
    try:
        with tempfile.TemporaryFile(prefix="graft-features-") as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, size)
            return np.memmap(file, dtype=np.float32, mode="r+" if os.name == "posix" else "w+", shape=(count, dim))
    except OSError as error:
        raise GraftError(
            f"There is no room for {size / 1e9:.1f} GB of features in {tempfile.gettempdir()} ({error.strerror}); "
            "free some, or set TMPDIR to a folder on a larger disk."
        ) from error


def write_rows(values: NDArray[np.float32], at: NDArray[np.int64], rows: NDArray[np.float32], written: int) -> int:
    """Write rows at indices; give the bytes written since a file's pages were last let go of.

    Pages of a mapped file stay in the resident memory of a process until they are let go of; nothing is lost by it.
    """
    values[at] = rows
    written += rows.nbytes
    if written < RELEASE_EVERY:
        return written
    mapped = getattr(values, "_mmap", None)
    if mapped is not None and hasattr(mmap, "MADV_DONTNEED") and os.name == "posix":
        mapped.madvise(mmap.MADV_DONTNEED)
    return 0


def copy_rows(values: NDArray[np.float32], source: NDArray[np.int64], target: NDArray[np.int64]) -> None:
    """Copy rows within an array, a few at a time; a target never lies after a source that is still to be read."""
    for start in range(0, len(source), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        values[target[some]] = values[source[some]]
