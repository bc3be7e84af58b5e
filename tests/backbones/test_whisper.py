"""Whisper's encoder: read from CTranslate2 and transformers alike, the same numbers, whatever the company."""

import json
import struct

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from graft import backbones
from graft.backbones import entries, load, save_backbone
from graft.backbones.audio.ct2 import read_ct2
from graft.backbones.audio.ears import MelEar, windows
from graft.backbones.audio.whisper import ct2_config, ct2_state
from graft.backbones.audio.whisper_module import WhisperModule
from graft.backbones.packaged import folder_of
from graft.errors import BackboneError

ENTRY = next(entry for entry in entries() if entry.name == "whisper-tiny.en")
PACKAGED = pytest.mark.skipif(not ENTRY.here(), reason="the packaged Whisper is not installed")
CONFIG = {"model_type": "whisper", "d_model": 32, "encoder_layers": 3, "encoder_attention_heads": 4,
          "encoder_ffn_dim": 48, "num_mel_bins": 80, "max_source_positions": 1500}  # fmt: skip
RNG = np.random.default_rng(0)
WAVES = [RNG.uniform(-0.5, 0.5, count).astype(np.float32) for count in (200, 4000, 9000, 9100, 30000)]


def write_whisper(folder):
    """Write a tiny random Whisper as transformers does, a tensor of its decoder among the others."""
    folder.mkdir(exist_ok=True)
    torch.manual_seed(0)
    module = WhisperModule(CONFIG)
    for parameter in module.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    state = {f"model.encoder.{key}": value.detach() for key, value in module.state_dict().items()}
    save_file(state | {"model.decoder.embed_tokens.weight": torch.zeros(4, 32)}, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    return module


def as_transformers(module):
    """Give the encoder of transformers with the same weights."""
    from transformers import WhisperConfig
    from transformers.models.whisper.modeling_whisper import WhisperEncoder

    encoder = WhisperEncoder(WhisperConfig(**CONFIG)).eval()
    encoder.load_state_dict(module.state_dict())
    return encoder


def write_ct2(path, arrays, version=6, name="WhisperSpec", kind=4):
    """Write arrays as CTranslate2 does, in half precision."""

    def text(word):
        raw = word.encode() + b"\0"
        return struct.pack("<H", len(raw)) + raw

    data = struct.pack("<I", version) + text(name) + struct.pack("<II", 3, len(arrays))
    for key, array in arrays.items():
        held = np.asarray(array, np.float16)
        data += text(key) + struct.pack("<B", held.ndim) + struct.pack(f"<{held.ndim}I", *held.shape)
        data += struct.pack("<BI", kind, held.nbytes) + held.tobytes()
    path.write_bytes(data + struct.pack("<I", 0))


def rows(backbone, waves):
    return backbone.embed([backbone.prepare((wave, 16000)) for wave in waves])


def sentence(call):
    with pytest.raises(BackboneError) as caught:
        call()
    return str(caught.value)


@pytest.mark.parametrize("runtime", ["torch", "openvino"])
def test_a_row_is_the_mean_of_every_block_over_the_recording(tmp_path, runtime):
    module = write_whisper(tmp_path)
    backbone = load(str(tmp_path), device="cpu", exact=True, runtime=runtime)
    assert (backbone.card.modality, backbone.card.dim, backbone.stages, backbone.card.block) == ("audio", 32, 96, 3)
    encoder = as_transformers(module)
    for wave, row in zip(WAVES, rows(backbone, WAVES), strict=True):
        own = -(-len(wave) // 320)
        length = -(-(own * 320 + 8000) // 2560) * 2560
        padded = np.zeros((1, length), np.float32)
        padded[0, : len(wave)] = wave
        mel = torch.from_numpy(MelEar(80)(padded, [own * 320])[0])
        with torch.inference_mode():
            x = torch.nn.functional.gelu(encoder.conv1(mel.transpose(1, 2)))
            x = torch.nn.functional.gelu(encoder.conv2(x)).transpose(1, 2)
            x = x + encoder.embed_positions.weight[: x.shape[1]]
            means = []
            for layer in encoder.layers:
                found = layer(x, None)
                x = found[0] if isinstance(found, tuple) else found
                means.append(x[0, :own].mean(0))
            means[-1] = encoder.layer_norm(x)[0, :own].mean(0)
        plain = torch.cat([means[-1], *means]).numpy()
        assert np.allclose(row, plain, atol=2e-4)


def write_english(folder):
    """Write a tiny random Whisper of English as transformers does; give the model of transformers."""
    from transformers import WhisperConfig, WhisperModel

    folder.mkdir(exist_ok=True)
    torch.manual_seed(0)
    own = {"vocab_size": 51864, "decoder_layers": 2, "decoder_attention_heads": 2, "decoder_ffn_dim": 40,
           "max_target_positions": 8, "pad_token_id": 0}  # fmt: skip
    whole = WhisperModel(WhisperConfig(**(CONFIG | own))).eval()
    for parameter in whole.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    save_file({f"model.{key}": value.contiguous() for key, value in whole.state_dict().items()},
              folder / "model.safetensors")  # fmt: skip
    (folder / "config.json").write_text(json.dumps(CONFIG | own), encoding="utf-8")
    return whole


@pytest.mark.parametrize("runtime", ["torch", "openvino"])
def test_the_last_block_of_an_english_whisper_is_its_decoder_before_the_first_word(tmp_path, runtime):
    whole = write_english(tmp_path)
    backbone = load(str(tmp_path), device="cpu", exact=True, runtime=runtime)
    assert (backbone.card.dim, backbone.stages, backbone.blocks) == (32, 128, 4)
    for wave, row in zip(WAVES, rows(backbone, WAVES), strict=True):
        own = -(-len(wave) // 320) * 320
        padded = np.zeros((1, -(-(own + 8000) // 2560) * 2560), np.float32)
        padded[0, : len(wave)] = wave
        with torch.inference_mode():
            states = backbone.module.states(torch.from_numpy(MelEar(80)(padded, [own])[0]))[-1]
            said = whole.decoder(input_ids=torch.tensor([[50257, 50362]]), encoder_hidden_states=states)
        assert np.allclose(row[-32:], said.last_hidden_state[0, -1].numpy(), atol=2e-4)


def test_an_english_encoder_alone_has_no_decoder_to_ask(tmp_path):
    write_english(tmp_path)
    state = load_file(tmp_path / "model.safetensors")
    save_file({key: value for key, value in state.items() if ".decoder." not in key}, tmp_path / "model.safetensors")
    assert "hold no decoder" in sentence(lambda: rows(load(str(tmp_path), device="cpu", runtime="torch"), WAVES))
    config = json.loads((tmp_path / "config.json").read_text(encoding="utf-8"))
    config["architectures"] = ["WhisperForAudioClassification"]
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    assert load(str(tmp_path), device="cpu", runtime="torch").blocks == 3


def test_the_decoder_stays_as_it_is_when_the_encoder_moves(tmp_path):
    write_english(tmp_path)
    backbone = load(str(tmp_path), device="cpu", exact=True, runtime="torch")
    body = backbone.trainable()
    assert not any(name.startswith("reader.") for depth in body.depths() for name in depth)
    assert not any(p.requires_grad for name, p in body.network.named_parameters() if name.startswith("reader."))
    moved = backbones.trained(backbone, body, name="moved", trained_on="tones")
    assert np.array_equal(rows(moved, WAVES), rows(backbone, WAVES))
    save_backbone(moved, tmp_path / "saved")
    again = load(str(tmp_path / "saved"), device="cpu", exact=True, runtime="torch")
    assert np.array_equal(rows(again, WAVES), rows(backbone, WAVES))


def test_company_does_not_matter_and_saved_is_the_same(tmp_path):
    write_whisper(tmp_path / "tiny")
    backbone = load(str(tmp_path / "tiny"), device="cpu", exact=True, runtime="torch")
    together = rows(backbone, WAVES)
    for wave, row in zip(WAVES, together, strict=True):
        assert np.array_equal(rows(backbone, [wave])[0], row)
    save_backbone(backbone, tmp_path / "saved")
    again = load(str(tmp_path / "saved"), device="cpu", exact=True, runtime="torch")
    assert again.fingerprint == backbone.fingerprint
    assert np.array_equal(rows(again, WAVES), together)
    assert rows(backbone, []).shape == (0, 128)


def test_a_long_recording_is_the_mean_of_its_windows(tmp_path):
    write_whisper(tmp_path)
    backbone = load(str(tmp_path), device="cpu", exact=True, runtime="torch")
    ear = MelEar(80)
    wave = RNG.uniform(-0.5, 0.5, 2 * ear.longest + 9).astype(np.float32)
    cut = windows(wave, ear)
    assert cut.shape[0] == 3
    assert np.array_equal(cut.reshape(-1)[: len(wave)], wave)
    assert not cut.reshape(-1)[len(wave) :].any()
    assert np.allclose(rows(backbone, [wave])[0], rows(backbone, list(cut)).mean(0), atol=1e-5)


def test_its_trainable_gives_the_embedding_and_takes_gradients(tmp_path):
    write_whisper(tmp_path)
    backbone = load(str(tmp_path), device="cpu", exact=True, runtime="torch")
    body = backbone.trainable()
    prepared = [backbone.prepare((wave, 16000)) for wave in WAVES[1:4]]
    states = body.collate(prepared)
    assert len(body.parts) == 4
    assert body.length(prepared[0]) == 13 + 25
    for number, part in enumerate(body.parts[:-1], 1):
        states = part(*states)
        assert states[0].shape[:2] == states[1].shape, number
    found = body(*body.collate(prepared))
    assert np.allclose(found.detach().numpy(), rows(backbone, WAVES[1:4])[:, :32], atol=0.05)
    alone = torch.cat([body(*body.collate([one])) for one in prepared])
    assert torch.allclose(found, alone, atol=0.01)  # the last position sees what lies behind
    found.sum().backward()
    named = {name for depth in body.depths() for name in depth}
    assert named == {name for name, p in body.network.named_parameters()}
    assert all(p.grad is not None for p in body.network.parameters())
    moved = backbones.trained(backbone, body, name="moved", trained_on="tones")
    assert np.array_equal(rows(moved, WAVES), rows(backbone, WAVES))


def test_random_weights_are_a_control(tmp_path):
    write_whisper(tmp_path)
    control = load(f"random/{tmp_path}", device="cpu", exact=True, runtime="torch")
    assert control.card.modality == "audio"
    assert not np.allclose(
        rows(control, WAVES[:1]), rows(load(str(tmp_path), device="cpu", runtime="torch"), WAVES[:1])
    )


def test_files_of_ctranslate2(tmp_path):
    path = tmp_path / "model.bin"
    arrays = {"encoder/a": np.arange(6).reshape(2, 3), "encoder/b/c": np.zeros(2), "decoder/d": np.ones(1)}
    write_ct2(path, arrays)
    name, found = read_ct2(path, "encoder/")
    assert name == "WhisperSpec"
    assert list(found) == ["a", "b/c"]
    assert np.array_equal(found["a"], arrays["encoder/a"])
    assert "which no layer of Whisper uses" in sentence(lambda: ct2_state(path))
    assert "holds no encoder of Whisper" in sentence(lambda: ct2_config(path))
    write_ct2(path, arrays, name="TransformerSpec")
    assert "a network of the kind 'TransformerSpec', not Whisper" in sentence(lambda: ct2_state(path))
    write_ct2(path, arrays, version=99)
    assert "version 99, known are 5 and 6" in sentence(lambda: read_ct2(path))
    write_ct2(path, arrays, kind=9)
    assert "numbers of the type 9" in sentence(lambda: read_ct2(path))
    write_ct2(path, arrays)
    whole = path.read_bytes()
    for end in range(0, len(whole) - 4, 7):
        path.write_bytes(whole[:end])
        assert "is no CTranslate2 file that can be read" in sentence(lambda: read_ct2(path))


@PACKAGED
@pytest.mark.real
def test_every_tensor_of_the_packaged_encoder_is_used():
    path = folder_of(ENTRY.package) / ENTRY.files[0]
    state, config = ct2_state(path), ct2_config(path)
    assert (config["d_model"], config["encoder_layers"], config["encoder_attention_heads"]) == (384, 4, 6)
    assert (config["reader"], config["decoder_layers"], config["decoder_attention_heads"]) == (2, 4, 6)
    assert sum(tensor.numel() for tensor in state.values()) == ENTRY.parameters
    names = read_ct2(path, "encoder/")[1]
    own = [key for key in state if not key.startswith("reader.")]
    assert len(names) == 1 + len(own) - 3 * 4  # heads; of each layer the five of q, k and v lie in two
    decoder = [key for key, array in read_ct2(path, "decoder/")[1].items() if array.ndim]
    # the prompt is of two arrays; of each layer the five of q, k and v lie in two, and the three of k and v in two
    assert len(decoder) == 2 + (len(state) - len(own) - 1) - (3 + 1) * 4
    for number in range(4):
        fused = np.asarray(names[f"layer_{number}/self_attention/linear_0/bias"])
        assert not fused[384:768].any()


@PACKAGED
@pytest.mark.real
def test_the_packaged_encoder_tells_spoken_digits_apart(real):
    folder = real("audio/fsdd")
    backbone = load("whisper-tiny.en", device="cpu")
    names = [f"{digit}_theo_{n}.wav" for digit in range(10) for n in range(4)]
    found = backbone.embed([backbone.prepare(folder / name) for name in names])[:, :384]
    found = found - found.mean(0)
    alike = found @ found.T / np.outer(np.linalg.norm(found, axis=1), np.linalg.norm(found, axis=1))
    np.fill_diagonal(alike, -1)
    nearest = alike.argmax(1)
    assert np.mean(nearest // 4 == np.arange(40) // 4) >= 0.95
