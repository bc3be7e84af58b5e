"""When rows that are embedded are written to the cache: neither one by one nor all at the end."""

import pytest

from graft.extract import unkept
from graft.extract.unkept import LEAST_ROWS, LEAST_SECONDS, MOST_BYTES, Unkept


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(unkept.time, "monotonic", lambda: now[0])
    return now


def test_enough_rows_are_written_once_the_first_has_waited_long_enough(clock):
    written = []
    waiting = Unkept(written.append, bytes_a_row=4)
    waiting.add(list(range(LEAST_ROWS)))
    assert written == []
    clock[0] += LEAST_SECONDS
    waiting.add([LEAST_ROWS])
    assert written == [list(range(LEAST_ROWS + 1))]


def test_a_few_rows_wait_for_more_however_long_and_are_written_at_the_end(clock):
    written = []
    waiting = Unkept(written.append, bytes_a_row=4)
    waiting.add([3, 1])
    clock[0] += 100 * LEAST_SECONDS
    waiting.add([2])
    assert written == []
    waiting.flush()
    waiting.flush()
    assert written == [[3, 1, 2]]


def test_the_wait_of_the_next_rows_begins_anew(clock):
    written = []
    waiting = Unkept(written.append, bytes_a_row=4)
    waiting.add([0])
    clock[0] += LEAST_SECONDS
    waiting.add(list(range(1, LEAST_ROWS)))
    waiting.add(list(range(LEAST_ROWS)))
    assert written == [list(range(LEAST_ROWS))]


@pytest.mark.parametrize(("bytes_a_row", "most"), [(MOST_BYTES // 100, 100), (MOST_BYTES, LEAST_ROWS)])
def test_large_rows_are_written_before_they_fill_the_memory(clock, bytes_a_row, most):
    written = []
    waiting = Unkept(written.append, bytes_a_row)
    for index in range(most):
        assert written == []
        waiting.add([index])
    assert written == [list(range(most))]
