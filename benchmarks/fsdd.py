"""Spoken digits, leave one speaker out: `graft.fit` on the others with nothing chosen, then adapted without labels.

Every fit sees three speakers, kept apart in cross-validation; the fourth is scored once, and what is adapted sees its
recordings without their labels. `--shots 5` learns from five recordings a digit of the three instead of all fifty.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pandas as pd
from common import need, say

import graft
from graft import backbones, extract
from graft.align import adapt_features
from graft.data.dataset import Dataset
from graft.extract.views import View


def spoken_digits() -> Dataset:
    """Give the 2,000 recordings with their digit; each speaker is a group, and a domain of its own."""
    files = sorted(need("audio/fsdd").glob("*.wav"))
    digits, speakers, _ = zip(*(path.stem.split("_") for path in files), strict=True)
    table = pd.DataFrame({"path": list(map(str, files)), "digit": digits, "speaker": speakers})
    return graft.read(table, target="digit", group="speaker", domain="speaker")


def few(dataset: Dataset, shots: int, seed: int) -> Dataset:
    """Give `shots` recordings of each digit and speaker."""
    order = np.random.default_rng(seed).permutation(len(dataset))
    assert dataset.targets is not None
    assert dataset.groups is not None
    names = pd.Series([f"{dataset.targets[i]} {dataset.groups[i]}" for i in order])
    return dataset.take(np.sort(order[names.groupby(names).cumcount().to_numpy() < shots]))


def adapted(learn: Dataset, held: Dataset) -> float:
    """Give the accuracy of `adapt_features` on the speech network's embedding; it sees no label of the held speaker."""
    backbone = backbones.load("whisper-tiny.en")
    S, T = (extract.embed(part, backbone, cache=extract.Cache()) for part in (learn, held))
    y = S.dataset.targets
    assert y is not None
    found = adapt_features({"": View().of(S)}, y, {"": View().of(T)}, domain=S.dataset.domains)
    return float(np.mean(found.target.argmax(axis=1) == T.dataset.targets))


def tried(model: graft.Model) -> dict[str, str]:
    """Give what the fit says of each candidate."""
    return {trial["name"]: f"{trial['loss']:.3f}, {trial['verdict']}" for trial in model.record["trials"]}


def main() -> None:
    """Print what each speaker's fit chose and reaches, then the means."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON lines only (they always are)")
    parser.add_argument("--shots", type=int, default=0, help="recordings a digit and speaker to learn from; 0 for all")
    parser.add_argument("--budget", default="2m")
    parser.add_argument("--finetune", default="never", help="auto to let weights move too")
    parser.add_argument("--seed", type=int, default=0)
    wanted = parser.parse_args()
    dataset = spoken_digits()
    rows = []
    assert dataset.groups is not None
    for speaker in np.unique(dataset.groups):
        start, held = time.perf_counter(), dataset.where(dataset.groups == speaker)
        learn = dataset.where(dataset.groups != speaker)
        learn = few(learn, wanted.shots, wanted.seed) if wanted.shots else learn
        how = {
            "test": held,
            "budget": wanted.budget,
            "seed": wanted.seed,
            "finetune": wanted.finetune,
            "verdict": False,
        }
        model = graft.fit(learn, adapt_to=held, **how)
        scores = model.record["adaptation"]["test"]
        assert model.scores is not None
        fitted = model.scores.accuracy.value
        frozen = scores["source_only"]["accuracy"] if scores else fitted
        rows.append((frozen, adapted(learn, held), fitted))
        say(
            benchmark="fsdd",
            speaker=speaker,
            learned_from=len(learn),
            frozen=round(frozen, 4),
            adapted=round(rows[-1][1], 4),
            adapted_by_fit=round(fitted, 4),
            chosen=model.record["chosen"],
            trials=tried(model),
            evidence=model.record["adaptation"]["notes"],
            seconds=round(time.perf_counter() - start, 1),
        )
    names = ("mean_accuracy", "mean_accuracy_adapted", "mean_accuracy_adapted_by_fit")
    say(**{name: round(float(mean), 4) for name, mean in zip(names, np.mean(rows, axis=0), strict=True)})


if __name__ == "__main__":
    main()
