"""A budget is a promise: twenty fits of different sizes, from the start of the process to its end, over their budget.

Photos and texts, from 300 to 8,000 of them; no features are kept from an earlier fit, but converted networks are, as
on any machine after its first fit. Weights move where there is time for it. Prints each run, and in the last line the
largest share of a budget that was used.
"""

import argparse
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
from blitzer import write_csv
from common import measured, need, say

BUDGETS = ("10s", "20s", "30s", "40s")
COLUMNS = ["--input", "text", "--target", "label"]
ROWS = (300, 1600, 8000)


def sources(folder: Path) -> dict[str, Path]:
    """Give what is fitted, by name: real photos in folders, grey images in a file, and tables of texts."""
    table = folder / "all.csv"
    write_csv(table)
    lines = re.split(r"\n(?=(?:books|dvd|electronics|kitchen),)", table.read_text(encoding="utf-8").rstrip("\n"))
    found = {"hymenoptera": need("images/hymenoptera"), "amazon": need("images/office_caltech/amazon")}
    order = np.random.default_rng(0).permutation(len(lines) - 1) + 1
    for rows in ROWS:
        found[f"reviews-{rows}"] = folder / f"reviews-{rows}.csv"
        some = [lines[0], *(lines[i] for i in order[:rows])]
        found[f"reviews-{rows}"].write_text("\n".join(some) + "\n", encoding="utf-8")
    return found


def main() -> None:
    """Print seconds over budget for each run, and the largest of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--budgets", nargs="+", default=list(BUDGETS))
    budgets = parser.parse_args().budgets
    graft = str(Path(sys.executable).with_name("graft"))
    shares = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        cache = folder / "cache"
        env = os.environ | {"GRAFT_CACHE": str(cache)}
        env.pop("PYTHONDONTWRITEBYTECODE", None)  # the first fits keep what they compiled
        given = sources(folder)
        for name in ("hymenoptera", f"reviews-{ROWS[0]}"):
            measured([graft, "fit", str(given[name]), *(COLUMNS if "reviews" in name else []), "--finetune", "never",
                      "--out", str(folder / f"first-{name}")], env)  # fmt: skip
        for name, source in given.items():
            columns = COLUMNS if source.suffix == ".csv" else []
            for budget in budgets:
                out = folder / f"{name}-{budget}"
                shutil.rmtree(cache / "features", ignore_errors=True)
                wall, _ = measured([graft, "fit", str(source), *columns, "--budget", budget, "--out", str(out)], env)
                shares.append(wall / float(budget[:-1]))
                say(data=name, budget=budget, seconds=round(wall, 1), share=round(shares[-1], 2))
    say(data="budget", runs=len(shares), largest_share=round(max(shares), 2), over=sum(s > 1.1 for s in shares))


if __name__ == "__main__":
    main()
