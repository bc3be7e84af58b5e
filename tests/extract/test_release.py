"""Rows written to a mapped file are let go of and are all there."""

import numpy as np

from graft.extract import rows
from graft.extract.rows import room_for, write_rows


def test_rows_that_were_let_go_of_are_still_there(monkeypatch):
    monkeypatch.setattr(rows, "IN_MEMORY_BYTES", 100)
    monkeypatch.setattr(rows, "RELEASE_EVERY", 3 * 40)
    values = room_for(50, 10)
    assert isinstance(values, np.memmap)
    expected = np.random.default_rng(0).random((50, 10), np.float32)
    written, seen = 0, []
    for i in np.random.default_rng(1).permutation(50):
        written = write_rows(values, np.array([i]), expected[i : i + 1], written)
        seen.append(written)
    assert seen[:4] == [40, 80, 0, 40]
    assert np.array_equal(values, expected)


def test_rows_in_memory_are_simply_written():
    values = room_for(2, 2)
    assert write_rows(values, np.array([1]), np.ones((1, 2), np.float32), 0) == 8
    assert values.tolist() == [[0, 0], [1, 1]]
