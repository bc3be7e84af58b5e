"""Blitzer reviews across domains with moved weights: MiniLM fine-tuned on each source once, beside the frozen model.

`frozen` is what `fit` gives, `frozen_adapted` the same adapted to the target's reviews alone; `joined` has moved
weights beside it, half and half, and `joined_adapted` is that adapted. Target labels are for the score alone.
"""

from __future__ import annotations

import argparse
import dataclasses
import time

import numpy as np
from blitzer import DOMAINS
from blitzer_finetune import domain_of
from common import say

import graft
from graft.backbones import load
from graft.data.dataset import Dataset
from graft.extract.views import View
from graft.finetune import STRATEGIES, finetune
from graft.model.member import Member
from graft.model.model import Model

WAYS = ("frozen", "frozen_adapted", "joined", "joined_adapted")


def joined(model: Model, learn: Dataset, strategy: str, epochs: int | None) -> Model:
    """Give the model with MiniLM moved by what it learned from, as a member that counts as much as all others."""
    tuned = finetune(load("all-minilm-l6-v2"), learn, strategy, epochs=epochs)
    name = tuned.backbone.card.name
    halves = tuple(dataclasses.replace(member, weight=member.weight / 2) for member in model.members)
    members = (*halves, Member(name, View(), tuned.head, 0.5))
    return dataclasses.replace(model, members=members, backbones={**model.backbones, name: tuned.backbone})


def main() -> None:
    """Print one line a pair, then the means and the least gains."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strategy", default="last-blocks", choices=sorted(STRATEGIES))
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--train", type=int, default=1600)
    parser.add_argument("--rows", type=int, default=2000, help="most reviews of a target")
    parser.add_argument("--domains", nargs="+", default=list(DOMAINS), choices=DOMAINS)
    wanted = parser.parse_args()
    rows: list[list[float]] = []
    for s in wanted.domains:
        whole, begun = domain_of(s), time.perf_counter()
        learn = whole.take(np.random.default_rng(0).permutation(len(whole))[: wanted.train])
        model = graft.fit(learn, finetune="never")
        both = joined(model, learn, wanted.strategy, wanted.epochs)
        seconds = round(time.perf_counter() - begun)
        for t in (name for name in DOMAINS if name != s):
            target = domain_of(t).take(np.arange(min(wanted.rows, len(domain_of(t)))))
            each = (model, model.adapt(target), both, both.adapt(target))
            rows.append([float((m.predict_proba(target).argmax(axis=1) == target.targets).mean()) for m in each])
            figures = {name: round(value, 4) for name, value in zip(WAYS, rows[-1], strict=True)}
            say(benchmark="blitzer_weights", source=s, target=t, **figures, seconds=seconds)
    means = dict(zip(WAYS, np.mean(rows, axis=0).round(4).tolist(), strict=True))
    least = {name: round(min(row[i] - row[0] for row in rows), 4) for i, name in enumerate(WAYS)}
    say(benchmark="blitzer_weights", strategy=wanted.strategy, means=means, least_gain=least)


if __name__ == "__main__":
    main()
