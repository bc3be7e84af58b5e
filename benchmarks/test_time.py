"""Test time: photos with noise, blur or little contrast, predicted by a frozen model and by streams that adapt.

`features` gives photos without contrast theirs back (`Restoring`) and carries embeddings over to the source's moments
(`FeatureStream`), as `graft predict --stream` does; the others move the norms of the network. What `features` does was
chosen on webcam and dslr under the same changes, and two of its numbers (the power, from which grouping on classes are
found again) having seen these.
"""

import argparse
import io
from collections.abc import Callable

import numpy as np
from common import need, say
from PIL import Image, ImageFilter

import graft
from graft import backbones
from graft.align.test_time.contrast import Restoring, contrast_of, drawn_photos, stretched
from graft.align.test_time.feature_stream import FeatureStream
from graft.align.test_time.manners import MANNERS
from graft.align.test_time.stream import adapt_stream
from graft.align.validators.neighbours import agreement
from graft.backbones import at_size
from graft.data.dataset import Dataset
from graft.data.images import decode
from graft.heads.logistic import Logistic

SIDE, REFERENCE = 256, 96
FEATURES = "features"
Pixels = np.ndarray


def noise(pixels: Pixels, seed: int) -> Pixels:
    """Add normal noise of deviation 45."""
    return np.clip(pixels + np.random.default_rng(seed).normal(0, 45, pixels.shape), 0, 255).astype(np.uint8)


def blur(pixels: Pixels, seed: int) -> Pixels:
    """Blur by a Gaussian of 4 pixels."""
    return np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(4)))


def contrast(pixels: Pixels, seed: int) -> Pixels:
    """Leave 15 % of the distance to the mean colour."""
    mean = pixels.mean((0, 1), keepdims=True)
    return np.clip((pixels - mean) * 0.15 + mean, 0, 255).astype(np.uint8)


CHANGES: dict[str, Callable[[Pixels, int], Pixels]] = {"noise": noise, "blur": blur, "contrast": contrast}


def photos(dataset: Dataset) -> list[Pixels]:
    """Decode every photo to 256 x 256 pixels, on which changes are alike whatever its size."""
    read = (decode(io.BytesIO(item) if isinstance(item, bytes) else item) for item in dataset.inputs)
    return [np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BICUBIC)) for image in read]


def judge(data: str, learn: Dataset, test: Dataset, size: int, batch: int, methods: list[str]) -> None:
    """Print accuracies clean and changed, frozen and adapted, and those on a stream of the commonest class alone."""
    backbone = at_size(backbones.load("efficientnet-lite0", device="cpu", exact=True, runtime="torch"), size)

    def embedded(images: list[Pixels]) -> np.ndarray:
        prepared = [backbone.prepare(image) for image in images]
        return np.asarray(backbone.embed(prepared))[:, : backbone.card.dim]

    assert test.targets is not None
    known = photos(learn)
    source = embedded(known)
    head = Logistic().fit(source, learn.targets)
    moments = source.mean(axis=0, dtype=np.float64), source.var(axis=0, dtype=np.float64)

    grouped, contrast = agreement(source, np.asarray(learn.targets)), contrast_of(drawn_photos(learn))

    def logs_of(rows: np.ndarray) -> np.ndarray:
        """Give what the head says."""
        return np.log(np.maximum(head.predict_proba(rows), 1e-12))

    reference = [known[row] for row in np.random.default_rng(1).permutation(len(known))[:REFERENCE]]
    order = np.random.default_rng(0).permutation(len(test))
    images, y = photos(test.take(order)), test.targets[order]

    def reached(shown: list[Pixels], truth: np.ndarray) -> dict[str, float]:
        batches = [shown[start : start + batch] for start in range(0, len(shown), batch)]
        stream, restoring = FeatureStream(logs_of, moments, grouped), Restoring(contrast)
        calls = {"frozen": head.predict(embedded(shown))}
        factors = [restoring.factor(part) for part in batches]
        given = [[stretched(p, k) if k > 1 else p for p in part] for part, k in zip(batches, factors, strict=True)]
        calls[FEATURES] = np.concatenate([stream.predict_log_proba(embedded(p)) for p in given]).argmax(axis=1)
        for method in methods:
            calls[method] = np.concatenate(
                list(adapt_stream(backbone, head, batches, method, reference=reference))
            ).argmax(axis=1)
        return {name: round(float((call == truth).mean()), 4) for name, call in calls.items()}

    clean, whole = reached(images, y), dict.fromkeys((FEATURES, *methods), 0.0)
    say(data=data, photos="clean", **clean)
    every = 0.0
    for name, change in CHANGES.items():
        found = reached([change(image, seed) for seed, image in enumerate(images)], y)
        lost = clean["frozen"] - found["frozen"]
        back = {
            f"{method}_recovers": round((found[method] - found["frozen"]) / lost, 2) for method in (FEATURES, *methods)
        }
        say(data=data, photos=name, **found, **(back if lost > 0 else {}))
        every += lost
        whole = {way: value + found[way] - found["frozen"] for way, value in whole.items()}
    say(data=data, photos="all changed", **{f"{way}_recovers": round(v / every, 2) for way, v in whole.items()})
    one = np.flatnonzero(y == np.bincount(y).argmax())
    say(data=data, photos=f"clean, {len(one)} of one class", **reached([images[row] for row in one], y[one]))


def main() -> None:
    """Print JSON lines for both sets of photos."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=224, help="pixels a side that the network reads")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rows", type=int, default=400, help="most photos of a test set")
    parser.add_argument("--methods", nargs="*", choices=[*MANNERS], default=[*MANNERS], help="ways that move norms")
    parser.add_argument("--data", nargs="*", choices=["amazon", "hymenoptera"], default=["amazon", "hymenoptera"])
    wanted = parser.parse_args()
    how = wanted.size, wanted.batch, wanted.methods
    if "amazon" in wanted.data:
        amazon = graft.read(need("images/office_caltech") / "amazon")
        order = np.random.default_rng(0).permutation(len(amazon))
        half = len(order) // 2
        judge("amazon", amazon.take(order[:half]), amazon.take(order[half:][: wanted.rows]), *how)
    if "hymenoptera" in wanted.data:
        train, test = (graft.read(need("images/hymenoptera") / part) for part in ("train", "val"))
        judge("hymenoptera", train, test.take(np.arange(len(test))[: wanted.rows]), *how)


if __name__ == "__main__":
    main()
