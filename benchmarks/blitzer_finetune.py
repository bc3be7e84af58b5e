"""Blitzer reviews: MiniLM fine-tuned on 1,600 of a domain beside its frozen head, on the other 400; three seeds.

The frozen head is fitted on the embeddings, which are what fine-tuning moves, and once more with the states of middle
layers beside them. With `--auto BUDGET` nothing is said to `fit` but the time it has: what it chose by itself, beside
the same without moving weights.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from blitzer import DOMAINS, reviews
from common import need, say
from finetune_common import accuracy, frozen, interval, predicted

import graft
from graft.backbones import load
from graft.data.dataset import Dataset
from graft.finetune import STRATEGIES, finetune

TEST = 400


def domain_of(name: str) -> Dataset:
    """Give the 2,000 reviews of a domain, each text once."""
    texts: dict[str, int] = {}
    for label, sign in enumerate(("negative", "positive")):
        for text in reviews(need(f"text/blitzer/{name}/{sign}.review")):
            texts.setdefault(text, label)
    names = [f"{name} {row}" for row in range(len(texts))]
    return Dataset(list(texts), names, "text", np.array(list(texts.values())), ("negative", "positive"))


def auto(name: str, learn: Dataset, test: Dataset, budget: str, seed: int) -> float:
    """Print what `fit` reaches by itself in a budget, and give the points above the frozen head on embeddings."""
    frozen_head = accuracy(frozen(load("all-minilm-l6-v2"), learn, [test], None, stages=False)[0], test)
    kept, begun = graft.fit(learn, finetune="never", seed=seed), time.perf_counter()
    model = graft.fit(learn, budget=budget, seed=seed)
    seconds = round(time.perf_counter() - begun, 1)
    never, found = (accuracy(each.predict_proba(test), test) for each in (kept, model))
    say(benchmark="blitzer_finetune", domain=name, seed=seed, train=len(learn), budget=budget, seconds=seconds,
        frozen=frozen_head, never=never, auto=found, chosen=model.record["chosen"],
        moved=model.record["moved"])  # fmt: skip
    return 100 * (found - frozen_head)


def main() -> None:
    """Print one line a run and the mean difference with its interval over seeds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--strategy", default="last-blocks", choices=sorted(STRATEGIES))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--train", type=int, default=1600)
    parser.add_argument("--domains", nargs="+", default=list(DOMAINS), choices=DOMAINS)
    parser.add_argument("--auto", default="", help="a budget, as 20m: what `fit` chooses by itself")
    options = parser.parse_args()
    backbone = load("all-minilm-l6-v2")
    gains: list[list[float]] = []
    over_wide: list[list[float]] = []
    for seed in range(options.seeds):
        gains.append([])
        over_wide.append([])
        for name in options.domains:
            dataset = domain_of(name)
            order = np.random.default_rng(seed).permutation(len(dataset))
            test, learn = dataset.take(order[:TEST]), dataset.take(order[TEST : TEST + options.train])
            if options.auto:
                gains[-1].append(auto(name, learn, test, options.auto, seed))
                continue
            before, wide = (accuracy(frozen(backbone, learn, [test], None, stages=s)[0], test) for s in (False, True))
            begun = time.perf_counter()
            tuned = finetune(backbone, learn, options.strategy, seed=seed)
            seconds = time.perf_counter() - begun
            after = accuracy(predicted(tuned, test), test)
            gains[-1].append(after - before)
            over_wide[-1].append(after - wide)
            row = {"frozen": before, "frozen_with_stages": wide, "tuned": after, "seconds": round(seconds, 1)}
            say(benchmark="blitzer_finetune", domain=name, seed=seed, train=len(learn), **row)
    if options.auto:
        say(benchmark="blitzer_finetune", auto=options.auto, points_over_frozen=gains, mean=float(np.mean(gains)))
        return
    say(
        benchmark="blitzer_finetune",
        strategy=options.strategy,
        points_over_frozen=interval([100 * float(np.mean(each)) for each in gains]),
        points_over_frozen_with_stages=interval([100 * float(np.mean(each)) for each in over_wide]),
        by_domain={name: interval([100 * each[i] for each in gains]) for i, name in enumerate(options.domains)},
    )


if __name__ == "__main__":
    main()
