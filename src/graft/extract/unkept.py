"""The rows one worker has embedded and not yet written to the cache: many a transaction, few at stake."""

from __future__ import annotations

import time
from collections.abc import Callable

LEAST_ROWS = 64
LEAST_SECONDS = 1.0
MOST_BYTES = 4 * 2**20


class Unkept:
    """Indices that wait to be written by `write`, which gets them all.

    Written when 64 have come and the first has waited a second, or when they take 4 MB: a transaction costs as much as
    hundreds of rows, and a process that is killed loses what waits.
    """

    def __init__(self, write: Callable[[list[int]], None], bytes_a_row: int) -> None:
        self._write = write
        self._most = max(LEAST_ROWS, MOST_BYTES // bytes_a_row)
        self._indices: list[int] = []
        self._since = 0.0

    def add(self, indices: list[int]) -> None:
        """Let more wait, and write when it is time."""
        if not self._indices:
            self._since = time.monotonic()
        self._indices += indices
        waited = time.monotonic() - self._since
        count = len(self._indices)
        if count >= self._most or (count >= LEAST_ROWS and waited >= LEAST_SECONDS):
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        waiting, self._indices = self._indices, []
        if waiting:
            self._write(waiting)
