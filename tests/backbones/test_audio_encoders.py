"""Encoders of transformers for recordings, by folder: wav2vec 2.0, HuBERT, WavLM and the AST, tiny and random."""

import json

import numpy as np
import pytest
import torch

from graft.backbones import load, save_backbone
from graft.errors import BackboneError, DataError

WAVE = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48,
        "conv_dim": [16, 16], "conv_kernel": [10, 8], "conv_stride": [20, 16], "num_feat_extract_layers": 2,
        "num_conv_pos_embeddings": 16, "num_conv_pos_embedding_groups": 4, "vocab_size": 8}  # fmt: skip
PATCH = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48,
         "max_length": 64, "num_mel_bins": 32}  # fmt: skip
KINDS = {"wav2vec2": WAVE, "hubert": WAVE, "wavlm": WAVE, "audio-spectrogram-transformer": PATCH}
RNG = np.random.default_rng(0)
WAVES = [RNG.uniform(-0.5, 0.5, count).astype(np.float32) for count in (700, 5000, 8000, 8100)]


def write(folder, kind, **reading):
    from transformers import AutoConfig, AutoModel

    torch.manual_seed(0)
    model = AutoModel.from_config(AutoConfig.for_model(kind, **KINDS[kind])).eval()
    model.save_pretrained(folder)
    if reading:
        (folder / "preprocessor_config.json").write_text(json.dumps(reading), encoding="utf-8")
    return model


def rows(backbone, waves):
    return backbone.embed([backbone.prepare((wave, 16000)) for wave in waves])


def opened(folder):
    return load(str(folder), device="cpu", exact=True)


@pytest.mark.parametrize("kind", KINDS)
def test_company_does_not_matter_and_saved_is_the_same(tmp_path, kind):
    write(tmp_path / "tiny", kind)
    backbone = opened(tmp_path / "tiny")
    assert (backbone.card.modality, backbone.card.dim, backbone.stages) == ("audio", 32, 64)
    together = rows(backbone, WAVES)
    assert together.shape == (4, 96)
    assert np.array_equal(together[:, :32], together[:, 64:])
    for wave, row in zip(WAVES, together, strict=True):
        assert np.array_equal(rows(backbone, [wave])[0], row)
    save_backbone(backbone, tmp_path / "saved")
    again = opened(tmp_path / "saved")
    assert again.fingerprint == backbone.fingerprint
    assert np.array_equal(rows(again, WAVES), together)
    with pytest.raises(DataError):
        backbone.prepare(b"nothing")


@pytest.mark.parametrize("kind", ["wav2vec2", "hubert", "wavlm"])
def test_the_embedding_is_the_mean_over_the_recordings_own_positions(tmp_path, kind):
    model = write(tmp_path, kind, do_normalize=True, sampling_rate=16000)
    backbone, wave = opened(tmp_path), WAVES[2]
    given = np.zeros((1, -(-(len(wave) + 320) // 2560) * 2560), np.float32)
    given[0, : len(wave)] = (wave - wave.mean()) / np.sqrt(wave.var() + 1e-7)
    own = ((len(wave) - 10) // 20 + 1 - 8) // 16 + 1
    with torch.inference_mode():
        states = model(torch.from_numpy(given)).last_hidden_state[0, :own]
    assert np.allclose(rows(backbone, [wave])[0, :32], states.mean(0).numpy(), atol=1e-5)


def test_the_ast_reads_its_own_spectrogram(tmp_path):
    from transformers import ASTFeatureExtractor

    model = write(tmp_path, "audio-spectrogram-transformer", mean=-1.0, std=2.0)
    extractor = ASTFeatureExtractor(num_mel_bins=32, max_length=64, mean=-1.0, std=2.0)
    padded = np.zeros(-(-len(WAVES[1]) // 160) * 160, np.float32)
    padded[: len(WAVES[1])] = WAVES[1]
    given = extractor([padded], sampling_rate=16000, return_tensors="pt")["input_values"]
    with torch.inference_mode():
        plain = model(given).last_hidden_state[0].mean(0).numpy()
    backbone = opened(tmp_path)
    assert np.allclose(rows(backbone, [WAVES[1]])[0, :32], plain, atol=1e-5)
    long = np.concatenate([WAVES[2], WAVES[3]])
    assert backbone.prepare((long, 16000)).shape[0] == 2


@pytest.mark.parametrize("kind", KINDS)
def test_they_can_be_trained(tmp_path, kind):
    write(tmp_path, kind)
    backbone = opened(tmp_path)
    body = backbone.trainable()
    found = body(*body.collate([backbone.prepare((wave, 16000)) for wave in WAVES[1:3]]))
    assert found.shape == (2, 32)
    found.sum().backward()
    assert len(body.depths()) >= 2


def test_another_rate_is_refused(tmp_path):
    write(tmp_path, "hubert", sampling_rate=44100)
    with pytest.raises(BackboneError, match="hears 44100 samples a second; only 16000 are known here"):
        opened(tmp_path)
