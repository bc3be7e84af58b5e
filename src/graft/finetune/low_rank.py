"""Low-rank adaptation: W + (α / r) B A with few numbers in A and B, merged into W at the end.

Hu et al. 2022 (arXiv:2106.09685); the layers are those of peft, put into the network and taken out again.
"""

from __future__ import annotations

from typing import Any

from torch import nn

from graft.finetune.strategy import FinetuneError

SCALE = 2


def add_low_rank(network: nn.Module, rank: int) -> None:
    """Give every dense layer and every 1 × 1 convolution inside a block matrices A (random) and B (zero), α = 2 r.

    The network's function stays what it was. Raises FinetuneError where there is no such layer.
    """
    from peft import LoraConfig, inject_adapter_in_model

    targets = [name for name, module in network.named_modules() if "." in name and _fits(module)]
    if not targets:
        raise FinetuneError("The backbone has no dense layers inside blocks, so low-rank matrices have no place there.")
    config = LoraConfig(r=rank, lora_alpha=SCALE * rank, target_modules=targets, lora_dropout=0.0, bias="none")
    inject_adapter_in_model(config, network)


def merge_low_rank(network: nn.Module) -> None:
    """Add the matrices to the weights they stand beside, and take them out."""
    from peft.tuners.tuners_utils import BaseTunerLayer

    layers: list[tuple[str, Any]] = [(n, m) for n, m in network.named_modules() if isinstance(m, BaseTunerLayer)]
    for name, layer in layers:
        layer.merge()
        parent, _, leaf = name.rpartition(".")
        network.get_submodule(parent).register_module(leaf, layer.get_base_layer())


def _fits(module: nn.Module) -> bool:
    if isinstance(module, nn.Conv2d):
        return module.groups == 1 and module.kernel_size == (1, 1)
    return isinstance(module, nn.Linear)
