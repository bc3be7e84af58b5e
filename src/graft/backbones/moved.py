"""Backbones made of other backbones: the same network with moved weights, or at another size of image."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from graft.backbones.base import Backbone
from graft.backbones.blueprint import Blueprint
from graft.backbones.catalogue import build
from graft.errors import BackboneError

if TYPE_CHECKING:
    from torch import Tensor

    from graft.backbones.trainable import Trainable


def trained(backbone: Backbone, trainable: Trainable, *, name: str, trained_on: str) -> Backbone:
    """Give a backbone with the weights of `trainable` as they are now; `backbone` is what it was made from.

    It has a card and a fingerprint of its own, names its parent, runs where and as the parent runs, and tells no
    classes apart, since the old classifier no longer fits. Raises BackboneError when the weights are another network's.
    """
    plan = _plan(backbone)
    state = {key: tensor.detach().cpu().float().clone() if tensor.is_floating_point() else tensor.detach().cpu().clone()
             for key, tensor in trainable.network.state_dict().items()}  # fmt: skip
    if set(state) != set(plan.state):
        odd = sorted(set(state) ^ set(plan.state))
        raise BackboneError(f"These are not the weights of {plan.card.name}: {odd[0]!r} is in one of the two only.")
    card = dataclasses.replace(
        plan.card, name=name, sha256=state_hash(state), trained_on=trained_on, parent=plan.card.name
    )
    return _as(backbone, dataclasses.replace(plan, card=card, state=state, classes=()))


def at_size(backbone: Backbone, side: int) -> Backbone:
    """Give an image backbone that reads images of `side` × `side` pixels; itself where it does so already."""
    plan = _plan(backbone)
    if plan.card.modality != "image":
        raise BackboneError(f"{plan.card.name} reads no images, so it has no other input size.")
    if side == plan.card.input_size:
        return backbone
    if side < 1:
        raise BackboneError(f"The input size must be at least 1 pixel, and {side} is not.")
    card = dataclasses.replace(plan.card, input_size=side)
    return _as(backbone, dataclasses.replace(plan, card=card))


def state_hash(state: Mapping[str, Tensor]) -> str:
    """Give the sha256 of tensors: names, types, shapes and bytes in the order of the names."""
    total = hashlib.sha256()
    for key in sorted(state):
        array = state[key].detach().cpu().contiguous().numpy()
        total.update(f"{key} {array.dtype} {array.shape}\n".encode())
        total.update(array.tobytes())
    return total.hexdigest()


def _plan(backbone: Backbone) -> Blueprint:
    plan = getattr(backbone, "blueprint", None)
    if not isinstance(plan, Blueprint) or not plan.state:
        raise BackboneError(f"{backbone.card.name} has no network, so nothing can be made of it.")
    return plan


def _as(backbone: Backbone, plan: Blueprint) -> Backbone:
    return build(plan, backbone.device, backbone.exact, backbone.runtime)
