"""Masked-language pretraining: the head's formula, tied weights, a run on a tiny encoder, refusals."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, pre_tokenizers, processors
from tokenizers.models import WordLevel

from graft import backbones
from graft.backbones.bert_module import BertModule
from graft.data.read import read
from graft.errors import BackboneError, DataError
from graft.pretraining.masked import Guessing, masked, states_of
from graft.pretraining.pretrain import pretrain
from graft.pretraining.task import groups_for

WORDS = ["[PAD]", "[CLS]", "[SEP]", "[MASK]", "red", "green", "blue", "is", "not", "a", "colour"]
CONFIG = {
    "model_type": "bert", "hidden_act": "gelu", "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2,
    "intermediate_size": 16, "vocab_size": len(WORDS), "max_position_embeddings": 40, "type_vocab_size": 2,
    "layer_norm_eps": 1e-12, "pad_token_id": 0,
}  # fmt: skip
TEXTS = [f"{one} is {other} a colour" for one in ("red", "green", "blue") for other in ("not", "")] * 6


@pytest.fixture
def encoder(tmp_path: Path) -> Path:
    """Give the folder of a tiny BERT of random weights with a tokenizer of eleven words."""
    folder = tmp_path / "encoder"
    folder.mkdir()
    torch.manual_seed(0)
    save_file(BertModule(CONFIG).state_dict(), folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    tokenizer = Tokenizer(WordLevel({word: i for i, word in enumerate(WORDS)}, "[PAD]"))
    tokenizer.add_special_tokens(WORDS[:4])
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 2), ("[CLS]", 1))
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def test_the_head_is_bert_s_and_tied_to_the_word_embeddings(encoder: Path) -> None:
    module = Guessing(backbones.load(str(encoder), device="cpu").trainable(), 0).eval()
    ids, mask = torch.tensor([[1, 4, 7, 2], [1, 5, 2, 0]]), torch.tensor([[True] * 4, [True] * 3 + [False]])
    asked = torch.tensor([[False, True, True, False], [False, True, False, False]])
    with torch.no_grad():
        found = module(ids, mask, asked)
        states = states_of(module.trainable.network, ids, mask)[asked].numpy().astype(np.float64)
    dense = states @ module.dense.weight.detach().numpy().T + module.dense.bias.detach().numpy()
    erf = np.vectorize(__import__("math").erf)
    x = dense * (1 + erf(dense / np.sqrt(2))) / 2
    x = (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + 1e-5)
    embeddings = module.trainable.network.embeddings.word_embeddings.weight.detach().numpy()
    np.testing.assert_allclose(found.numpy(), x @ embeddings.T, atol=1e-4)
    assert sum("word_embeddings" in name for name, _ in module.named_parameters()) == 1


def test_it_learns_and_gives_an_encoder_of_its_own(encoder: Path, tmp_path: Path) -> None:
    made = pretrain(TEXTS, out=tmp_path / "mine", backbone=str(encoder), epochs=2, device="cpu")
    assert "36 unlabelled texts; masked language modelling" in made.card.trained_on
    assert made.card.parent == str(encoder)
    assert made.card.licence == "not stated"
    start, again = backbones.load(str(encoder), device="cpu"), backbones.load(str(tmp_path / "mine"), device="cpu")
    ids = [again.prepare("red is not a colour")]
    assert again.embed(ids).shape == (1, again.width)
    assert not np.array_equal(again.embed(ids), start.embed(ids))


def test_labelled_texts_can_be_learnt_from_too(encoder: Path) -> None:
    labels = ["yes" if "not" in text else "no" for text in TEXTS]
    made = pretrain((TEXTS, labels), backbone=str(encoder), method="supervised", epochs=1, device="cpu")
    assert "36 labelled texts; cross-entropy" in made.card.trained_on
    with pytest.raises(DataError, match="needs a source with labels of two classes"):
        pretrain((TEXTS, [1.5 * len(text) for text in TEXTS]), backbone=str(encoder), method="supervised")


def test_batches_ask_the_same_of_an_epoch_again_and_ends_are_padded(encoder: Path) -> None:
    task = masked(backbones.load(str(encoder), device="cpu"), read(TEXTS, labelled=False), 0)
    first, again = next(iter(task.batches.epoch(0))), next(iter(task.batches.epoch(0)))
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    ids, mask, there, *_ = first
    assert ids.shape == mask.shape == there.shape
    assert bool((there[~mask] == -100).all())
    assert bool(((there != -100).sum(1) >= 1).all())


def test_a_fresh_head_moves_faster_than_the_encoder(encoder: Path) -> None:
    task = masked(backbones.load(str(encoder), device="cpu"), read(TEXTS, labelled=False), 0)
    slow, fast = groups_for(task)
    assert fast.names == ("bias", "dense.weight", "dense.bias", "norm.weight", "norm.bias")
    assert (slow.rate, fast.rate * task.recipe.rate) == (1.0, pytest.approx(1e-3))
    assert sorted(slow.names + fast.names) == sorted(name for name, _ in task.module.named_parameters())


def test_a_backbone_without_words_is_refused() -> None:
    with pytest.raises(BackboneError, match="word-counts is no text encoder"):
        pretrain(TEXTS, backbone="word-counts")
