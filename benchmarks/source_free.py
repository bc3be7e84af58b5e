"""A saved model alone against a fit that sees the source: Office-Caltech's six pairs and Blitzer's twelve."""

import argparse
import tempfile
from pathlib import Path

import numpy as np
from blitzer import DOMAINS as REVIEWS
from blitzer import write_csv
from common import need, say
from office_pairs import DOMAINS as PHOTOS

import graft
from graft.data.dataset import Dataset


def compare(data: str, domains: dict[str, Dataset]) -> None:
    """Print, per pair, the accuracy of the model, of the model adapted alone, and of the fit that saw both domains."""
    rows = []
    for s in domains:
        model = graft.fit(domains[s], finetune="never")
        for t in (name for name in domains if name != s):
            y = domains[t].targets
            alone = model.adapt(domains[t])
            both = graft.fit(domains[s], adapt_to=domains[t], test=domains[t], finetune="never")
            assert both.scores is not None
            models = (model.predict_proba(domains[t]), alone.predict_proba(domains[t]))
            rows.append([*(float((said.argmax(axis=1) == y).mean()) for said in models), both.scores.accuracy.value])
            names = ("source_only", "source_free", "with_source")
            figures = dict(zip(names, (round(value, 4) for value in rows[-1]), strict=True))
            say(data=data, source=s, target=t, adapted=alone.record["adaptation"]["adapted"], **figures)
    only, free, seen = np.mean(rows, axis=0)
    least = min(row[1] - row[0] for row in rows)
    say(
        data=data, source_only=round(only, 4), source_free=round(free, 4), with_source=round(seen, 4),
        least_gain=round(least, 4),
    )  # fmt: skip


def main() -> None:
    """Print JSON lines for the data named, or for both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="*", default=["office", "blitzer"])
    wanted = parser.parse_args().data
    if "office" in wanted:
        compare("office_caltech", {name: graft.read(need("images/office_caltech") / name) for name in PHOTOS})
    if "blitzer" in wanted:
        with tempfile.TemporaryDirectory() as folder:
            table = Path(folder) / "blitzer.csv"
            write_csv(table)
            dataset = graft.read(table, domain="domain")
            compare("blitzer", {name: dataset.where(dataset.domains == name) for name in REVIEWS})


if __name__ == "__main__":
    main()
