"""Office-Caltech across domains, six pairs: accuracy of every method, and of what is chosen without target labels."""

import argparse

import numpy as np
from common import need
from pairs import auto, every_method, front_door

import graft
from graft import backbones, extract
from graft.extract.views import View

DOMAINS = ("amazon", "webcam", "dslr")
VIEWS = ("efficientnet-lite0", "efficientnet-lite1", "efficientnet-lite2")


def main() -> None:
    """Print JSON lines; --methods adds the table of every method on the first view."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--methods", action="store_true", help="every method on every pair, too")
    parser.add_argument("--fit", action="store_true", help="what fit reaches with adapt_to, and nothing else")
    wanted = parser.parse_args()
    places = {name: graft.read(need("images/office_caltech") / name) for name in DOMAINS}
    if wanted.fit:
        front_door("office_caltech", places)
        return
    domains = {}
    for name, dataset in places.items():
        assert dataset.targets is not None
        features = {v: extract.embed(dataset, backbones.load(v), cache=extract.Cache()) for v in VIEWS}
        domains[name] = ({v: np.asarray(View().of(f)) for v, f in features.items()}, dataset.targets)
    auto("office_caltech", domains)
    if wanted.methods:
        every_method("office_caltech", domains, VIEWS[0])


if __name__ == "__main__":
    main()
