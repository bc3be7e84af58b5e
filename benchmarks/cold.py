"""Cold and warm `graft fit DIR --backbone efficientnet-lite0` on ants and bees, beside the floor and the imports.

From the start of a process to the saved model, and to its end (`_whole`: then the report is written too), in turns; the
least of some rounds. The floor too is of a process that has just begun, as often as the fit. Cold: no features are
kept, the network's graph is (`first`: neither is). Imports: a process that only imports the libraries of the warm one.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from common import measured, need, say

SEEN = """
import json, sys
from graft.cli import main
try: main()
finally:
    others = [name for name in sys.modules if name.split('.')[0] not in {*sys.stdlib_module_names, 'graft'}]
    there = {name: sys.modules[name] is not None for name in others if not name.startswith('_')}
    open(sys.argv[-1] + '.modules', 'w').write(json.dumps(there))
"""
IMPORT = """
import importlib, json, sys
there = json.load(open(sys.argv[1]))
sys.modules.update({name: None for name in there if not there[name]})
for name in there:
    try: importlib.import_module(name)
    except Exception: pass
"""


def floor(photos: Path) -> tuple[float, float]:
    """Give the floor's wall and processor seconds, from a process of its own."""
    script = str(Path(__file__).with_name("floor.py"))
    told = subprocess.run(
        [sys.executable, script, str(photos), "--json", "--rounds", "1"], capture_output=True, check=True
    ).stdout
    figures = json.loads(told)
    return float(figures["seconds"]), float(figures["processor_seconds"])


def main() -> None:
    """Print each figure, cold seconds beyond the imports as a multiple of the floor, and warm seconds beyond them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    photos = need("images/hymenoptera")
    graft = str(Path(sys.executable).with_name("graft"))
    least: dict[str, float] = {}

    def note(name: str, seconds: tuple[float, float]) -> None:
        """Keep the least wall and processor seconds of the rounds."""
        for kind, each in zip(("seconds", "processor"), seconds, strict=True):
            least[f"{name}_{kind}"] = min(least.get(f"{name}_{kind}", float("inf")), each)

    with tempfile.TemporaryDirectory() as folder:
        place, cache = Path(folder) / "model", Path(folder) / "cache"
        env = os.environ | {"GRAFT_CACHE": str(cache)}
        env.pop("PYTHONDONTWRITEBYTECODE", None)  # the first fit keeps what it compiled, as pip does of the libraries
        asked = ["fit", str(photos), "--backbone", "efficientnet-lite0", "--force", "--out", str(place)]

        def fit(name: str) -> None:
            """Note the seconds of a fit to its saved model, and to its end."""
            start = time.time()
            wall, processor = measured([graft, *asked], env)
            note(name, ((place / "model.json").stat().st_mtime - start, processor))
            note(f"{name}_whole", (wall, processor))

        fit("first")
        subprocess.run([sys.executable, "-c", SEEN, *asked], env=env, check=True, capture_output=True)
        modules = f"{place}.modules"
        for _ in range(rounds):
            note("floor", floor(photos))
            shutil.rmtree(cache / "features")
            fit("cold")
            fit("warm")
            note("imports", measured([sys.executable, "-c", IMPORT, modules], env))
        libraries = sorted({name.split(".")[0] for name in json.loads(Path(modules).read_text(encoding="utf-8"))})
    beyond = {kind: least[f"cold_{kind}"] - least[f"imports_{kind}"] for kind in ("seconds", "processor")}
    say(
        data="cold",
        **{name: round(seconds, 2) for name, seconds in least.items()},
        floors=round(beyond["seconds"] / least["floor_seconds"], 2),
        floors_processor=round(beyond["processor"] / least["floor_processor"], 2),
        floors_with_report=round((least["cold_whole_seconds"] - least["imports_seconds"]) / least["floor_seconds"], 2),
        warm_beyond_imports=round(least["warm_seconds"] - least["imports_seconds"], 2),
        libraries=libraries,
        load=round(os.getloadavg()[0], 1),
    )


if __name__ == "__main__":
    main()
