"""A run for a process of its own, to be killed: forks one for each place read, tells its number and every step."""

import os
import sys
import time
from pathlib import Path
from typing import Any

import safetensors.torch  # noqa: F401
import torch
from torch import Tensor, nn
from train_nets import accuracy, network, problem

from graft.train import ArrayBatches, Batch, Recipe, Run, classification_loss

RECIPE = Recipe(rate=0.02, average=0.8, accumulate=2, seed=3)


def make(place: Path | None, tell: bool = False) -> Run:
    plain = classification_loss(0.1)

    def objective(module: nn.Module, batch: Batch) -> Tensor:
        if tell:
            print("step", flush=True)
            time.sleep(0.003)
        return plain(module, batch)

    batches = ArrayBatches(*problem(), size=8, seed=3)
    options: dict[str, Any] = {"watch": accuracy, "every_seconds": 0.0}
    return Run(network(), objective, batches, RECIPE, place=place, **options)


if __name__ == "__main__":
    torch.optim.AdamW(network().parameters())  # imports what every run needs, once
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            print(os.getpid(), flush=True)
            make(Path(line.strip()), tell=True).advance(3).advance(4)
            os._exit(0)
        print("ended", os.waitpid(child, 0)[1], flush=True)
