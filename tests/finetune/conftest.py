"""Tiny backbones and data for fine-tuning."""

import json

import pytest
import torch
from safetensors.torch import save_file

from graft.backbones import load

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "good", "bad", "film", "a", "very", "the", "was", "."]


@pytest.fixture(scope="session")
def eye(tmp_path_factory):
    """A tiny image network with fixed random weights, in float32."""
    import timm

    folder = tmp_path_factory.mktemp("eye")
    torch.manual_seed(0)
    network = timm.create_model("test_efficientnet", num_classes=10)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.normal_(module.running_mean, std=0.1)
    save_file(network.state_dict(), folder / "model.safetensors")
    names = [f"old {i}" for i in range(10)]
    config = {"architecture": "test_efficientnet", "num_classes": 10, "label_names": names,
              "pretrained_cfg": {"input_size": [3, 32, 32], "label_names": names}}  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return load(str(folder), device="cpu", exact=True, runtime="torch")


@pytest.fixture(scope="session")
def reader(tmp_path_factory):
    """A tiny text encoder with fixed random weights, in float32."""
    from tokenizers import BertWordPieceTokenizer
    from transformers import AutoConfig, AutoModel

    folder = tmp_path_factory.mktemp("reader")
    torch.manual_seed(0)
    config = {"vocab_size": len(WORDS), "hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 4,
              "intermediate_size": 48, "max_position_embeddings": 40, "pad_token_id": 0,
              "hidden_dropout_prob": 0.0}  # fmt: skip
    model = AutoModel.from_config(AutoConfig.for_model("bert", **config))
    for name, parameter in model.named_parameters():
        if "LayerNorm" not in name:
            torch.nn.init.normal_(parameter, std=0.3)
    model.save_pretrained(folder)
    BertWordPieceTokenizer(vocab={word: i for i, word in enumerate(WORDS)}).save(str(folder / "tokenizer.json"))
    return load(str(folder), device="cpu", exact=True, runtime="torch")
