"""Start-up: `graft predict` of one photo, cold process to printed answer, beside torch; and `graft --help`.

Bare: a process that imports torch and timm, reads the same weights and runs the network on one photo once; imports:
one that only imports torch. In turns, each the median of some rounds; every process finds its modules compiled.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from common import measured, need, say
from rivals.beside import NETWORK, save_weights

BARE = """
import sys, timm, torch
from PIL import Image
photo, weights, name = sys.argv[1:]
net = timm.create_model(name, pretrained=True, pretrained_cfg_overlay={"file": weights}).eval()
prepare = timm.data.create_transform(**timm.data.resolve_data_config({}, model=net))
with torch.inference_mode(): print(int(net(prepare(Image.open(photo).convert("RGB"))[None]).argmax()))
"""
HELP = """
import sys, graft.cli
sys.argv = ["graft", "--help"]
try: graft.cli.main()
finally: print("torch" in sys.modules)
"""


def main() -> None:
    """Print the medians: wall seconds, and processor seconds of the help."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    photos = need("images/hymenoptera")
    photo = str(min((photos / "val").rglob("*.jpg")))
    graft = str(Path(sys.executable).with_name("graft"))
    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | {"GRAFT_CACHE": f"{folder}/cache"}
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        weights, model = Path(folder) / "weights.safetensors", f"{folder}/model"
        save_weights(weights)
        fit = [graft, "fit", str(photos), "--backbone", "efficientnet-lite0", "--out", model, "--no-report"]
        subprocess.run(fit, env=env, check=True, capture_output=True)
        commands = {
            "predict": [graft, "predict", model, photo],
            "bare": [sys.executable, "-c", BARE, photo, str(weights), NETWORK],
            "imports": [sys.executable, "-c", "import torch"],
            "help": [graft, "--help"],
            "python": [sys.executable, "-c", "pass"],
        }
        runs = [{name: measured(command, env) for name, command in commands.items()} for _ in range(rounds + 1)][1:]
        printed = subprocess.run([sys.executable, "-c", HELP], env=env, capture_output=True, text=True).stdout
    wall = {name: median(run[name][0] for run in runs) for name in commands}
    say(
        data="startup",
        predict_seconds=round(wall["predict"], 2),
        bare_seconds=round(wall["bare"], 2),
        torch_seconds=round(wall["imports"], 2),
        of_bare=round(wall["predict"] / wall["bare"], 2),
        help_seconds=round(median(run["help"][1] for run in runs), 3),
        python_seconds=round(median(run["python"][1] for run in runs), 3),
        help_imports_torch=printed.strip().endswith("True"),
    )


if __name__ == "__main__":
    main()
