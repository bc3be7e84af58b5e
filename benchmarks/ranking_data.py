"""What the ranking benchmark ranks on: real data sets, and backbones with their smaller and shallower relatives."""

import dataclasses
import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import numpy as np
from blitzer import DOMAINS, reviews
from common import need
from PIL import Image

from graft import backbones, extract
from graft.backbones import encoder_build, lite_build
from graft.backbones.base import Backbone
from graft.data import read
from graft.data.dataset import Dataset
from graft.errors import BackboneError
from graft.extract.features import Features
from graft.extract.views import View

MOST = 1500
CELLS, SIDE = 300, 256
ALPHABETS = ("balinese", "greek")


class Candidate(NamedTuple):
    """Something to be ranked: a backbone (`own`) or a relative of one, and the view a head is shown of it."""

    name: str
    own: bool
    load: Callable[[], Backbone]
    show: Callable[[Features], Any]


def embedding(features: Features) -> Any:
    """Give the pooled features."""
    return View().of(features)


def stage(number: int) -> Callable[[Features], Any]:
    """Give the view of one stage's summary of EfficientNet-Lite0."""
    widths = 2 * np.array([16, 24, 40, 80, 112, 192, 320])
    start = int(widths[: number - 1].sum())
    return lambda features: View("stages").of(features)[:, start : start + widths[number - 1]]


def resized(name: str, size: int) -> Backbone:
    """Give a packaged EfficientNet-Lite that reads smaller images."""
    plan: Any = backbones.load(name)
    card = dataclasses.replace(plan.blueprint.card, input_size=size, name=f"{name}/{size}px")
    return lite_build.build(dataclasses.replace(plan.blueprint, card=card), "cpu", False)


def shortened(name: str, tokens: int, layers: int) -> Backbone:
    """Give a packaged text encoder that reads fewer tokens or has fewer layers."""
    plan: Any = backbones.load(name)
    card = dataclasses.replace(plan.blueprint.card, max_tokens=tokens, name=f"{name}/{tokens} tokens/{layers} layers")
    state = {
        key: tensor
        for key, tensor in plan.blueprint.state.items()
        if not key.startswith("encoder.layer.") or int(key.split(".")[2]) < layers
    }
    config = plan.blueprint.config | {"num_hidden_layers": layers}
    return encoder_build.build(dataclasses.replace(plan.blueprint, card=card, config=config, state=state), "cpu", False)


IMAGES = (
    Candidate("efficientnet-lite0", True, lambda: backbones.load("efficientnet-lite0"), embedding),
    Candidate("efficientnet-lite1", True, lambda: backbones.load("efficientnet-lite1"), embedding),
    Candidate("efficientnet-lite2", True, lambda: backbones.load("efficientnet-lite2"), embedding),
    Candidate("random/efficientnet-lite0", True, lambda: backbones.load("random/efficientnet-lite0"), embedding),
    Candidate("lite0 at 160 px", False, lambda: resized("efficientnet-lite0", 160), embedding),
    Candidate("lite0 at 96 px", False, lambda: resized("efficientnet-lite0", 96), embedding),
    Candidate("lite2 at 64 px", False, lambda: resized("efficientnet-lite2", 64), embedding),
    Candidate("lite0 stages", False, lambda: backbones.load("efficientnet-lite0"), View("stages").of),
    Candidate("lite0 class scores", False, lambda: backbones.load("efficientnet-lite0"), View("class-scores").of),
    Candidate("lite0 stage 3", False, lambda: backbones.load("efficientnet-lite0"), stage(3)),
    Candidate("lite0 stage 5", False, lambda: backbones.load("efficientnet-lite0"), stage(5)),
)
TEXTS = (
    Candidate("all-minilm-l6-v2", True, lambda: backbones.load("all-minilm-l6-v2"), embedding),
    Candidate("random/all-minilm-l6-v2", True, lambda: backbones.load("random/all-minilm-l6-v2"), embedding),
    Candidate("word-counts", True, lambda: backbones.load("word-counts"), embedding),
    Candidate("minilm, 32 tokens", False, lambda: shortened("all-minilm-l6-v2", 32, 6), embedding),
    Candidate("minilm, 3 layers", False, lambda: shortened("all-minilm-l6-v2", 256, 3), embedding),
)


def candidates(modality: str) -> Iterator[tuple[Candidate, Backbone]]:
    """Give the candidates of a modality that can be loaded here, with their backbones."""
    for candidate in IMAGES if modality == "image" else TEXTS:
        try:
            yield candidate, candidate.load()
        except BackboneError as error:
            print(f"left out {candidate.name}: {error}")


def data_sets() -> Iterator[tuple[str, Dataset]]:
    """Give every data set by name."""
    for domain in ("amazon", "dslr", "webcam"):
        yield domain, read(need("images/office_caltech") / domain)
    photos = read(need("images/hymenoptera"))
    yield "hymenoptera", dataclasses.replace(photos, parts=None)
    yield "pneumonia", some(dataclasses.replace(read(need("images/pneumonia/pneumoniamnist.npz")), parts=None))
    yield "blood cells", cells(need("images/bccd"))
    for name, alphabet in alphabets(need("images/omniglot/images_background_small1.zip")):
        if name in ALPHABETS:
            yield name, alphabet
    for domain in DOMAINS:
        signs = [reviews(need(f"text/blitzer/{domain}/{sign}.review")) for sign in ("negative", "positive")]
        texts = [text for sign in signs for text in sign]
        yield domain, read((texts, ["negative"] * len(signs[0]) + ["positive"] * len(signs[1])))


def some(dataset: Dataset) -> Dataset:
    """Give at most 1500 samples, drawn by chance."""
    drawn = np.random.default_rng(0).permutation(len(dataset))[:MOST]
    return dataset.take(np.sort(drawn))


def alphabets(archive: Path) -> Iterator[tuple[str, Dataset]]:
    """Give each alphabet of Omniglot's small set: its characters are the classes, 20 drawers each."""
    found: dict[str, tuple[list[Any], list[str]]] = {}
    with zipfile.ZipFile(archive) as zipped:
        for name in sorted(zipped.namelist()):
            if name.endswith(".png"):
                _, alphabet, character, _ = name.split("/")
                inputs, labels = found.setdefault(alphabet, ([], []))
                inputs.append(np.asarray(Image.open(io.BytesIO(zipped.read(name))).convert("RGB")))
                labels.append(character)
    for alphabet, pair in found.items():
        yield alphabet.split("_")[0].lower(), read(pair)


def cells(folder: Path) -> Dataset:
    """Give cut-out blood cells of three kinds, at most 300 of each, all of one size."""
    kinds: dict[str, list[Any]] = {}
    for path in sorted((folder / "Annotations").glob("*.xml")):
        image = Image.open(folder / "JPEGImages" / f"{path.stem}.jpg").convert("RGB")
        for thing in ElementTree.parse(path).iter("object"):
            x0, y0, x1, y1 = (int(thing.findtext(f"bndbox/{end}") or 0) for end in ("xmin", "ymin", "xmax", "ymax"))
            kept = kinds.setdefault(thing.findtext("name") or "", [])
            if x1 - x0 > 8 and y1 - y0 > 8 and len(kept) < CELLS:
                kept.append(
                    np.asarray(image.resize((SIDE, SIDE), box=(x0, y0, min(x1, image.width), min(y1, image.height))))
                )
    pairs = [(cell, kind) for kind, kept in kinds.items() for cell in kept]
    return read(([cell for cell, _ in pairs], [kind for _, kind in pairs]))


def features_of(dataset: Dataset, backbone: Backbone, cache: extract.Cache) -> Features:
    """Embed a data set, quietly."""
    return extract.embed(dataset, backbone, cache=cache, show_progress=False)
