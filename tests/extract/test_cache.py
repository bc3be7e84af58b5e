"""The cache: gives back what was put, survives what happens to files, stays within its limit, never stops the work."""

import sqlite3
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graft.extract import table
from graft.extract.cache import Cache

PRINT = "0123456789abcdef" * 2


def keys_of(*numbers: int) -> np.ndarray:
    return np.array([[n % 256, n // 256] + [7] * 14 for n in numbers], np.uint8).reshape(len(numbers), 16)


def rows_of(*numbers: int, dim: int = 3) -> np.ndarray:
    return np.array([[n + k / 8 for k in range(dim)] for n in numbers], np.float32).reshape(len(numbers), dim)


def filled(folder: Path, *numbers: int, **how) -> Cache:
    cache = Cache(folder, **how)
    cache.put(PRINT, keys_of(*numbers), rows_of(*numbers), "a backbone")
    return cache


def held(cache: Cache, *numbers: int) -> list[bool]:
    return cache.get(PRINT, keys_of(*numbers), 3)[0].tolist()


@given(st.lists(st.integers(0, 60), max_size=40), st.lists(st.integers(0, 60), max_size=40))
@settings(max_examples=30, deadline=None)
def test_what_was_put_is_found_in_the_order_asked_and_nothing_else(put, asked):
    with tempfile.TemporaryDirectory() as folder, filled(Path(folder), *put) as cache:
        found, rows = cache.get(PRINT, keys_of(*asked), 3)
        assert found.tolist() == [number in put for number in asked]
        assert np.array_equal(rows, rows_of(*(number for number in asked if number in put)))
        assert rows.dtype == np.float32
        assert cache.notes == []


def test_backbones_are_kept_apart_and_a_second_opening_finds_everything(tmp_path):
    filled(tmp_path, 1, 2).close()
    with Cache(tmp_path) as cache:
        assert held(cache, 1, 2, 3) == [True, True, False]
        assert cache.get("f" * 32, keys_of(1), 3)[0].tolist() == [False]
        (usage,) = [usage for usage in cache.summary() if usage["rows"]]
        assert (usage["name"], usage["fingerprint"], usage["rows"]) == ("a backbone", PRINT, 2)
        assert usage["bytes"] > 0
        assert usage["last_used"] == table.today()


def test_more_keys_than_one_query_takes(tmp_path):
    numbers = range(1700)
    with filled(tmp_path, *numbers) as cache:
        found, rows = cache.get(PRINT, keys_of(*numbers), 3)
        assert found.all()
        assert np.array_equal(rows, rows_of(*numbers))


def test_the_arrays_handed_over_are_left_alone(tmp_path):
    keys, rows = keys_of(1, 2), rows_of(1, 2)
    with Cache(tmp_path) as cache:
        cache.put(PRINT, keys, rows)
        cache.get(PRINT, keys, 3)[1][:] = 9
        assert np.array_equal(keys, keys_of(1, 2))
        assert np.array_equal(rows, rows_of(1, 2))
        assert np.array_equal(cache.get(PRINT, keys, 3)[1], rows)


def test_rows_of_the_wrong_length_are_made_anew(tmp_path):
    with filled(tmp_path, 1) as cache:
        cache.put(PRINT, keys_of(2), rows_of(2, dim=5))
        assert held(cache, 1, 2) == [True, False]
        assert len(cache.notes) == 1
        assert "wrong length" in cache.notes[0]
        cache.put(PRINT, keys_of(2), rows_of(2))
        assert held(cache, 1, 2) == [True, True]


@pytest.mark.parametrize("damage", ["cut", "garbage", "overwritten", "emptied", "other tables"])
def test_a_damaged_file_is_set_aside_and_built_anew_with_one_sentence(tmp_path, damage):
    filled(tmp_path, *range(400)).close()
    path = tmp_path / "features" / f"{PRINT}.features"
    data = path.read_bytes()
    if damage == "cut":
        path.write_bytes(data[: len(data) // 3 + 100])
    elif damage == "garbage":
        path.write_bytes(b"no database at all " * 99)
    elif damage == "overwritten":
        path.write_bytes(data[:16384] + b"\xff" * (len(data) - 16384))
    elif damage == "emptied":
        path.write_bytes(b"")
    else:
        path.unlink()
        with sqlite3.connect(path) as other:
            other.executescript("CREATE TABLE a (x); CREATE TABLE b (x); CREATE TABLE c (x);")
    with Cache(tmp_path) as cache:
        cache.get(PRINT, keys_of(*range(400)), 3)
        cache.put(PRINT, keys_of(5), rows_of(5))
        assert held(cache, 5) == [True]
        assert len(cache.notes) == (0 if damage == "emptied" else 1)
        assert all("was damaged; it was set aside" in note for note in cache.notes)
    assert bool(list(tmp_path.rglob("*.damaged"))) == (damage != "emptied")
    with Cache(tmp_path) as cache:
        assert held(cache, 5) == [True]
        assert cache.notes == []
        cache.clear()
        assert not list(tmp_path.rglob("*.damaged"))


def test_damage_found_while_open_is_set_aside_too(tmp_path):
    cache = filled(tmp_path, *range(2000))
    cache.close()
    assert held(cache, 3) == [True]
    path = tmp_path / "features" / f"{PRINT}.features"
    with path.open("r+b") as file:
        file.truncate(16384 * 2)
    cache.get(PRINT, keys_of(*range(2000)), 3)
    cache.put(PRINT, keys_of(5), rows_of(5))
    assert held(cache, 5) == [True]
    assert len(cache.notes) == 1
    cache.close()


def test_where_no_folder_can_be_made_the_work_goes_on_with_one_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with filled(tmp_path / "file", 1) as cache:
        assert held(cache, 1) == [False]
        assert cache.summary() == []
        assert cache.prune(0) == cache.clear() == 0
        assert len(cache.notes) == 1
        assert "so features are not kept" in cache.notes[0]
    assert (tmp_path / "file").read_text(encoding="utf-8") == "in the way"


def test_a_full_disk_keeps_what_was_written_and_says_so_once(tmp_path):
    with filled(tmp_path, 1) as cache:
        cache._shelf.run(PRINT, lambda table: table._connection.execute("PRAGMA max_page_count = 12"))
        for start in range(0, 4000, 500):
            cache.put(PRINT, keys_of(*range(start, start + 500)), rows_of(*range(start, start + 500), dim=64))
        assert len(cache.notes) == 1
        assert "full" in cache.notes[0]
        assert held(cache, 1) == [False]
    with Cache(tmp_path) as cache:
        assert held(cache, 1) == [True]
        assert cache.notes == []


def test_a_network_drive_that_cannot_do_wal_is_used_without(tmp_path, monkeypatch):
    connect = sqlite3.connect

    class NoWal(sqlite3.Connection):
        def execute(self, query, *rest):
            if "WAL" in query:
                raise sqlite3.OperationalError("locking protocol")
            return super().execute(query, *rest)

    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, **k, factory=NoWal))
    with filled(tmp_path, 1) as cache:
        assert held(cache, 1) == [True]
        assert cache.notes == []
    assert not list(tmp_path.rglob("*-wal"))


def test_the_longest_unused_rows_leave_first(tmp_path, monkeypatch):
    first_day = table.today()
    with filled(tmp_path, *range(2000)) as cache:
        monkeypatch.setattr("graft.extract.table.today", lambda: first_day + 3)
        assert all(held(cache, *range(500)))
        monkeypatch.setattr("graft.extract.cache.today", lambda: first_day + 3)
        assert cache.prune(older_than=5) == 0
        freed = cache.prune(older_than=3)
        assert freed > 0
        assert held(cache, *range(2000)) == [True] * 500 + [False] * 1500
        assert cache.summary()[0]["rows"] == 500


def test_the_limit_holds_while_rows_go_on_arriving(tmp_path):
    limit = 2_000_000
    with Cache(tmp_path, limit_bytes=limit) as cache:
        for start in range(0, 4000, 100):
            numbers = range(start, start + 100)
            cache.put(PRINT, keys_of(*numbers), rows_of(*numbers, dim=512))
        assert cache.summary()[0]["bytes"] < limit * 1.3
        last = cache.get(PRINT, keys_of(*range(3900, 4000)), 512)
        assert last[0].all()
        assert np.array_equal(last[1], rows_of(*range(3900, 4000), dim=512))
        assert not cache.get(PRINT, keys_of(0), 512)[0].any()
        assert cache.notes == []


def test_clearing_removes_everything_and_the_cache_can_be_used_again(tmp_path):
    with filled(tmp_path, 1, 2) as cache:
        assert cache.clear() > 0
        assert cache.summary() == []
        assert held(cache, 1) == [False]
        cache.put(PRINT, keys_of(1), rows_of(1))
        assert held(cache, 1) == [True]


def test_clearing_takes_the_converted_networks_too(tmp_path):
    (tmp_path / "graphs" / "one").mkdir(parents=True)
    (tmp_path / "graphs" / "one" / "graph.bin").write_bytes(b"weights")
    Cache(tmp_path).clear()
    assert not (tmp_path / "graphs").exists()
