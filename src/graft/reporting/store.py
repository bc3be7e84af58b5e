"""The evidence on disk: one safetensors file beside the model, its words as JSON in the header."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.errors import ModelError
from graft.model.evidence import Evidence
from graft.model.files import MARK
from graft.reporting.run import Run
from graft.reporting.shows import Shows

FILE, WORDS = "evidence.safetensors", "words"
ANSWERS = ("output", "raw", "before")
PLAIN = ("keys", "targets", "scored", "mapped", "near", "apart")


def write(run: Run, shown: Shows, place: Path) -> Path:
    """Write a run's evidence into the folder of its model, in one move; raises ModelError where that cannot be done."""
    from safetensors.numpy import save

    e = run.evidence
    words = {
        "names": list(e.names),
        "parts": e.parts.tolist(),
        "domains": None if e.domains is None else e.domains.tolist(),
        "backbone": e.backbone,
        "maps": list(e.maps),
        "mime": shown.mime,
        "cards": list(run.cards),
        "looks": list(run.looks),
        "curve": run.curve,
    }
    path, fresh = place / FILE, place / f".{FILE}"
    try:
        fresh.write_bytes(save(_arrays(e, shown), {WORDS: json.dumps(words, allow_nan=False)}))
        fresh.replace(path)
    except OSError as error:
        raise ModelError(f"{path} cannot be written: {error.strerror or error}.") from error
    return path


def read(place: Path) -> tuple[Run, Shows]:
    """Read a run from the folder of a saved model; raises ModelError where it keeps no evidence, or a damaged one."""
    described = _described(place)
    path = place / FILE
    if not path.is_file():
        raise ModelError(f"{place} keeps no evidence to report from: it was fitted without a report; fit it again.")
    try:
        words, arrays = _opened(path)
        kept: dict[str, Any] = {name: arrays[name] for name in PLAIN}
        kept |= {name: arrays[name].astype(np.float64) for name in ANSWERS if name in arrays}
        evidence = Evidence(
            names=words["names"],
            parts=np.array(words["parts"], dtype=np.str_),
            domains=None if words["domains"] is None else np.array(words["domains"], dtype=np.str_),
            backbone=words["backbone"],
            maps={name: arrays[f"map/{i}"] for i, name in enumerate(words["maps"])},
            **kept,
        )
        shown = Shows(words["mime"], _unpacked(arrays, "small"), _unpacked(arrays, "large"))
        run = Run(described, tuple(words["cards"]), evidence, tuple(words["looks"]), words["curve"], str(place))
    except Exception as error:
        raise ModelError(
            f"{path} is damaged ({type(error).__name__}: {error}); fit the model again, or copy it again."
        ) from error
    return run, shown


def _opened(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    from safetensors import safe_open

    with safe_open(path, framework="np") as file:
        words = json.loads((file.metadata() or {})[WORDS])
        return words, {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118


def _described(place: Path) -> dict[str, Any]:
    path = place / MARK
    if not path.is_file():
        what = f"is not a graft model: it has no {MARK}" if place.exists() else "does not exist"
        raise ModelError(f"{place} {what}. Give the folder that `graft fit --out` wrote.")
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except ValueError as error:
        raise ModelError(f"{path} is damaged ({error}); copy the model again from where it came.") from error


def _arrays(e: Evidence, shown: Shows) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {name: np.ascontiguousarray(getattr(e, name)) for name in PLAIN}
    arrays |= {name: np.asarray(value, np.float32) for name in ANSWERS if (value := getattr(e, name)) is not None}
    arrays |= {f"map/{i}": np.asarray(values, np.float32) for i, values in enumerate(e.maps.values())}
    for name in ("small", "large"):
        kept: dict[int, bytes] = dict(getattr(shown, name))
        arrays[f"{name}/index"] = np.array(list(kept), dtype=np.int64)
        arrays[f"{name}/ends"] = np.cumsum([len(made) for made in kept.values()], dtype=np.int64)
        arrays[f"{name}/bytes"] = np.frombuffer(b"".join(kept.values()), dtype=np.uint8)
    return arrays


def _unpacked(arrays: dict[str, Any], name: str) -> dict[int, bytes]:
    whole, ends = arrays[f"{name}/bytes"].tobytes(), arrays[f"{name}/ends"].tolist()
    starts = [0, *ends[:-1]]
    return {int(i): whole[a:b] for i, a, b in zip(arrays[f"{name}/index"].tolist(), starts, ends, strict=True)}
