"""One SQLite file of features: rows by content key, and the day each was last used."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

PATIENCE = 30.0
AT_ONCE = 500
SCHEMA = """
CREATE TABLE IF NOT EXISTS features (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS used (id INTEGER PRIMARY KEY, day INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS about (name TEXT NOT NULL UNIQUE);
"""
JOINED = "features f LEFT JOIN used u ON u.id = f.id"
UPSERT = "INSERT INTO features (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
USED = "INSERT OR REPLACE INTO used SELECT id, ? FROM features WHERE key = ?"


def today() -> int:
    """Give the number of days since 1970."""
    return int(time.time() // 86400)


class Table:
    """The rows of one backbone. Every write is one transaction, so a killed process leaves whole rows or none.

    The day of use lies in a table of its own: noting it must not rewrite the features. Raises sqlite3.Error.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        try:
            self._prepare()
            self.inode = path.stat().st_ino
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self) -> None:
        run = self._connection.execute
        run("PRAGMA page_size = 16384")
        run("PRAGMA auto_vacuum = INCREMENTAL")
        with contextlib.suppress(sqlite3.OperationalError):  # some network drives cannot; the default journal can
            run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = NORMAL")
        if run("SELECT count(*) FROM sqlite_master").fetchone()[0] < 3:
            self._connection.executescript(SCHEMA)

    def get(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Give the stored rows among these keys, and note that they were used today."""
        found: dict[bytes, bytes] = {}
        stale: list[int] = []
        day = today()
        for start in range(0, len(keys), AT_ONCE):
            some = keys[start : start + AT_ONCE]
            marks = ",".join("?" * len(some))
            query = f"SELECT f.id, key, value, day FROM {JOINED} WHERE key IN ({marks})"
            for row, key, value, last in self._connection.execute(query, some):
                found[key] = value
                if last != day:
                    stale.append(row)
        if stale:
            with self._writing():
                self._connection.executemany("INSERT OR REPLACE INTO used VALUES (?, ?)", [(row, day) for row in stale])
        return found

    def put(self, rows: Sequence[tuple[bytes, bytes]], name: str = "") -> None:
        """Store rows (key, value); a key that is there already is replaced."""
        day, rows = today(), sorted(rows)  # in the order of the index, which lies on fewer pages
        with self._writing():
            if name:
                self._connection.execute("INSERT OR IGNORE INTO about VALUES (?)", (name,))
            self._connection.executemany(UPSERT, rows)
            self._connection.executemany(USED, [(day, key) for key, _ in rows])

    def forget(self, keys: Sequence[bytes]) -> None:
        """Remove rows by key."""
        with self._writing():
            self._connection.executemany("DELETE FROM features WHERE key = ?", [(key,) for key in keys])

    def days(self) -> dict[int, int]:
        """Give the number of rows last used on each day."""
        query = f"SELECT coalesce(day, 0), count(*) FROM {JOINED} GROUP BY 1"
        return dict(self._connection.execute(query).fetchall())

    def remove(self, day: int, count: int) -> None:
        """Remove up to `count` rows last used on `day`, the oldest first, and give their room back to the disk."""
        query = f"SELECT f.id FROM {JOINED} WHERE coalesce(day, 0) = ? ORDER BY f.id LIMIT ?"
        with self._writing():
            rows = self._connection.execute(query, (day, count)).fetchall()
            self._connection.executemany("DELETE FROM features WHERE id = ?", rows)
            self._connection.executemany("DELETE FROM used WHERE id = ?", rows)
        self._connection.execute("PRAGMA incremental_vacuum").fetchall()
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def name(self) -> str:
        """Give the name of the backbone the rows are of, or ""."""
        row = self._connection.execute("SELECT name FROM about LIMIT 1").fetchone()
        return str(row[0]) if row else ""

    def bytes(self) -> int:
        """Give the room the file and its journal take on disk."""
        return sum(path.stat().st_size for path in companions(self.path) if path.exists())

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


def companions(path: Path) -> list[Path]:
    """Give the database file and the journals SQLite keeps beside it."""
    return [path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")]
