"""What the rivals share: the packaged weights as a file, and a run of their own process beside graft's cold fit."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

NETWORK = "tf_efficientnet_lite0"


def arguments(about: str) -> argparse.Namespace:
    """Read what every rival's script takes."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--rival-python", default=sys.executable, help="the interpreter that has the rival's library")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--work", nargs=2, metavar=("PHOTOS", "WEIGHTS"), help="be the rival: print its accuracy")
    parser.add_argument("--flatten", action="store_true", help="flatten the last maps instead of averaging them")
    return parser.parse_args()


def save_weights(place: Path) -> None:
    """Write the packaged EfficientNet-Lite0 under timm's names, as safetensors."""
    from safetensors.torch import save_file

    from graft.backbones.catalogue import entries
    from graft.backbones.packaged import blueprint

    plan = blueprint(next(entry for entry in entries() if entry.name == "efficientnet-lite0"))
    save_file({name: tensor.contiguous() for name, tensor in plan.state.items()}, place)


def accuracy_of(model: Path) -> float:
    """Give the test accuracy a saved model states."""
    card = json.loads((model / "model.json").read_text(encoding="utf-8"))
    return float(card["scores"]["accuracy"]["value"])


def beside(script: str, asked: argparse.Namespace, name: str) -> None:
    """Run graft's cold fit and the rival in turns, each a process of its own; print the least seconds and the ratio."""
    sys.path.insert(0, str(Path(__file__).parents[1]))  # only here: the rival's interpreter may not have graft
    from common import measured, need, say

    photos = need("images/hymenoptera")
    graft = str(Path(sys.executable).with_name("graft"))
    least: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        place, weights, told = Path(folder) / "model", Path(folder) / "weights.safetensors", Path(folder) / "told.json"
        save_weights(weights)
        fit = [graft, "fit", str(photos), "--backbone", "efficientnet-lite0", "--force", "--out", str(place)]
        fit += ["--no-report"]  # the rival writes none either
        rival = [asked.rival_python, script, "--work", str(photos), str(weights)]
        rival += ["--flatten"] if asked.flatten else []
        for turn in range(asked.rounds + 1):  # the first of graft's converts the network, and is not counted
            env = os.environ | {"GRAFT_CACHE": f"{folder}/cache", "TOLD": str(told)}
            shutil.rmtree(f"{folder}/cache/features", ignore_errors=True)
            for who, command in (("graft", fit), ("rival", rival))[: 2 if turn else 1]:
                wall, processor = measured(command, env)
                if turn:
                    least[f"{who}_seconds"] = min(least.get(f"{who}_seconds", wall), wall)
                    least[f"{who}_processor"] = min(least.get(f"{who}_processor", processor), processor)
        found: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
        say(
            data=name,
            **{what: round(seconds, 2) for what, seconds in least.items()},
            times=round(least["rival_seconds"] / least["graft_seconds"], 1),
            times_processor=round(least["rival_processor"] / least["graft_processor"], 1),
            graft_accuracy=round(accuracy_of(place), 4),
            rival_accuracy=round(found["accuracy"], 4),
            load=round(os.getloadavg()[0], 1),
        )


def tell(accuracy: float) -> None:
    """Hand the rival's accuracy to the process that measures it."""
    Path(os.environ["TOLD"]).write_text(json.dumps({"accuracy": accuracy}), encoding="utf-8")
