"""Layers of Whisper's modules as parts of an OpenVINO graph."""

from __future__ import annotations

from typing import Any

from graft.backbones.openvino_bert import linear, normed


def dense(x: Any, layer: Any) -> Any:
    """Give x W^T + b."""
    return linear(x, (layer.weight.detach(), layer.bias.detach()))


def norm(x: Any, layer: Any) -> Any:
    """Give the layer norm of x."""
    return normed(x, (layer.weight.detach(), layer.bias.detach()), layer.eps)
