"""Folders that appear whole or not at all, and are never overwritten by accident."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from graft.errors import ModelError

MARK = "model.json"


def check_free(folder: Path, *, force: bool) -> None:
    """Raise ModelError when `folder` cannot or may not be written.

    It holds files, and they are no model, or a finished one and `force` is not given; or nothing can be made there.
    """
    if folder.is_symlink():
        raise ModelError(f"{folder} is a link; name the folder it points to, or another place for the model.")
    if folder.exists() and not folder.is_dir():
        raise ModelError(f"{folder} is a file, not a folder; name another place for the model.")
    _check_writable(folder)
    if not folder.exists() or not any(folder.iterdir()):
        return
    if not (folder / MARK).exists():
        raise ModelError(f"{folder} holds files that are not a graft model; name an empty or a new folder.")
    if not force and not unfinished(folder):
        raise ModelError(f"{folder} already holds a model; use --force to replace it, or name another folder.")


def unfinished(folder: Path) -> bool:
    """Say whether a folder holds a model that a fit put there before it was done, which a later fit may replace."""
    try:
        described = json.loads((folder / MARK).read_text(encoding="utf-8"))
        return bool(described["record"].get("unfinished"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _check_writable(folder: Path) -> None:
    """Make and remove a folder where the model would go: a long fit is not lost to a place that takes nothing."""
    above = next(parent for parent in folder.absolute().parents if parent.exists() or parent.parent == parent)
    try:
        Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=above)).rmdir()
    except OSError as error:
        raise _unwritable(folder, above, error) from error


def _unwritable(folder: Path, above: Path, error: OSError) -> ModelError:
    why = f"{above} is a file" if above.is_file() else error.strerror or error
    return ModelError(f"{folder} cannot be written: {why}. Name another place for the model with --out.")


def write_whole(folder: Path, write: Callable[[Path], None], *, force: bool) -> None:
    """Let `write` fill a new folder beside `folder`, then put it in place in one move; a failure leaves the old one."""
    check_free(folder, force=force)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise _unwritable(folder, folder.parent, error) from error
    try:
        write(fresh)
        fresh.chmod(0o755)
        _put(fresh, folder)
    except OSError as error:
        raise ModelError(f"{folder} cannot be written: {error.strerror or error}; nothing was changed.") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _put(fresh: Path, folder: Path) -> None:
    if not folder.exists():
        fresh.rename(folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}.old.", dir=folder.parent))
    try:
        folder.replace(old / "model")
        fresh.rename(folder)
    except OSError:
        if not folder.exists() and (old / "model").exists():
            (old / "model").replace(folder)
        raise
    finally:
        if folder.exists():
            shutil.rmtree(old, ignore_errors=True)


def free_folder(parent: Path, source: str) -> Path:
    """Give a folder of `parent`, named after the source, that does not exist yet: runs/ants, runs/ants-2 and so on."""
    name = Path(source).resolve().stem or "model"
    number, place = 1, parent / name
    while place.exists():
        number += 1
        place = parent / f"{name}-{number}"
    return place
