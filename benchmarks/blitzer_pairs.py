"""Blitzer reviews across domains, twelve pairs: auto on MiniLM's stages and word counts; every method on MiniLM."""

import argparse
import tempfile
from pathlib import Path

from blitzer import DOMAINS, write_csv
from pairs import auto, every_method, front_door

import graft
from graft import backbones, extract
from graft.extract.views import View

VIEWS = ("word-counts", "all-minilm-l6-v2")


def main() -> None:
    """Print JSON lines; --methods adds the table of every method on the first view."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--methods", action="store_true", help="every method on every pair, too")
    parser.add_argument("--fit", action="store_true", help="what fit reaches with adapt_to, and nothing else")
    wanted = parser.parse_args()
    domains, alone = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "blitzer.csv"
        write_csv(table)
        dataset = graft.read(table, domain="domain")
        if wanted.fit:
            front_door("blitzer", {name: dataset.where(dataset.domains == name) for name in DOMAINS})
            return
        for name in DOMAINS:
            part = dataset.where(dataset.domains == name)
            assert part.targets is not None
            words, sentences = (extract.embed(part, backbones.load(b), cache=extract.Cache()) for b in VIEWS)
            stages = View("stages" if sentences.backbone.stages else "embedding").of(sentences)
            domains[name] = ({"stages": stages, "words": words.values}, part.targets)
            alone[name] = ({"embedding": View().of(sentences)}, part.targets)
    auto("blitzer", domains)
    if wanted.methods:
        every_method("blitzer", alone, "embedding")


if __name__ == "__main__":
    main()
