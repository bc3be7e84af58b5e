"""A script for several processes: trains the tiny network and writes its weights and history."""

import json
import sys
from pathlib import Path

from safetensors.torch import save_file
from train_nets import accuracy, make_run, network

from graft.train import Recipe

RECIPE = Recipe(rate=0.02, accumulate=2, average=0.7, precision="float32")


def main(out: Path) -> None:
    run = make_run(RECIPE, network(norm=False, dropout=0.0), size=9, watch=accuracy, place=out).advance(2).advance(1)
    if run.processes.first:
        save_file({name: tensor.contiguous() for name, tensor in run.module.state_dict().items()}, out / "weights")
        (out / "history.json").write_text(json.dumps([run.processes.count, run.history]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
