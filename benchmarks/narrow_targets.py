"""Targets of other class shares: one, two or three classes of Office-Caltech, or mostly one, adapted to all the same.

A person who adapts to a folder of one kind of photo must not lose what the model knew. Each line is a pair, with the
mean accuracy of the source-only heads, of `adapt_features` and of `adapt_alone` over its targets, and every target on
which one of the two is more than half a point below the source-only heads.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Iterator

import numpy as np
from common import need, say
from office_pairs import DOMAINS

import graft
from graft import backbones, extract
from graft.align import adapt_features
from graft.align.source_free.door import adapt_alone
from graft.align.validators.neighbours import agreement
from graft.extract.views import View

WITNESS = View("stages")
WAYS, HARM, STRAY = ("source_only", "with_source", "source_free"), 0.005, 0.06


def targets(y: np.ndarray, count: int, random: np.random.Generator) -> Iterator[tuple[str, np.ndarray]]:
    """Give names and rows: every class alone, four pairs, three triples, and two of a class with few of the others."""
    for size, draws in ((1, count), (2, 4), (3, 3)):
        for number in range(draws):
            kept = [number] if size == 1 else sorted(random.permutation(count)[:size].tolist())
            yield f"classes {kept}", np.flatnonzero(np.isin(y, kept))
    for _ in range(2):
        most = int(random.integers(count))
        yield f"mostly {most}", np.flatnonzero((y == most) | (random.random(len(y)) < STRAY))


def main() -> None:
    """Print a JSON line for each pair, and one for all."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    domains = {name: graft.read(need("images/office_caltech") / name) for name in DOMAINS}
    backbone, rows_of = backbones.load("efficientnet-lite0"), {}
    for name, dataset in domains.items():
        features = extract.embed(dataset, backbone, cache=extract.Cache())
        rows_of[name] = {str(view): np.asarray(view.of(features)) for view in (View(), WITNESS)}
    random, everything, harmed = np.random.default_rng(0), [], 0
    for s, t in itertools.permutations(domains, 2):
        X, y, truth = rows_of[s], np.asarray(domains[s].targets), np.asarray(domains[t].targets)
        grouped, found, worse = agreement(X[str(View())], y), [], {}
        for name, rows in targets(truth, len(domains[s].classes), random):
            new = {view: whole[rows] for view, whole in rows_of[t].items()}
            seen = adapt_features(X, y, new, witnesses=[str(WITNESS)])
            alone = adapt_alone({str(View()): new[str(View())]}, seen.before, grouped)
            each = (seen.before, seen.target, alone.target)
            found.append([float((logs.argmax(axis=1) == truth[rows]).mean()) for logs in each])
            if min(found[-1]) < found[-1][0] - HARM:
                worse[name] = dict(zip(WAYS, np.round(found[-1], 4).tolist(), strict=True))
        everything += found
        harmed += len(worse)
        means = dict(zip(WAYS, np.mean(found, axis=0).round(4).tolist(), strict=True))
        say(benchmark="narrow_targets", source=s, target=t, targets=len(found), means=means, worse=worse)
    means = dict(zip(WAYS, np.mean(everything, axis=0).round(4).tolist(), strict=True))
    least = dict(
        zip(WAYS, (np.array(everything) - np.array(everything)[:, :1]).min(axis=0).round(4).tolist(), strict=True)
    )
    say(benchmark="narrow_targets", targets=len(everything), means=means, least_gain=least, harmed=harmed)


if __name__ == "__main__":
    main()
