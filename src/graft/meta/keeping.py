"""How a backbone was meta-trained, kept beside it: the learner's name, its tasks, and what of it is no network."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graft.backbones.files import read_json, read_tensors, replace
from graft.errors import ModelError

if TYPE_CHECKING:
    from torch import Tensor

    from graft.backbones.base import Backbone
    from graft.meta.learner import Learner

LEARNER, TENSORS = "learner.json", "learner.safetensors"


@dataclass(frozen=True, eq=False)
class Kept:
    """The method, the ways its head has, how many last parts of the network it moves, and its own tensors."""

    method: str
    ways: int
    parts: int
    state: dict[str, Tensor]


def keep(learner: Learner, method: str, parts: int, folder: Path) -> None:
    """Write what a learner has beside its network into the folder of its backbone."""
    from safetensors.torch import save

    own = {name: held.detach().cpu().contiguous() for name, held in learner.named_parameters()}
    own = {name: held for name, held in own.items() if not name.startswith("tail.") and name != "centres"}
    replace(folder / TENSORS, save(own))
    replace(folder / LEARNER, json.dumps({"method": method, "ways": learner.ways, "parts": parts}).encode("ascii"))


def kept(folder: Path) -> Kept | None:
    """Read what `keep` wrote, None where there is nothing; raises ModelError when it is damaged."""
    if not (folder / LEARNER).is_file():
        return None
    said: dict[str, Any] = read_json(folder / LEARNER)
    try:
        return Kept(str(said["method"]), int(said["ways"]), int(said["parts"]), dict(read_tensors(folder / TENSORS)))
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise ModelError(f"{folder / LEARNER} is damaged ({error}); meta-train the backbone anew.") from error


def again(backbone: Backbone, held: Kept | None, method: str | None, ways: int) -> tuple[Learner, str]:
    """Give the learner that a backbone was trained with, or the one asked for; prototypes where neither says.

    What it kept is loaded where the ways are those it was trained with; else its head is drawn anew.
    """
    from graft.meta.methods import make_learner
    from graft.meta.tail import Tail

    name = method or (held.method if held else "protonet")
    learner = make_learner(name, Tail(backbone.trainable(), held.parts if held else 0), ways)
    if held and held.method == name and held.ways == ways:
        learner.load_state_dict(held.state, strict=False)
    return learner, name
