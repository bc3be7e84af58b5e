"""Checkpoints: one safetensors file with facts in its header, written whole or not at all, and checked when read."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from graft.train.recipe import TrainError

KEY = "graft-training"
FORMAT = 1


def write_checkpoint(path: Path, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
    """Write tensors and JSON facts; a kill at any moment leaves the file before, or this one, but nothing between."""
    from safetensors.torch import save

    plain = {name: _plain(tensor) for name, tensor in tensors.items()}
    noted = {"format": FORMAT, "sum": _sum(plain), "facts": facts}
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(save(plain, {KEY: json.dumps(noted)}))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def read_checkpoint(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Give the tensors and facts of a checkpoint; raises TrainError when it is damaged or of something else."""
    from safetensors import safe_open

    try:
        with safe_open(str(path), "pt") as file:
            noted = json.loads((file.metadata() or {}).get(KEY, "null"))
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    except Exception as error:
        raise TrainError(f"The checkpoint {path} is damaged ({error}). Remove it to train from the start.") from error
    if not isinstance(noted, dict) or noted.get("format") != FORMAT:
        raise TrainError(f"{path} is no checkpoint of a training run of this version of graft; name another folder.")
    if noted.get("sum") != _sum(tensors):
        raise TrainError(f"The checkpoint {path} is damaged (its sum differs). Remove it to train from the start.")
    return tensors, noted["facts"]


def checksum(tensors: Mapping[str, Tensor]) -> int:
    """Give the CRC-32 of named tensors, wherever they lie."""
    return _sum({name: _plain(tensor) for name, tensor in tensors.items()})


def _plain(tensor: Tensor) -> Tensor:
    return tensor.detach().cpu().clone(memory_format=torch.contiguous_format)


def _sum(tensors: Mapping[str, Tensor]) -> int:
    total = 0
    for name in sorted(tensors):
        tensor = tensors[name]
        total = zlib.crc32(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode(), total)
        if tensor.numel():
            total = zlib.crc32(tensor.reshape(-1).view(torch.uint8).numpy().data, total)
    return total
