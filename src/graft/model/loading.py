"""Load a saved Model: strict, so that what is damaged, incomplete or newer is refused in a sentence."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

import numpy as np
from numpy.typing import NDArray

from graft import backbones
from graft.errors import BackboneError, ModelError
from graft.evaluation.operating import OperatingPoint
from graft.evaluation.scores import Scores
from graft.extract.views import View
from graft.heads import Head, make
from graft.model.files import MARK
from graft.model.member import Member, Pool
from graft.model.model import Model
from graft.model.saving import FORMAT, WEIGHTS
from graft.version import __version__

if TYPE_CHECKING:
    from graft.backbones.base import Backbone

ADAPTED = "aligned"


def load(folder: str | Path, *, device: str = "auto") -> Model:
    """Read a saved model; raises ModelError when it is damaged, incomplete, or from a newer version of graft.

    >>> import graft, tempfile
    >>> texts = ["good film", "good plot", "good cast", "bad film", "bad plot", "bad cast"]
    >>> model = graft.fit((texts, ["yes"] * 3 + ["no"] * 3), backbone="word-counts")
    >>> place = model.save(tempfile.mkdtemp() + "/model")
    >>> graft.load(place).predict(["good"]).tolist()
    ['yes']
    """
    place = Path(folder)
    described = _read_description(place)
    arrays = _read_weights(place, described["weights_sha256"])
    try:
        members = tuple(_member(i, m, arrays) for i, m in enumerate(described["members"]))
        _check_members(members, described)
        return Model(
            members=members,
            backbones={n: _backbone(place, n, r, device) for n, r in described["backbones"].items()},
            task=described["task"],
            modality=described["modality"],
            classes=tuple(described["classes"]),
            temperature=float(described["temperature"]),
            pool=_pool(described.get("pool", "geometric")),
            scores=Scores.from_dict(described["scores"]) if described["scores"] else None,
            reading=dict(described["reading"]),
            operating=OperatingPoint.from_dict(described.get("operating")),
            record=dict(described["record"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelError(
            f"{place / MARK} is damaged ({type(error).__name__}: {error}); fit or copy the model again."
        ) from error


def _check_members(members: tuple[Member, ...], described: dict[str, Any]) -> None:
    """Raise ValueError where the parts of a description contradict each other."""
    if not members:
        raise ValueError("it has no members")
    for member in members:
        if member.backbone not in described["backbones"]:
            raise ValueError(f"the backbone {member.backbone!r} is not described")
        known = getattr(member.head, "classes_", np.zeros(0, np.int64))
        if len(known) and int(np.max(known)) >= len(described["classes"]):
            raise ValueError(f"its head knows more classes than the {len(described['classes'])} it names")


def _read_description(place: Path) -> dict[str, Any]:
    path = place / MARK
    if not path.is_file():
        what = "is not a graft model: it has no model.json" if place.exists() else "does not exist"
        raise ModelError(f"{place} {what}. Give the folder that `graft fit --out` wrote.")
    try:
        described = json.loads(path.read_text(encoding="utf-8"))
        version = int(described["format"])
        described["weights_sha256"], described["members"], described["backbones"]
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path} is damaged ({error}); copy the model again from where it came.") from error
    if version > FORMAT:
        raise ModelError(
            f"{place} was written by a newer graft ({described.get('graft')}, format {version}; this one, "
            f"{__version__}, reads up to {FORMAT}). Upgrade with: pip install --upgrade graftlearn"
        )
    return dict(described)


def _read_weights(place: Path, sha256: str) -> dict[str, NDArray[Any]]:
    from safetensors.numpy import load as from_bytes

    path = place / WEIGHTS
    if not path.is_file():
        raise ModelError(f"{path} is missing; copy the whole folder of the model.")
    weights = path.read_bytes()
    if hashlib.sha256(weights).hexdigest() != sha256:
        raise ModelError(f"{path} is not the file that was saved (its hash differs); copy the model again.")
    return dict(from_bytes(weights))


def _member(number: int, described: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Member:
    prefix = f"{number}/"
    state = {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)}
    head = _head(described["head"], described["parameters"]).load_state(state)
    view = View(described["view"], tuple(described["columns"]))
    mean, var = (arrays.get(f"moments/{number}/{name}") for name in ("mean", "var"))
    moments = None if mean is None or var is None else (mean, var)
    return Member(described["backbone"], view, head, float(described["weight"]), moments)


def _head(name: str, parameters: dict[str, Any]) -> Head:
    if name != ADAPTED:
        return make(name, **parameters)
    from graft.align.head import AlignedHead

    return AlignedHead()


def _pool(name: str) -> Pool:
    if name not in get_args(Pool):
        raise ValueError(f"{name!r} is no way to pool members")
    return cast(Pool, name)


def _backbone(place: Path, name: str, reference: dict[str, Any], device: str) -> Backbone:
    source = str(place / reference["inside"]) if reference["inside"] else name
    if reference["inside"] and not Path(source).is_dir():
        raise ModelError(f"{source}, the backbone of the model, is missing; copy the whole folder of the model.")
    runtime = str(reference.get("runtime") or "auto")
    backbone = backbones.load(source, device=device, exact=bool(reference["exact"]), runtime=runtime)
    if backbone.card.sha256 != reference["sha256"]:
        raise BackboneError(
            f"The backbone {name} here is not the one the model was fitted with (sha256 {backbone.card.sha256[:12]}, "
            f"not {reference['sha256'][:12]}). Install the one it was fitted with, or save the model self-contained."
        )
    width = reference.get("width", backbone.width)
    if width != backbone.width:
        raise ModelError(
            f"The model in {place} was fitted on {width} numbers an input of {name}, and this graft ({__version__}) "
            f"gives {backbone.width}. Fit it again, or predict with the graft that fitted it."
        )
    return backbone
