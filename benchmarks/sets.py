"""Partial and open sets: Office-Caltech pairs whose target, or whose source, keeps five of the ten classes."""

import itertools

import numpy as np
from common import need, say

import graft
from graft import backbones, extract
from graft.align import METHODS, Source, Target, adapt_features
from graft.align.even import steady
from graft.align.open_set import open_set
from graft.extract.views import View
from graft.heads.logistic import Logistic

COMPARED = ("source-only", "standardize", "shot", "information", "partial")
KEPT = 5


def partial_pair(s: str, t: str, domains: dict[str, tuple[np.ndarray, np.ndarray]]) -> dict[str, float]:
    """Print the accuracies with a target of the first five classes alone."""
    (X, y), (new, truth) = domains[s], domains[t]
    rows = truth < KEPT
    source, target = Source(X, y), Target(new[rows])
    maker = steady(source, target)
    reached = {
        name: (METHODS[name](source, target, Logistic if name == "source-only" else maker, 0).target.argmax(axis=1)
               == truth[rows]).mean() for name in COMPARED
    }  # fmt: skip
    found = adapt_features({"a": X}, y, {"a": new[rows]})
    reached["auto"] = (found.target.argmax(axis=1) == truth[rows]).mean()
    say(data="partial", source=s, target=t, **{name: round(float(value), 4) for name, value in reached.items()})
    return reached


def open_pair(s: str, t: str, domains: dict[str, tuple[np.ndarray, np.ndarray]]) -> dict[str, float]:
    """Print, with a source of the first five classes, the accuracy on known rows, on unknown ones, and their mean."""
    (X, y), (new, truth) = domains[s], domains[t]
    source, target = Source(X[y < KEPT], y[y < KEPT]), Target(new)
    known = truth < KEPT
    found = open_set(source, target, steady(source, target))
    logs, odd = found.predict(new)
    right = ((logs.argmax(axis=1) == truth) & ~odd)[known].mean()
    caught, harmonic = odd[~known].mean(), 0.0
    if right + caught:
        harmonic = 2 * right * caught / (right + caught)
    closed = open_set(source, Target(new[known]), steady(source, target))
    false = (closed.unknown > 0.5).mean()
    figures = {"known": right, "unknown": caught, "harmonic": harmonic, "called_unknown_of_a_closed_set": false}
    say(data="open", source=s, target=t, **{name: round(float(value), 4) for name, value in figures.items()})
    return figures


def main() -> None:
    """Print JSON lines for each pair, and the means."""
    domains = {}
    for name in ("amazon", "webcam", "dslr"):
        dataset = graft.read(need("images/office_caltech") / name)
        assert dataset.targets is not None
        features = extract.embed(dataset, backbones.load("efficientnet-lite0"), cache=extract.Cache())
        domains[name] = (np.asarray(View().of(features)), dataset.targets)
    for kind, one in (("partial", partial_pair), ("open", open_pair)):
        rows = [one(s, t, domains) for s, t in itertools.permutations(domains, 2)]
        say(data=kind, mean={name: round(float(np.mean([row[name] for row in rows])), 4) for name in rows[0]})


if __name__ == "__main__":
    main()
