"""The folder of feature tables: opened when needed, set aside when damaged, given up when nothing can be written."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from graft.extract.table import Table, companions

SUFFIX, ASIDE = ".features", ".damaged"
DAMAGE = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
T = TypeVar("T")


class Shelf:
    """Tables by backbone fingerprint; what goes wrong is said once in `notes` and never raised."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notes: list[str] = []
        self.lock = threading.RLock()
        self._tables: dict[str, Table] = {}
        self._off = False

    def run(self, fingerprint: str, work: Callable[[Table], T]) -> T | None:
        """Do something with a table; None when it cannot be done, after saying why once."""
        with self.lock:
            for _ in range(2):
                if self._off:
                    return None
                try:
                    return work(self._open(fingerprint))
                except sqlite3.DatabaseError as error:
                    if not _is_damage(error):
                        self._give_up(error)
                    else:
                        self._set_aside(fingerprint)
                except OSError as error:
                    self._give_up(error)
            return None

    def fingerprints(self) -> list[str]:
        """Give the fingerprints that have a table."""
        return sorted(path.name.removesuffix(SUFFIX) for path in self.folder.glob(f"*{SUFFIX}"))

    def bytes(self) -> int:
        """Give the room all tables and their journals take on disk."""
        sizes = []
        for path in self._files():
            with contextlib.suppress(OSError):
                sizes.append(path.stat().st_size)
        return sum(sizes)

    def clear(self) -> None:
        """Remove every table, those set aside too; a file another process holds on Windows stays."""
        with self.lock:
            self.close()
            for path in self._files():
                with contextlib.suppress(OSError):
                    path.unlink()

    def close(self) -> None:
        """Close all files; the next use opens them again."""
        with self.lock:
            for table in self._tables.values():
                table.close()
            self._tables.clear()

    def note(self, sentence: str) -> None:
        """Say something once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def _files(self) -> list[Path]:
        return [path for suffix in (SUFFIX, ASIDE) for path in self.folder.glob(f"*{suffix}*")]

    def _open(self, fingerprint: str) -> Table:
        if fingerprint not in self._tables:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._tables[fingerprint] = Table(self.folder / f"{fingerprint}{SUFFIX}")
        return self._tables[fingerprint]

    def _give_up(self, error: Exception) -> None:
        self._off = True
        why = getattr(error, "strerror", None) or error
        self.note(f"The feature cache in {self.folder} cannot be used ({why}), so features are not kept.")

    def _set_aside(self, fingerprint: str) -> None:
        path = self.folder / f"{fingerprint}{SUFFIX}"
        table = self._tables.pop(fingerprint, None)
        if table is not None:
            table.close()
        with contextlib.suppress(OSError):
            if table is None or path.stat().st_ino == table.inode:  # else another process has done it already
                for old in companions(path):
                    with contextlib.suppress(FileNotFoundError):
                        old.replace(old.with_name(old.name.replace(SUFFIX, ASIDE)))
                self.note(f"The feature cache {path.name} was damaged; it was set aside and is built anew.")


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    said = str(error)
    return getattr(error, "sqlite_errorname", "").startswith(DAMAGE) or "no such" in said or "malformed" in said
