"""The feature cache: (backbone fingerprint, content key) to a row of float32; on disk, shared, bounded."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import TracebackType
from typing import Self, TypedDict

import numpy as np
from numpy.typing import NDArray

from graft.backbones.home import cache_folder
from graft.extract.shelf import Shelf
from graft.extract.table import Table, today

LIMIT_BYTES = 10 * 10**9
STORED = np.dtype("<f4")
CHECK_EVERY = 64 * 2**20


class Usage(TypedDict):
    """What the cache holds for one backbone; `last_used` is a day, counted from 1970."""

    name: str
    fingerprint: str
    rows: int
    bytes: int
    last_used: int


class Cache:
    """Rows of features on disk, one SQLite file per backbone fingerprint, safe between threads and processes.

    The cache never stops the work: a damaged file is set aside and built anew, and where nothing can be written (no
    room, no permission) the work goes on without it. Each such thing is said once in `notes`.
    """

    def __init__(self, folder: Path | None = None, limit_bytes: int = LIMIT_BYTES) -> None:
        self.folder = (folder or cache_folder()) / "features"
        self.limit_bytes = limit_bytes
        self._shelf = Shelf(self.folder)
        self._written = 0

    @property
    def notes(self) -> list[str]:
        """What went wrong with the cache, each thing once, as sentences."""
        return self._shelf.notes

    def get(self, fingerprint: str, keys: NDArray[np.uint8], dim: int) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
        """Look up (N, 16) keys: the (N,) mask of those found and their (F, dim) rows, in the order of the keys."""
        asked = [key.tobytes() for key in keys]
        rows = self._shelf.run(fingerprint, lambda table: table.get(asked)) or {}
        size = dim * STORED.itemsize
        wrong = [key for key, value in rows.items() if len(value) != size]
        if wrong:
            self._shelf.note(f"Cached rows of {fingerprint} had the wrong length; they are made anew.")
            self._shelf.run(fingerprint, lambda table: table.forget(wrong))
        found = np.array([len(rows.get(key, b"")) == size for key in asked], dtype=np.bool_)
        joined = b"".join(rows[key] for key, there in zip(asked, found, strict=True) if there)
        return found, np.frombuffer(joined, STORED).reshape(-1, dim).astype(np.float32)

    def put(self, fingerprint: str, keys: NDArray[np.uint8], values: NDArray[np.float32], name: str = "") -> None:
        """Store the (N, D) rows of (N, 16) keys in one transaction; `name` says for people which backbone it is."""
        stored = np.ascontiguousarray(values, dtype=STORED)
        rows = [(key.tobytes(), value.tobytes()) for key, value in zip(keys, stored, strict=True)]
        with self._shelf.lock:
            self._shelf.run(fingerprint, lambda table: table.put(rows, name))
            self._written += stored.nbytes
            if self._written >= min(CHECK_EVERY, self.limit_bytes // 8):
                self._written = 0
                self.prune(self.limit_bytes)

    def summary(self) -> list[Usage]:
        """Give what is held for each backbone, the largest first."""
        usages = [self._usage(fingerprint) for fingerprint in self._shelf.fingerprints()]
        return sorted((usage for usage in usages if usage is not None), key=lambda usage: -usage["bytes"])

    def prune(self, limit_bytes: int | None = None, older_than: int | None = None) -> int:
        """Remove rows unused for `older_than` days, then the longest unused until `limit_bytes` hold; give bytes freed.

        To keep the limit, a tenth of it is freed beyond what is needed, so that it is not met again at once.
        """
        before = self._shelf.bytes()
        for day, fingerprint, count in self._by_day():
            if older_than is not None and day <= today() - older_than:
                self._remove(fingerprint, day, count)
        if limit_bytes is not None and self._shelf.bytes() > limit_bytes:
            self._shrink(limit_bytes * 9 // 10)
        return max(0, before - self._shelf.bytes())

    def clear(self) -> int:
        """Remove all rows, and the converted networks beside them; give the bytes of the rows freed."""
        before = self._shelf.bytes()
        self._shelf.clear()
        shutil.rmtree(self.folder.parent / "graphs", ignore_errors=True)
        return max(0, before - self._shelf.bytes())

    def close(self) -> None:
        """Close the files; the next use opens them again."""
        self._shelf.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _shrink(self, target: int) -> None:
        for day, fingerprint, count in self._by_day():
            excess = self._shelf.bytes() - target
            usage = self._usage(fingerprint)
            if excess > 0 and usage is not None and usage["rows"]:
                self._remove(fingerprint, day, min(count, -(-excess * usage["rows"] // usage["bytes"])))

    def _by_day(self) -> list[tuple[int, str, int]]:
        found = []
        for fingerprint in self._shelf.fingerprints():
            days = self._shelf.run(fingerprint, Table.days) or {}
            found += [(day, fingerprint, count) for day, count in days.items()]
        return sorted(found)

    def _remove(self, fingerprint: str, day: int, count: int) -> None:
        self._shelf.run(fingerprint, lambda table: table.remove(day, count))

    def _usage(self, fingerprint: str) -> Usage | None:
        def measure(table: Table) -> Usage:
            """Count what a table holds."""
            days = table.days()
            return Usage(
                name=table.name(),
                fingerprint=fingerprint,
                rows=sum(days.values()),
                bytes=table.bytes(),
                last_used=max(days, default=0),
            )

        return self._shelf.run(fingerprint, measure)
