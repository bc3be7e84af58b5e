"""Converted networks, kept beside the features: written once for each set of weights, checked when read."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.backbones.blueprint import Blueprint
from graft.backbones.files import check, read_json, sha256_of
from graft.backbones.home import cache_folder
from graft.backbones.openvino_runtime import core, library
from graft.errors import BackboneError

FORMAT = "openvino-graph-1"
GRAPH, TENSORS, ARRAYS, ABOUT = "graph.xml", "graph.bin", "arrays.npz", "about.json"
Arrays = Mapping[str, NDArray[Any]]


def place_of(blueprint: Blueprint, detail: str = "") -> Path:
    """Give the folder in the cache where a graph of these weights lies."""
    return cache_folder() / "graphs" / blueprint.fingerprint(f"{FORMAT} {detail}")


def stored(blueprint: Blueprint, make: Callable[[], tuple[Any, Arrays]], detail: str = "") -> tuple[Any, Arrays]:
    """Give the graph that `make` gives and the arrays beside it; made once, then read from the cache folder.

    A damaged one is made anew, and where nothing can be written it is made every time.
    """
    place = place_of(blueprint, detail)
    with contextlib.suppress(BackboneError, OSError, RuntimeError, ValueError, KeyError):
        return _read(place)
    graph, arrays = make()
    with contextlib.suppress(OSError, RuntimeError):  # OpenVINO raises the latter where the disk is full
        _write(place, graph, arrays)
    return graph, arrays


def _read(place: Path) -> tuple[Any, Arrays]:
    about = read_json(place / ABOUT)
    for name in (GRAPH, TENSORS, ARRAYS):
        check(place / name, about[name])
    with np.load(place / ARRAYS, allow_pickle=False) as held:
        arrays = {name: held[name] for name in held.files}
    return core().read_model(place / GRAPH), arrays


def _write(place: Path, graph: Any, arrays: Arrays) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=".making-", ignore_cleanup_errors=True) as temporary:
        made = Path(temporary) / "graph"
        made.mkdir()
        library().save_model(graph, made / GRAPH, compress_to_fp16=False)
        np.savez(made / ARRAYS, allow_pickle=False, **dict(arrays))
        names = (GRAPH, TENSORS, ARRAYS)
        (made / ABOUT).write_text(json.dumps({name: sha256_of(made / name) for name in names}), encoding="utf-8")
        _swap(made, place, Path(temporary) / "old")


def _swap(made: Path, place: Path, old: Path) -> None:
    """Put a folder where another may be; a reader sees one of them or none."""
    with contextlib.suppress(FileNotFoundError):
        place.rename(old)
    made.rename(place)
