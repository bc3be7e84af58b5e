"""Few labels on Omniglot: every meta-learner on an alphabet held out, and the 20 official one-shot runs.

Meta-trained on four alphabets of `small1`; the fifth is held out. The runs are read once, to be told, never to learn or
to choose anything by. People err on 4.5 % of them, BPL on 3.3 % (Lake et al. 2015).
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
import torch
from common import need, say
from pretraining import DRAWINGS
from scipy.optimize import linear_sum_assignment

from graft import backbones
from graft.data.dataset import Dataset
from graft.meta.evaluate import meta_evaluate
from graft.meta.matching.matcher import ShapeMatching, drawn_tasks
from graft.meta.methods import METHODS, make_learner
from graft.meta.shape import Shape
from graft.meta.source import named, only, read_classes
from graft.meta.tail import Tail
from graft.meta.train import meta_train

RUNS = "images/omniglot/one_shot_runs.zip"
MATCHING = "shape-matching"


def unpacked(folder: Path) -> Path:
    """Unpack the five alphabets."""
    with zipfile.ZipFile(need(DRAWINGS)) as packed:
        packed.extractall(folder)
    return folder / "images_background_small1"


def one_shot_runs() -> list[tuple[list[bytes], list[bytes], np.ndarray]]:
    """Give the training and test images of each run, and which training image each test image belongs to."""
    runs = []
    with zipfile.ZipFile(need(RUNS)) as packed:
        for name in sorted(name for name in packed.namelist() if name.endswith("class_labels.txt")):
            pairs = [line.split() for line in packed.read(name).decode().splitlines() if line.strip()]
            known, root = sorted({train for _, train in pairs}), name.split("run")[0]
            images = [[packed.read(root + place) for place in side] for side in (known, [test for test, _ in pairs])]
            runs.append((*images, np.array([known.index(train) for _, train in pairs])))
    return runs


def errors(scores: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """Give the share told wrong, each query by itself, and when every class is given out once (assignment)."""
    rows, columns = linear_sum_assignment(-scores)
    return float((scores.argmax(1) != right).mean()), float((columns[np.argsort(rows)] != right).mean())


def judged(predict, tasks) -> dict[str, float]:
    """Give the mean error over tasks, with its standard error, and that with assignment."""
    each, together = np.array([errors(predict(support, queries), right) for support, queries, right in tasks]).T
    found = each.mean(), each.std(ddof=1) / len(each) ** 0.5, together.mean()
    names = "error", "standard_error", "error_with_assignment"
    return {name: round(float(value), 4) for name, value in zip(names, found, strict=True)}


def by_prototypes(name: str):
    """Give the function that tells queries by the nearest prototype of a backbone's embeddings."""
    backbone = backbones.load(name, device="cpu")
    learner = make_learner("protonet", Tail(backbone.trainable()), 20).eval()

    def states(images):
        return learner.tail.trainable.collate([backbone.prepare(image) for image in images])

    @torch.no_grad()
    def predict(support, queries):
        return learner.predict(learner.adapt(states(support), torch.arange(20)), states(queries)).numpy()

    return predict


def matching_row(dataset: Dataset, held: str, tasks: int) -> dict[str, object]:
    """Tell the held-out alphabet's and the runs' characters apart by their shapes, with nothing trained."""
    matching, begun = ShapeMatching(), time.monotonic()

    def predict(support, queries):
        return matching.predict(matching.adapt(support, np.arange(20)), queries).numpy()

    other = only(dataset, named(dataset, [held]))
    held_tasks = [(*task, np.arange(20)) for task in drawn_tasks(other, 20, tasks, 1)]
    found = {"held_out_20_way": judged(predict, held_tasks), "one_shot": judged(predict, one_shot_runs())}
    return {"method": MATCHING, "seconds": round(time.monotonic() - begun), **found}


def learner_row(method: str, root: Path, held: str, seconds: float) -> dict[str, object]:
    """Meta-train by one method with turned classes; judge it on the held-out alphabet and on the runs."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as room:
        out = Path(room) / method
        made = meta_train(root, out=out, method=method, backbone="conv", held=[held], turns=True, budget=seconds,
                          device="cpu")  # fmt: skip
        row: dict[str, object] = {"method": method, "seconds": round(time.monotonic() - begun)}
        for shots in (1, 5):
            found = meta_evaluate(str(out), root, shots=shots, queries=4, classes=[held], turns=True, device="cpu")
            row[str(Shape(5, shots))] = str(found.accuracy)
        row |= {"one_shot": judged(by_prototypes(str(out)), one_shot_runs()), "trained_on": made.card.trained_on}
    return row


def memory() -> int:
    """Give the most memory this process has held, in MB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    """Print a row for each method, each from a process of its own, and the best method's error last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="only JSON lines are ever printed; accepted for likeness")
    parser.add_argument("--held", default="Balinese", help="the alphabet held out")
    parser.add_argument("--seconds", type=float, default=60, help="how long each learner with a network trains")
    parser.add_argument(
        "--tasks", type=int, default=20, help="how many tasks of the held-out alphabet shapes are told apart in"
    )
    parser.add_argument("--only", choices=[*METHODS, MATCHING], nargs="*", help="these methods alone")
    parser.add_argument("--alone", action="store_true", help="in this process; for one method")
    asked = parser.parse_args()
    methods = asked.only or [*METHODS, MATCHING]
    if asked.alone:
        with tempfile.TemporaryDirectory() as room:
            root = unpacked(Path(room))
            row = (matching_row(read_classes(root), asked.held, asked.tasks) if methods[0] == MATCHING
                   else learner_row(methods[0], root, asked.held, asked.seconds))  # fmt: skip
        say(**row, megabytes=memory())
        return
    rows = []
    for method in methods:
        command = [sys.executable, __file__, "--alone", "--only", method, "--held", asked.held, "--seconds",
                   str(asked.seconds), "--tasks", str(asked.tasks)]  # fmt: skip
        told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        rows.append(json.loads(told.splitlines()[-1]))
        say(**rows[-1])
    if rows[-1]["method"] == MATCHING:
        say(one_shot_error=rows[-1]["one_shot"]["error"])


if __name__ == "__main__":
    main()
