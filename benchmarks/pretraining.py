"""What pretraining without labels is worth: a network pretrained here beside the same one with random weights.

Both are frozen. They embed images that pretraining did not see, of another alphabet or domain, and our logistic head
tells their classes apart, each image judged by a head that did not see it (5 folds).
"""

import argparse
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
from common import need, say

import graft
from graft import backbones
from graft.data.content import KEY_BYTES, content_key
from graft.data.dataset import Dataset
from graft.data.splits import folds, tied
from graft.evaluation.crossval import cross_predict
from graft.evaluation.intervals import bootstrap
from graft.extract import Cache, embed
from graft.heads import make
from graft.pretraining.pretrain import pretrain

DRAWINGS = "images/omniglot/images_background_small1.zip"


def omniglot(folder: Path, held: str) -> tuple[Path, Path]:
    """Unpack the drawings; give a folder with all alphabets but one, and that one. The one-shot runs are not read."""
    with zipfile.ZipFile(need(DRAWINGS)) as packed:
        packed.extractall(folder)
    learn, held_out = folder / "images_background_small1", folder / held
    (learn / held).rename(held_out)
    return learn, held_out


def right(backbone: backbones.Backbone, dataset: Dataset, cache: Cache, whole: bool) -> np.ndarray:
    """Say of each image whether a head that did not see it tells its class; from the embedding, or the `whole` row."""
    features = embed(dataset, backbone, cache=cache)
    X, y = np.asarray(features.values), np.asarray(features.dataset.targets)
    keys = np.frombuffer(b"".join(content_key(item) for item in dataset.inputs), np.uint8).reshape(-1, KEY_BYTES)
    fold = folds(y, tied(None, keys), 5, 0, stratify=True)
    X = X if whole else X[:, : backbone.card.dim]
    found = cross_predict(lambda: make("logistic"), X, y, fold, len(dataset.classes))
    return found.argmax(1) == y


def interval(values: np.ndarray) -> list[float]:
    """Give the mean of values and its 95 % interval."""
    found = bootstrap(lambda w: (w @ values / w.sum(1))[:, None], len(values))
    return [round(float(part[0]), 4) for part in found]


def main() -> None:
    """Print the accuracy of both and of their difference, with intervals."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", choices=["omniglot", "office_caltech"], default="omniglot")
    parser.add_argument("--held", default="", help="the alphabet or domain to judge on")
    parser.add_argument("--method", default="vicreg")
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        if asked.data == "omniglot":
            learn, held = omniglot(Path(temporary), asked.held or "Balinese")
        else:
            root = need("images/office_caltech")
            learn, held = root / "amazon", root / (asked.held or "webcam")
        begun = time.monotonic()
        made = pretrain(learn, method=asked.method, epochs=asked.epochs, seed=asked.seed, device="cpu")
        seconds = time.monotonic() - begun
        control = backbones.load(made.card.parent, device="cpu")
        dataset, cache = graft.read(held), Cache(Path(temporary) / "cache")
        for whole in (False, True):
            by = {b.card.name: right(b, dataset, cache, whole).astype(float) for b in (control, made)}
            said = {name: interval(values) for name, values in by.items()}
            gain = interval(by[made.card.name] - by[control.card.name])
            say(data=asked.data, held=held.name, images=len(dataset), classes=len(dataset.classes),
                features="with stages" if whole else "embedding", accuracy=said, gain=gain)  # fmt: skip
        say(trained_on=made.card.trained_on, seconds=round(seconds, 1))


if __name__ == "__main__":
    main()
