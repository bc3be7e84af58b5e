"""One streaming pass over a data set, by several workers: each reads, looks up, decodes and runs its own portions."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from graft.backbones.base import Backbone
from graft.data.content import KEY_BYTES
from graft.data.dataset import Dataset
from graft.errors import DataError
from graft.extract.cache import Cache
from graft.extract.pieces import COST_AT_ONCE, pieces
from graft.extract.reading import Read, read_inputs
from graft.extract.rows import copy_rows, room_for, write_rows
from graft.extract.unkept import Unkept
from graft.extract.workers import portions, run_workers, worker_count
from graft.progress import Step

LEAST_PORTION = 8
COST_WAITING = 4 * COST_AT_ONCE
Prepared = tuple[int, Any]


class Job:
    """What the workers share. `values` (N, D), `keys` (N, 16), and `reasons` why an input has no row."""

    def __init__(self, dataset: Dataset, backbone: Backbone, cache: Cache | None, step: Step) -> None:
        count = len(dataset)
        self.values = room_for(count, backbone.width)
        self.keys = np.zeros((count, KEY_BYTES), np.uint8)
        self.reasons: dict[int, str] = {}
        self.embedded = 0
        self._written = 0
        self._dataset, self._backbone, self._cache, self._step = dataset, backbone, cache, step
        self._same_as = np.arange(count)
        self._first: dict[bytes, int] = {}
        self._lock = threading.Lock()
        self._workers = worker_count(-(-count // LEAST_PORTION))
        self._portions = portions(count, self._workers, max(backbone.group, LEAST_PORTION))

    def run(self) -> None:
        """Fill every row; an input equal to an earlier one gets a copy of its row, or its reason."""
        run_workers(self._workers, self._work)
        copies = np.flatnonzero(self._same_as != np.arange(len(self._same_as)))
        copy_rows(self.values, self._same_as[copies], copies)
        for index in copies.tolist():
            reason = self.reasons.get(int(self._same_as[index]))
            if reason is not None:
                self.reasons[index] = reason

    def compact(self) -> NDArray[np.int64]:
        """Move the rows that were filled to the front, in order; give their indices."""
        good = np.setdiff1d(np.arange(len(self.keys)), np.fromiter(self.reasons, np.int64, len(self.reasons)))
        if len(good) < len(self.keys):
            copy_rows(self.values, good, np.arange(len(good)))
            self.values, self.keys = self.values[: len(good)], self.keys[good]
        return good

    def _work(self, stop: threading.Event) -> None:
        waiting: list[Prepared] = []
        unkept = Unkept(self._keep, 4 * self._backbone.width)
        cost = 0
        try:
            while not stop.is_set() and (portion := self._next()):
                for item in self._unknown(portion):
                    ready = self._prepare(item)
                    waiting += ready
                    cost += sum(self._backbone.cost(one) for _, one in ready)
                    if stop.is_set():
                        break
                    if len(waiting) >= self._backbone.group or cost >= COST_WAITING:
                        self._run(waiting, unkept, stop)
                        waiting, cost = [], 0
            self._run(waiting, unkept, stop)
        finally:
            unkept.flush()

    def _unknown(self, portion: range) -> Iterator[tuple[int, Any]]:
        """Give the inputs of a portion that are to be embedded, one by one."""
        for read in read_inputs(self._items(portion)):
            yield from self._missing(read)

    def _next(self) -> range:
        with self._lock:
            return next(self._portions, range(0))

    def _items(self, portion: range) -> Iterator[tuple[int, Any]]:
        for index in portion:
            with self._lock:  # a lazy sequence may not bear two readers
                item = self._dataset.inputs[index]
            yield index, item

    def _missing(self, read: Sequence[Read]) -> list[tuple[int, Any]]:
        """Note the keys, fill what the cache holds, and give what is left to embed."""
        new: list[tuple[int, Any]] = []
        with self._lock:
            for index, key, content in read:
                if isinstance(key, DataError):
                    self.reasons[index] = str(key)
                    continue
                self.keys[index] = np.frombuffer(key, np.uint8)
                first = self._first.setdefault(key, index)
                self._same_as[index] = first
                if first == index:
                    new.append((index, content))
            found = self._look_up([index for index, _ in new])
        self._step(len(read) - len(new) + len(found))
        return [(index, content) for index, content in new if index not in found]

    def _look_up(self, indices: list[int]) -> set[int]:
        if self._cache is None or not indices:
            return set()
        asked = np.array(indices)
        found, rows = self._cache.get(self._backbone.fingerprint, self.keys[asked], self._backbone.width)
        self._written = write_rows(self.values, asked[found], rows, self._written)
        return set(asked[found].tolist())

    def _prepare(self, item: tuple[int, Any]) -> list[Prepared]:
        """Prepare an input; none comes back where it cannot be read, which is noted."""
        index, content = item
        try:
            return [(index, self._backbone.prepare(content))]
        except DataError as error:
            with self._lock:
                self.reasons[index] = str(error)
            self._step(1)
            return []

    def _run(self, items: Sequence[Prepared], unkept: Unkept, stop: threading.Event) -> None:
        """Embed a group of inputs piece by piece."""
        for piece in pieces(items, self._backbone.cost):
            if stop.is_set():
                break
            unkept.add(self._embed(piece))

    def _embed(self, items: Sequence[Prepared]) -> list[int]:
        indices = [index for index, _ in items]
        rows = cast(NDArray[np.float32], self._backbone.embed([prepared for _, prepared in items]))
        with self._lock:
            self._written = write_rows(self.values, np.array(indices), rows, self._written)
            self.embedded += len(indices)
        self._step(len(indices))
        return indices

    def _keep(self, indices: list[int]) -> None:
        if self._cache is not None:
            name = self._backbone.card.name
            self._cache.put(self._backbone.fingerprint, self.keys[indices], self.values[indices], name)
