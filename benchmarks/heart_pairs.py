"""Heart disease from hospital to hospital, six pairs: area under the ROC curve of every method, and of auto."""

import argparse
import itertools

import numpy as np
import pandas as pd
from common import need
from pairs import auto, every_method

HOSPITALS = ("cleveland", "hungarian", "switzerland")
NAMED = ("cp", "restecg", "slope", "thal")
SPREAD = 5.0


def encoded(table: pd.DataFrame, learnt: pd.DataFrame) -> np.ndarray:
    """Give numbers standardized by `learnt`, its median where missing, and one column per value of named columns."""
    numbers = learnt.drop(columns=[*NAMED, "num"])
    filled = numbers.fillna(numbers.median()).fillna(0.0)
    own = table[numbers.columns].fillna(numbers.median()).fillna(0.0)
    z = ((own - filled.mean()) / filled.std().replace(0.0, 1.0)).clip(-SPREAD, SPREAD)
    marks = [table[c] == value for c in NAMED for value in sorted(learnt[c].dropna().unique())]
    return np.column_stack([z.to_numpy(), *[mark.to_numpy(dtype=float) for mark in marks]])


def main() -> None:
    """Print JSON lines; --methods adds the table of every method."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--methods", action="store_true", help="every method on every pair, too")
    wanted = parser.parse_args()
    place = need("tabular/heart_disease")
    tables = {name: pd.read_csv(place / f"{name}.csv", na_values=["?", "-9", "-9.0"]) for name in HOSPITALS}
    for s, t in itertools.permutations(HOSPITALS, 2):
        sick = {n: (tables[n]["num"] > 0).to_numpy(dtype=int) for n in (s, t)}
        pair = {n: ({"table": encoded(tables[n], tables[s])}, sick[n]) for n in (s, t)}
        auto("heart", pair, area=True, only=[(s, t)])
        if wanted.methods:
            every_method("heart", pair, "table", area=True, only=[(s, t)])


if __name__ == "__main__":
    main()
