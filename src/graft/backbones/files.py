"""Weights on disk: read as plain tensors only, and checked against a pinned hash."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graft.backbones.home import cache_folder
from graft.errors import BackboneError

if TYPE_CHECKING:
    from torch import Tensor

INDEX = "model.safetensors.index.json"
WEIGHTS = ("model.safetensors", INDEX, "pytorch_model.bin")


def sha256_of(path: Path) -> str:
    """Give the sha256 of a file; remembered by path, size and time of change, so that it is computed once."""
    stat = path.stat()
    mark = f"{path.resolve()}\n{stat.st_size}\n{stat.st_mtime_ns}"
    note = cache_folder() / "hashes" / hashlib.sha256(mark.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    with contextlib.suppress(OSError, ValueError):
        remembered = note.read_text(encoding="ascii")
        if len(remembered) == 64:
            return remembered
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    with contextlib.suppress(OSError):
        note.parent.mkdir(parents=True, exist_ok=True)
        replace(note, found.encode("ascii"))
    return found


def replace(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def check(path: Path, expected: str) -> None:
    """Refuse a file whose sha256 is not the `expected` one; raises BackboneError with both."""
    found = sha256_of(path)
    if found != expected:
        raise BackboneError(
            f"{path} is not the file it should be: its sha256 is {found}, and {expected} was expected. "
            "Remove it and install or download it again."
        )


def weights_files(folder: Path) -> tuple[Path, ...]:
    """Give the weights files of a folder, all parts of a split one; raises BackboneError when there are none."""
    names = [name for name in WEIGHTS if (folder / name).is_file()]
    if not names:
        raise BackboneError(f"{folder} has no weights: a file {WEIGHTS[0]!r}, {INDEX!r} or {WEIGHTS[2]!r} is expected.")
    if names[0] != INDEX:
        return (folder / names[0],)
    parts = sorted(set(read_json(folder / INDEX).get("weight_map", {}).values()))
    inside = [folder / Path(part).name for part in parts]
    missing = [path.name for path in inside if not path.is_file()]
    if missing or not inside:
        raise BackboneError(f"{folder} is incomplete: {', '.join(missing) or 'every part'} of its weights is missing.")
    return tuple(inside)


def sha256_of_all(paths: Sequence[Path]) -> str:
    """Give one sha256 for the weights: the file's own, or that of the parts' sha256 joined."""
    found = [sha256_of(path) for path in paths]
    return found[0] if len(found) == 1 else hashlib.sha256("".join(found).encode("ascii")).hexdigest()


def read_tensors(*paths: Path) -> dict[str, Tensor]:
    """Read named tensors from safetensors or PyTorch files without running anything in them."""
    state: dict[str, Tensor] = {}
    for path in paths:
        state |= _read_one(path)
    return state


def _read_one(path: Path) -> dict[str, Tensor]:
    import torch

    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file

            return load_file(path)
        found: Any = torch.load(path, weights_only=True, map_location="cpu")
    except FileNotFoundError:
        raise BackboneError(f"{path} does not exist.") from None
    except Exception as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise BackboneError(f"{path} is not a weights file that can be read safely ({first}).") from error
    for key in ("state_dict", "model"):
        if isinstance(found, dict) and isinstance(found.get(key), dict):
            found = found[key]
    if not isinstance(found, dict) or not all(isinstance(value, torch.Tensor) for value in found.values()):
        raise BackboneError(f"{path} holds something else than named tensors, so it is no weights file.")
    return dict(found)


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object; raises BackboneError when the file holds something else."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BackboneError(f"{path} cannot be read as JSON ({error}).") from error
    if not isinstance(found, dict):
        raise BackboneError(f"{path} holds no JSON object.")
    return found
