"""The graph of Whisper's encoder for OpenVINO, written from its modules; any number of rows and frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graft.backbones.audio.openvino_parts import dense, norm
from graft.backbones.audio.openvino_reader import reader_state
from graft.backbones.openvino_bert import attended, constant
from graft.backbones.openvino_runtime import library

if TYPE_CHECKING:
    from graft.backbones.audio.whisper_module import WhisperLayer, WhisperModule


def whisper_graph(module: WhisperModule, block: int) -> Any:
    """Give the graph from (R, L, bands) spectrograms and the (R, L // 2) positions seen to the (R, width) means.

    They are those of the block that is read, counted from 1, and then of every block, the reader's state the last.
    """
    openvino = library()
    from openvino import opset13 as ops

    mel = ops.parameter(openvino.PartialShape([-1, -1, module.conv1.in_channels]), np.float32)
    mask = ops.parameter(openvino.PartialShape([-1, -1]), np.bool_)
    weights = ops.unsqueeze(ops.convert(mask, "f32"), np.array([2]))
    x, means = _stem(module, mel), []
    layers: list[Any] = list(module.layers)
    for number, layer in enumerate(layers, 1):
        x = _through(x, layer)
        shown = norm(x, module.layer_norm) if number == len(layers) else x
        total = ops.reduce_sum(ops.multiply(shown, weights), np.array([1]))
        means.append(ops.divide(total, ops.reduce_sum(weights, np.array([1]))))
    if module.reader is not None:
        means.append(reader_state(shown, module.reader))
    row = ops.concat([means[block - 1], *means], 1)
    return openvino.Model([ops.result(row)], [mel, mask], "whisper")


def _stem(module: WhisperModule, mel: Any) -> Any:
    from openvino import opset13 as ops

    x = ops.transpose(mel, np.array([0, 2, 1]))
    for layer in (module.conv1, module.conv2):
        one = [1]
        x = ops.convolution(x, constant(layer.weight.detach()), list(layer.stride), one, one, one)
        assert layer.bias is not None
        x = ops.gelu(ops.add(x, constant(layer.bias.detach().view(1, -1, 1))), "ERF")
    x = ops.transpose(x, np.array([0, 2, 1]))
    first, step = np.array([0]), np.array([1])
    length = ops.gather(ops.shape_of(x), np.array([1]), np.array(0))
    return ops.add(x, ops.slice(constant(module.embed_positions.weight.detach()), first, length, step, first))


def _through(x: Any, layer: WhisperLayer) -> Any:
    import torch
    from openvino import opset13 as ops

    own = layer.self_attn
    parts = (own.q_proj, own.k_proj, own.v_proj)
    matrix = torch.cat([part.weight.detach() for part in parts])
    bias = torch.cat([torch.zeros(len(p.weight)) if p.bias is None else p.bias.detach() for p in parts])
    found = attended(norm(x, layer.self_attn_layer_norm), (matrix, bias), None, own.heads)
    x = ops.add(x, dense(found, own.out_proj))
    wide = ops.gelu(dense(norm(x, layer.final_layer_norm), layer.fc1), "ERF")
    return ops.add(x, dense(wide, layer.fc2))
