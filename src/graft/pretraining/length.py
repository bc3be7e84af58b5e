"""How long to pretrain: as many epochs as were asked for, as fit into the time, or as make enough steps."""

from __future__ import annotations

import copy
import json
import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from graft.backbones.files import read_json, replace
from graft.errors import GraftError
from graft.pretraining.task import Task

STEPS = 1500
PLAN = "plan.json"
TRIED = 2
USED = 0.9


def epochs_for(task: Task, epochs: int | None, left: Callable[[], float] | None, device: str) -> int:
    """Give the epochs: those asked for, or 1,500 steps' worth, or what nine tenths of the seconds left have room for.

    The cosine of the learning rate should end when the time does, so two steps are timed on a copy of the module.
    """
    batches = len(task.batches)
    if epochs is not None:
        if epochs < 1:
            raise GraftError(f"Pretraining needs at least one epoch, not {epochs}.")
        return epochs
    if left is None:
        return math.ceil(STEPS / batches)
    seconds = seconds_a_step(task, device)
    return max(1, int(USED * left() / (seconds * batches)))


def seconds_a_step(task: Task, device: str) -> float:
    """Give the seconds of one forward and backward pass, the shorter of two, the batch's making included."""
    import torch

    module = copy.deepcopy(task.module).to(device).train()
    stream = task.batches.epoch(0)
    took = []
    for _ in range(min(TRIED, len(task.batches))):
        begun = time.perf_counter()
        batch = tuple(tensor.to(device) for tensor in next(stream))
        torch.autograd.backward(task.objective(module, batch))
        took.append(time.perf_counter() - begun)
    return min(took)


def remembered(place: Path | None, asked: Mapping[str, Any], decide: Callable[[], int]) -> int:
    """Give the epochs an unfinished run in `place` was begun with, or decide now and note it there.

    Raises GraftError when what lies there was asked for otherwise, and so cannot be gone on with.
    """
    if place is None:
        return decide()
    note = place / PLAN
    if note.is_file():
        there = read_json(note)
        odd = [name for name in asked if there.get("asked", {}).get(name) != asked[name]]
        if odd:
            raise GraftError(
                f"{place} holds an unfinished pretraining that was asked for with another {' and '.join(odd)}. Repeat "
                "that command to go on with it, or remove the folder to begin anew."
            )
        return int(there["epochs"])
    epochs = decide()
    place.mkdir(parents=True, exist_ok=True)
    replace(note, json.dumps({"asked": dict(asked), "epochs": epochs}).encode("ascii"))
    return epochs
