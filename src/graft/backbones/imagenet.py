"""The names of the ImageNet classes, read from the text files of timm without importing it."""

from __future__ import annotations

import functools
import importlib.util
from pathlib import Path

SYNSETS = "imagenet_synsets.txt"
LEMMAS = "imagenet_synset_to_lemma.txt"


@functools.cache
def imagenet_classes() -> tuple[str, ...]:
    """Give the 1,000 class names in the order of the classifiers' outputs, or () where timm's list is missing."""
    spec = importlib.util.find_spec("timm")
    if spec is None or spec.origin is None:
        return ()
    folder = Path(spec.origin).parent / "data" / "_info"
    try:
        synsets = (folder / SYNSETS).read_text(encoding="utf-8").split()
        lines = (folder / LEMMAS).read_text(encoding="utf-8").splitlines()
    except OSError:
        return ()
    lemmas = dict(line.split("\t", 1) for line in lines if "\t" in line)
    return tuple(lemmas.get(synset, synset) for synset in synsets)
