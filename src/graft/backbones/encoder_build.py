"""A text encoder on a device: its network in the runtime that is fastest there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graft.backbones.bert import BertNetwork
from graft.backbones.blueprint import Blueprint
from graft.backbones.choice import Engine, choose
from graft.backbones.encoders import make_module
from graft.backbones.graphs import Arrays, stored
from graft.backbones.openvino_runtime import OpenVinoRuntime, installed, numbers_here
from graft.backbones.pooling import pooled
from graft.backbones.runtime import one_thread, pick_numbers
from graft.backbones.text import TextBackbone, budget_on
from graft.backbones.text_stages import middle_layers, with_summaries

if TYPE_CHECKING:
    from torch import Tensor

SAMPLE_TOKENS = 32


def build(blueprint: Blueprint, device: str, exact: bool, runtime: str = "auto") -> TextBackbone:
    """Give the backbone of a text encoder on a device."""
    rows = max(1, budget_on(device) // SAMPLE_TOKENS)
    ids, mask = np.full((rows, SAMPLE_TOKENS), 1, np.int64), np.ones((rows, SAMPLE_TOKENS), np.bool_)

    width = blueprint.card.dim * (1 + len(middle_layers(blueprint.config)))

    def with_torch() -> Engine:
        """Run the tensors themselves, or the network of transformers."""
        from graft.backbones.torch_runtime import TorchRuntime

        numbers = pick_numbers(device, exact)
        with one_thread():
            forward = _forward(blueprint, device, numbers)
        run = TorchRuntime(forward, device, numbers, autocast=blueprint.kind != "bert")
        return Engine(run, rows, width, (ids, mask))

    def with_openvino() -> Engine:
        """Run the graph, made from the tensors the first time."""
        graph, _ = stored(blueprint, lambda: _graph(blueprint), f"{width} wide")
        return Engine(OpenVinoRuntime(graph, numbers_here(exact)), rows, width, (ids, mask))

    makers = {"torch": with_torch}
    if device == "cpu" and blueprint.kind == "bert" and installed():
        makers["openvino"] = with_openvino
    engine = choose(blueprint.fingerprint(f"{device} exact={exact}"), runtime, makers)
    return TextBackbone(blueprint, engine, make_module, budget=budget_on(device), exact=exact)


def _forward(blueprint: Blueprint, device: str, numbers: str) -> Any:
    import torch

    pooling, normalise = blueprint.config["pooling"], blueprint.config["normalise"]
    middle = middle_layers(blueprint.config)
    if blueprint.kind == "bert":
        states = BertNetwork(blueprint.state, blueprint.config, getattr(torch, numbers), device).states
    else:
        module = make_module(blueprint).to(device).requires_grad_(False)

        def states(ids: Tensor, mask: Tensor) -> list[Tensor]:
            """Give the (R, L, D) states after each layer."""
            found = module(input_ids=ids, attention_mask=mask.long(), output_hidden_states=bool(middle))
            return [*(found.hidden_states[1:-1] if middle else ()), found.last_hidden_state]

    def forward(ids: Tensor, mask: Tensor) -> Tensor:
        """Give the (R, D) pooled states, and the summaries of the middle ones."""
        found = states(ids, mask)
        return with_summaries(pooled(found[-1], mask, pooling, normalise), [found[i - 1] for i in middle], mask)

    return forward


def _graph(blueprint: Blueprint) -> tuple[Any, Arrays]:
    import torch

    from graft.backbones.openvino_bert import bert_graph

    with one_thread():
        network = BertNetwork(blueprint.state, blueprint.config, torch.float32, "cpu")
        pooling, normalise = blueprint.config["pooling"], blueprint.config["normalise"]
        return bert_graph(network, pooling, normalise, middle_layers(blueprint.config)), {}
