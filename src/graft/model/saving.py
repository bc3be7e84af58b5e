"""Save a Model: JSON and safetensors, never a pickle; it appears whole or not at all."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from graft import backbones
from graft.model.card import model_card
from graft.model.files import MARK, write_whole
from graft.model.kept import Kept
from graft.version import __version__

if TYPE_CHECKING:
    from graft.backbones.base import Backbone

FORMAT = 1
WEIGHTS = "weights.safetensors"


def save(model: Kept, folder: Path, *, self_contained: bool = False, force: bool = False) -> Path:
    """Write the model to `folder`; with `self_contained` its backbones go with it, else they are named by hash.

    Backbones whose weights were moved, which are nowhere else, always go with it. Raises ModelError when the folder
    holds something else, or a model and `force` is not given.
    """

    def write(place: Path) -> None:
        _write(model, place, self_contained)

    write_whole(folder, write, force=force)
    return folder


def _write(model: Kept, place: Path, self_contained: bool) -> None:
    from safetensors.numpy import save as to_bytes

    arrays = {
        f"{i}/{k}": np.asarray(v, order="C") for i, m in enumerate(model.members) for k, v in m.head.state().items()
    }
    for i, member in enumerate(model.members):
        if member.moments is not None:
            arrays |= dict(zip((f"moments/{i}/mean", f"moments/{i}/var"), member.moments, strict=True))
    weights = to_bytes(arrays)
    (place / WEIGHTS).write_bytes(weights)
    inside = {
        name: f"backbones/{i}" if self_contained or backbone.card.parent else ""
        for i, (name, backbone) in enumerate(model.backbones.items())
    }
    for name, path in inside.items():
        if path:
            backbones.save_backbone(model.backbones[name], place / path)
    described = describe(model) | {
        "weights_sha256": hashlib.sha256(weights).hexdigest(),
        "backbones": {name: _reference(b, inside[name]) for name, b in model.backbones.items()},
    }
    (place / MARK).write_text(json.dumps(described, indent=1, ensure_ascii=False, allow_nan=False), encoding="utf-8")
    (place / "README.md").write_text(model_card(model), encoding="utf-8")


def describe(model: Kept) -> dict[str, Any]:
    """Give everything of a model that is not an array, as JSON-safe values."""
    return {
        "format": FORMAT,
        "graft": __version__,
        "task": model.task,
        "modality": model.modality,
        "classes": list(model.classes),
        "temperature": model.temperature,
        "pool": model.pool,
        "members": [
            {
                "backbone": m.backbone,
                "view": m.view.kind,
                "columns": list(m.view.columns),
                "head": m.head.name,
                "parameters": m.head.get_params(),
                "weight": m.weight,
            }
            for m in model.members
        ],
        "reading": model.reading,
        "operating": model.operating.to_dict() if model.operating else None,
        "scores": model.scores.to_dict() if model.scores else None,
        "record": model.record,
    }


def _reference(backbone: Backbone, inside: str) -> dict[str, str | bool | int]:
    return {
        "sha256": backbone.card.sha256,
        "fingerprint": backbone.fingerprint,
        "exact": backbone.exact,
        "runtime": backbone.runtime,
        "inside": inside,
        "width": backbone.width,
    }
