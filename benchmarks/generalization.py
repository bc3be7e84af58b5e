"""Generalization: each domain left out in turn, its labels used for the score alone; Office-Caltech and Blitzer."""

import argparse
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from blitzer import DOMAINS, write_csv
from common import need, say
from pairs import Domain

import graft
from graft import backbones, extract
from graft.align.domains import Source
from graft.align.generalization.generalize import GENERALIZERS, generalize
from graft.extract.views import View
from graft.heads.logistic import Logistic


def left_out(data: str, domains: Mapping[str, Domain], seeds: int) -> None:
    """Print, for each domain left out, the accuracy of the head on the pooled others and of every method."""
    view = next(iter(next(iter(domains.values()))[0]))
    rows = []
    for out in domains:
        seen = [name for name in domains if name != out]
        X, y = (np.concatenate([np.asarray(part) for part in parts]) for parts in (
            [domains[name][0][view] for name in seen], [domains[name][1] for name in seen]))  # fmt: skip
        names = np.repeat(seen, [len(domains[name][1]) for name in seen])
        new, truth = np.asarray(domains[out][0][view]), domains[out][1]
        reached = {"pooled": float((Logistic().fit(X, y).predict(new) == truth).mean())}
        for method in GENERALIZERS:
            calls = [
                generalize(Source(X, y, domain=names), method, seed).predict_log_proba(new).argmax(axis=1)
                for seed in range(seeds)
            ]
            reached[method] = float(np.mean([call == truth for call in calls]))
        rows.append(reached)
        say(data=data, left_out=out, **{name: round(value, 4) for name, value in reached.items()})
    say(data=data, mean={name: round(float(np.mean([row[name] for row in rows])), 4) for name in rows[0]})


def main() -> None:
    """Print JSON lines for both data sets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="trainings a method, of which the mean is printed")
    seeds = parser.parse_args().seeds
    photos, reviews = {}, {}
    for name in ("amazon", "webcam", "dslr"):
        dataset = graft.read(need("images/office_caltech") / name)
        assert dataset.targets is not None
        features = extract.embed(dataset, backbones.load("efficientnet-lite0"), cache=extract.Cache())
        photos[name] = ({"embedding": np.asarray(View().of(features))}, dataset.targets)
    left_out("office_caltech", photos, seeds)
    with tempfile.TemporaryDirectory() as folder:
        write_csv(Path(folder) / "blitzer.csv")
        table = graft.read(Path(folder) / "blitzer.csv", domain="domain")
        for name in DOMAINS:
            part = table.where(table.domains == name)
            assert part.targets is not None
            features = extract.embed(part, backbones.load("all-minilm-l6-v2"), cache=extract.Cache())
            reviews[name] = ({"embedding": np.asarray(View().of(features))}, part.targets)
    left_out("blitzer", reviews, seeds)


if __name__ == "__main__":
    main()
