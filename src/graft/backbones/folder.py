"""A local folder of weights: one that graft wrote, a timm one, or a transformers one; and writing graft's own."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from graft.backbones.base import Backbone, Card
from graft.backbones.blueprint import Blueprint
from graft.backbones.files import check, read_json, read_tensors, replace, sha256_of, sha256_of_all, weights_files
from graft.backbones.lazy import LazyTensors
from graft.errors import BackboneError

OURS, WEIGHTS, TOKENIZER = "backbone.json", "model.safetensors", "tokenizer.json"
FORMAT = 1


def read_folder(folder: Path, name: str = "", source: str = "a local folder") -> Blueprint:
    """Read a folder of weights; raises BackboneError when it holds none that graft can use."""
    name = name or str(folder)
    if (folder / OURS).is_file():
        return _read_ours(folder)
    if not (folder / "config.json").is_file():
        raise BackboneError(
            f"{folder} holds no backbone: a config.json with model.safetensors beside it (as timm or transformers "
            f"write them), or a folder that graft wrote, with {OURS}, is expected."
        )
    config = read_json(folder / "config.json")
    if "architecture" in config:
        from graft.backbones.timm_net import read as read_timm

        files = weights_files(folder)
        return read_timm(config, read_tensors(*files), sha256_of_all(files), name, source)
    if "model_type" in config:
        from graft.backbones.audio.encoders import AUDIO_TYPES
        from graft.backbones.audio.encoders import read as read_audio
        from graft.backbones.encoders import read as read_encoder

        return (read_audio if config["model_type"] in AUDIO_TYPES else read_encoder)(folder, name, source)
    raise BackboneError(f"{folder / 'config.json'} says neither 'architecture' (timm) nor 'model_type' (transformers).")


def save_backbone(backbone: Backbone, folder: Path) -> None:
    """Write a backbone so that `load(folder)` gives the same features and fingerprint with nothing else installed."""
    plan = getattr(backbone, "blueprint", None)
    if not isinstance(plan, Blueprint):
        raise BackboneError(f"{backbone.card.name} was not built by graft, so it cannot be saved.")
    folder.mkdir(parents=True, exist_ok=True)
    said: dict[str, Any] = {"format": FORMAT, "kind": plan.kind, "card": dataclasses.asdict(plan.card)}
    said |= {"config": plan.config, "classes": plan.classes, "weights": "", "tokenizer": ""}
    if plan.state:
        from safetensors.torch import save

        tensors = {key: tensor.detach().cpu().contiguous().clone() for key, tensor in plan.state.items()}
        replace(folder / WEIGHTS, save(tensors))
        said["weights"] = sha256_of(folder / WEIGHTS)
    if plan.tokenizer:
        replace(folder / TOKENIZER, plan.tokenizer.encode("utf-8"))
        said["tokenizer"] = sha256_of(folder / TOKENIZER)
    replace(folder / OURS, json.dumps(said, indent=1, ensure_ascii=False).encode("utf-8"))


def _read_ours(folder: Path) -> Blueprint:
    said = read_json(folder / OURS)
    if said.get("format", 0) > FORMAT:
        raise BackboneError(
            f"{folder} was written by a newer graft (format {said['format']}, known: {FORMAT}); update."
        )
    for part, name in (("weights", WEIGHTS), ("tokenizer", TOKENIZER)):
        if said.get(part):
            if not (folder / name).is_file():
                raise BackboneError(f"{folder} is incomplete: {name} is missing.")
            check(folder / name, said[part])
    try:
        card: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in said["card"].items()
        }
        tokenizer = (folder / TOKENIZER).read_text(encoding="utf-8") if said["tokenizer"] else ""
        state = LazyTensors(lambda: read_tensors(folder / WEIGHTS)) if said["weights"] else {}
        return Blueprint(said["kind"], Card(**card), said["config"], state, tuple(said["classes"]), tokenizer)
    except (KeyError, TypeError) as error:
        raise BackboneError(f"{folder / OURS} is damaged ({error}).") from error
