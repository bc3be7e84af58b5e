"""Rows in memory or in a file that vanishes, copied in place, and work cut into like portions."""

import gc
import os
import tempfile
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graft.errors import GraftError
from graft.extract import rows
from graft.extract.rows import copy_rows, room_for
from graft.extract.workers import portions, run_workers


@pytest.fixture
def small_memory(monkeypatch, tmp_path):
    monkeypatch.setattr(rows, "IN_MEMORY_BYTES", 1000)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_few_rows_are_in_memory_and_many_in_a_file_that_vanishes_with_them(small_memory):
    assert not isinstance(room_for(10, 5), np.memmap)
    values = room_for(1000, 5)
    assert isinstance(values, np.memmap)
    assert not values.any()
    values[:] = np.arange(1000)[:, None]
    part = values[10:20]
    del values
    gc.collect()
    assert part[:, 0].tolist() == list(range(10, 20))
    del part
    gc.collect()
    assert list(small_memory.iterdir()) == []


def test_no_room_on_the_disk_is_a_sentence(small_memory, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full, raising=False)
    with pytest.raises(GraftError, match=r"no room for 0\.0 GB of features in .*set TMPDIR"):
        room_for(1000, 5)


@given(st.lists(st.booleans(), max_size=50), st.integers(1, 7))
def test_kept_rows_move_to_the_front_in_order(kept, at_once):
    values = np.arange(len(kept) * 2, dtype=np.float32).reshape(-1, 2)
    expected = values[np.array(kept, bool)].copy()
    source = np.flatnonzero(kept)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "AT_ONCE", at_once)
        copy_rows(values, source, np.arange(len(source)))
    assert np.array_equal(values[: len(source)], expected)


@given(st.integers(0, 3000), st.integers(1, 9), st.integers(1, 500))
def test_portions_cover_everything_once_and_are_alike(count, workers, most):
    found = list(portions(count, workers, most))
    assert [index for portion in found for index in portion] == list(range(count))
    assert all(0 < len(portion) <= most for portion in found)
    if len(found) > 1:
        assert len({len(portion) for portion in found[:-1]}) == 1
        assert len(found) <= workers * -(-count // (workers * most))


def test_the_first_error_stops_the_others():
    def work(stop: threading.Event) -> None:
        if threading.current_thread().name.endswith("_0"):
            raise ValueError("mine")
        assert stop.wait(20)

    with pytest.raises(ValueError, match="mine"):
        run_workers(3, work)
