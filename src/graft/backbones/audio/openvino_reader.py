"""The graph of Whisper's decoder, asked for the first word, for OpenVINO."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graft.backbones.audio.openvino_parts import dense, norm
from graft.backbones.openvino_bert import constant

if TYPE_CHECKING:
    from graft.backbones.audio.whisper_attention import WhisperAttention
    from graft.backbones.audio.whisper_reader import WhisperReader

HEADS_FIRST = np.array([0, 2, 1, 3])
HIDDEN = -1e9


def reader_state(states: Any, reader: WhisperReader) -> Any:
    """Give the (R, D) states of the last token of the prompt, of the encoder's (R, L, D) last states."""
    from openvino import opset13 as ops

    count, width = reader.prompt.shape
    rows = ops.gather(ops.shape_of(states), np.array([0]), np.array(0))
    x = ops.broadcast(constant(reader.prompt.detach()[None]), ops.concat([rows, np.array([count, width])], 0))
    later = np.triu(np.full((count, count), HIDDEN, np.float32), 1)
    layers: list[Any] = list(reader.layers)
    for layer in layers:
        shown = norm(x, layer.self_attn_layer_norm)
        x = ops.add(x, _attended(shown, shown, layer.self_attn, later))
        x = ops.add(x, _attended(norm(x, layer.encoder_attn_layer_norm), states, layer.encoder_attn, None))
        wide = ops.gelu(dense(norm(x, layer.final_layer_norm), layer.fc1), "ERF")
        x = ops.add(x, dense(wide, layer.fc2))
    return norm(ops.gather(x, np.array(count - 1), np.array(1)), reader.layer_norm)


def _attended(x: Any, of: Any, own: WhisperAttention, hidden: Any) -> Any:
    from openvino import opset13 as ops

    width = own.q_proj.in_features
    split = np.array([0, 0, own.heads, width // own.heads])
    keys = ops.matmul(of, constant(own.k_proj.weight.detach()), False, True)
    query, key, value = (
        ops.transpose(ops.reshape(part, split, True), HEADS_FIRST)  # (R, heads, L, d)
        for part in (dense(x, own.q_proj), keys, dense(of, own.v_proj))
    )
    scores = ops.matmul(ops.multiply(query, np.float32((width // own.heads) ** -0.5)), key, False, True)
    if hidden is not None:
        scores = ops.add(scores, hidden)
    mixed = ops.matmul(ops.softmax(scores, -1), value, False, False)
    return dense(ops.reshape(ops.transpose(mixed, HEADS_FIRST), np.array([0, 0, width]), True), own.out_proj)
