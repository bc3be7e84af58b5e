"""Text encoders: the plain BERT equals transformers', company does not matter, pooling is what the folder says."""

import json

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from graft.backbones import entries, load
from graft.backbones.batching import in_buckets
from graft.backbones.files import read_tensors
from graft.backbones.packaged import folder_of
from graft.backbones.pooling import pooled
from graft.backbones.text import clean
from graft.backbones.text_stages import middle_layers
from graft.errors import BackboneError, DataError

MINILM = next(entry for entry in entries() if entry.name == "all-minilm-l6-v2")
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "cat", "dog", "sat", "on", "the", "mat", "##s", "."]
CONFIG = {"vocab_size": len(WORDS), "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
          "intermediate_size": 48, "max_position_embeddings": 40, "pad_token_id": 0}  # fmt: skip
TEXTS = ["the cat sat on the mat", "dogs", "", "the " * 60, "dogs sat. cats sat.", "unseen words"]


def write_encoder(folder, kind="bert", **changes):
    """Write a tiny random encoder as transformers does, with a tokenizer."""
    from tokenizers import BertWordPieceTokenizer
    from transformers import AutoConfig, AutoModel

    torch.manual_seed(0)
    model = AutoModel.from_config(AutoConfig.for_model(kind, **CONFIG | changes)).eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    model.save_pretrained(folder)
    BertWordPieceTokenizer(vocab={word: i for i, word in enumerate(WORDS)}).save(str(folder / "tokenizer.json"))
    return model


def sentence(folder):
    with pytest.raises(BackboneError) as caught:
        load(str(folder))
    return str(caught.value)


def embed(backbone, texts):
    return rows(backbone, texts)[:, : backbone.card.dim]


def rows(backbone, texts):
    return backbone.embed([backbone.prepare(text) for text in texts])


def plainly(model, backbone, texts):
    """Mean over the tokens, one text at a time, without padding."""
    rows = []
    for text in texts:
        ids = torch.from_numpy(backbone.prepare(text).astype(np.int64))[None]
        with torch.inference_mode():
            rows.append(model(input_ids=ids).last_hidden_state[0].mean(0).numpy())
    return np.stack(rows)


@pytest.mark.parametrize(
    ("layers", "kept"), [(1, ()), (2, (1,)), (3, (1, 2)), (6, (2, 3, 4)), (12, (4, 6, 8)), (None, ())]
)
def test_the_middle_layers_are_a_third_half_and_two_thirds_up(layers, kept):
    assert middle_layers({"num_hidden_layers": layers}) == kept


@pytest.mark.parametrize("kind", ["bert", "electra"])
@pytest.mark.parametrize("runtime", ["torch", "openvino"])
def test_beside_the_embedding_stand_the_means_of_middle_layers(tmp_path, kind, runtime):
    model = write_encoder(tmp_path, kind, num_hidden_layers=6)
    backbone = load(str(tmp_path), device="cpu", exact=True, runtime=runtime)
    assert backbone.stages == 3 * 32
    for text, row in zip(TEXTS, rows(backbone, TEXTS), strict=True):
        ids = torch.from_numpy(backbone.prepare(text).astype(np.int64))[None]
        with torch.inference_mode():
            states = model(input_ids=ids, output_hidden_states=True).hidden_states
        expected = torch.cat([states[layer][0].mean(0) for layer in (2, 3, 4)])
        np.testing.assert_allclose(row[32:], expected.numpy(), rtol=1e-4, atol=2e-5)


@pytest.mark.parametrize(("kind", "changes"), [("bert", {}), ("bert", {"hidden_act": "relu"}), ("electra", {})])
def test_an_encoder_from_a_folder_gives_the_mean_of_transformers_states(tmp_path, kind, changes):
    model = write_encoder(tmp_path, kind, **changes)
    backbone = load(str(tmp_path), device="cpu", exact=True)
    assert backbone.blueprint.kind == ("bert" if kind == "bert" and not changes else "transformers")
    assert (backbone.card.modality, backbone.card.dim, backbone.card.max_tokens) == ("text", 32, 40)
    np.testing.assert_allclose(embed(backbone, TEXTS), plainly(model, backbone, TEXTS), rtol=1e-4, atol=1e-5)
    module = backbone.module
    np.testing.assert_allclose(plainly(module, backbone, TEXTS), plainly(model, backbone, TEXTS), rtol=1e-5, atol=1e-6)
    assert all(parameter.dtype == torch.float32 and parameter.requires_grad for parameter in module.parameters())


@pytest.mark.parametrize("exact", [True, False])
def test_the_embedding_of_a_text_is_bit_identical_alone_and_in_company(tmp_path, exact):
    write_encoder(tmp_path)
    backbone = load(str(tmp_path), device="cpu", exact=exact)
    together = embed(backbone, TEXTS * 3)
    for index, text in enumerate(TEXTS):
        alone = embed(backbone, [text])[0]
        assert all(np.array_equal(alone, together[index + k * len(TEXTS)]) for k in range(3))
    assert rows(backbone, []).shape == (0, 32 + backbone.stages)


def test_sentence_transformers_files_choose_pooling_normalising_and_length(tmp_path):
    model = write_encoder(tmp_path)
    (tmp_path / "1_Pooling").mkdir()
    (tmp_path / "1_Pooling" / "config.json").write_text(json.dumps({"pooling_mode_cls_token": True}), encoding="utf-8")
    (tmp_path / "modules.json").write_text('[{"type": "sentence_transformers.models.Normalize"}]', encoding="utf-8")
    (tmp_path / "sentence_bert_config.json").write_text('{"max_seq_length": 9}', encoding="utf-8")
    (tmp_path / "README.md").write_text("---\nlicense: mit\n---\n", encoding="utf-8")
    backbone = load(str(tmp_path), device="cpu", exact=True)
    assert (backbone.card.max_tokens, backbone.card.licence) == (9, "mit")
    ids = backbone.prepare(TEXTS[3])
    assert len(ids) == 9
    with torch.inference_mode():
        first = model(input_ids=torch.from_numpy(ids.astype(np.int64))[None]).last_hidden_state[0, 0].numpy()
    np.testing.assert_allclose(backbone.embed([ids])[0, :32], first / np.linalg.norm(first), rtol=1e-4, atol=1e-5)


def test_what_is_no_text_encoder_says_so(tmp_path):
    write_encoder(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text(encoding="utf-8"))
    good = json.dumps(config)

    def with_config(**changes):
        (tmp_path / "config.json").write_text(json.dumps(config | changes), encoding="utf-8")
        return sentence(tmp_path)

    assert "is no text encoder" in with_config(is_encoder_decoder=True)
    assert "transformers cannot load" in with_config(model_type="no-such-type")
    assert "lack the tensor 'encoder.layer.2" in with_config(num_hidden_layers=3)
    assert "no layer uses: encoder.layer.1" in with_config(num_hidden_layers=1)
    (tmp_path / "config.json").write_text(good, encoding="utf-8")
    (tmp_path / "1_Pooling").mkdir()
    (tmp_path / "1_Pooling" / "config.json").write_text('{"pooling_mode_lasttoken": true}', encoding="utf-8")
    assert "pools its tokens by lasttoken" in sentence(tmp_path)
    (tmp_path / "1_Pooling" / "config.json").unlink()
    (tmp_path / "tokenizer.json").write_text("{}", encoding="utf-8")
    assert "tokenizer" in sentence(tmp_path)


def test_pooling_counts_only_what_the_mask_shows():
    rng = np.random.default_rng(0)
    states, mask = rng.normal(size=(3, 5, 4)).astype(np.float32), np.arange(5) < np.array([[5], [2], [1]])
    shown = [row[m] for row, m in zip(states, mask, strict=True)]
    expected = {"mean": [s.mean(0) for s in shown], "max": [s.max(0) for s in shown], "cls": [s[0] for s in shown]}
    for pooling, rows in expected.items():
        found = pooled(torch.from_numpy(states), torch.from_numpy(mask), pooling, False).numpy()
        np.testing.assert_allclose(found, np.stack(rows), rtol=1e-5)
        unit = pooled(torch.from_numpy(states), torch.from_numpy(mask), pooling, True).numpy()
        np.testing.assert_allclose(np.linalg.norm(unit, axis=1), 1, rtol=1e-5)


@given(st.lists(st.integers(1, 256), max_size=50))
def test_every_text_is_in_the_bucket_its_own_length_says(lengths):
    buckets = in_buckets(lengths, 16, 250)
    assert sorted(index for indices in buckets.values() for index in indices) == list(range(len(lengths)))
    assert list(buckets) == sorted(buckets)
    for size, indices in buckets.items():
        assert all(size == min(16 * ((lengths[index] + 15) // 16), 250) for index in indices)


@given(st.text(st.characters(), max_size=40))
@settings(deadline=None)
def test_any_text_can_be_cleaned_and_cleaning_twice_changes_nothing(text):
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    cleaned.encode("utf-8")


def test_composed_and_decomposed_letters_are_one_text_and_no_text_is_refused():
    assert clean("cafe\u0301") == clean("café")
    assert clean("a\ud800b") == "a?b"
    for item in (None, 3.5, float("nan"), b"bytes"):
        with pytest.raises(DataError, match="It is no text but a"):
            clean(item)


@pytest.mark.real
def test_minilm_uses_every_tensor_and_puts_like_beside_like():
    if not MINILM.here():
        pytest.skip(f"{MINILM.source} is not installed")
    backbone = load(MINILM.name, device="cpu")
    source = read_tensors(folder_of(MINILM.package) / MINILM.files[0])
    left_out = set(source) - set(backbone.blueprint.state)
    assert left_out == {"embeddings.position_ids", "pooler.dense.weight", "pooler.dense.bias"}
    assert sum(t.numel() for k, t in source.items() if k != "embeddings.position_ids") == MINILM.parameters
    assert backbone.card.max_tokens == 256
    one, two, other = embed(backbone, ["A cat sits on a mat.", "A kitten rests on a rug.", "Shares fell on Monday."])
    assert one @ two > 0.5 > one @ other + 0.3
    np.testing.assert_allclose([np.linalg.norm(row) for row in (one, two, other)], 1, rtol=1e-5)


@pytest.mark.real
def test_fast_minilm_agrees_with_transformers_in_float32():
    if not MINILM.here():
        pytest.skip(f"{MINILM.source} is not installed")
    texts = ["Short.", "A film of quiet and lasting beauty, if a little slow.", "word " * 400]
    exact, fast = load(MINILM.name, device="cpu", exact=True), load(MINILM.name, device="cpu")
    expected = plainly(exact.module, exact, texts)
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(embed(exact, texts), expected, atol=1e-5)
    assert (embed(fast, texts) * expected).sum(1).min() > 0.995
    assert np.array_equal(rows(fast, texts[:1]), rows(fast, texts)[:1])
