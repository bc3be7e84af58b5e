"""The floor: photos decoded and embedded once by the fastest runtime found, with nothing around it.

Two threads, each decoding by torchvision and running EfficientNet-Lite0 (pooled features only), one photo a call or
four, whichever is faster. `seconds` are from the network's graph on disk to the last feature; imports are not in them.
"""

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torchvision
from torchvision.transforms.v2.functional import center_crop, resize

from graft.backbones.lite import LiteNetwork
from graft.backbones.normalising import mean_and_scale, normalised
from graft.backbones.openvino_runtime import OpenVinoRuntime, core, installed, library, numbers_here
from graft.backbones.packaged import blueprint
from graft.backbones.runtime import pick_numbers, usable_cores
from graft.backbones.torch_runtime import TorchRuntime
from graft.data.images import decode

ROWS = (1, 4)
PHOTO_ENDINGS = (".jpg", ".jpeg")


def photos_in(folders: list[Path]) -> list[Path]:
    """Give the JPEG files under some folders, in order."""
    return sorted(path for folder in folders for path in folder.rglob("*") if path.suffix.lower() in PHOTO_ENDINGS)


def loader(folder: Path, rows: int) -> Callable[[], Any]:
    """Prepare the network and give the function that loads it: the graph from disk, or the tensors."""
    plan = blueprint(next(entry for entry in _entries() if entry.name == "efficientnet-lite0"))
    if not installed():
        numbers = pick_numbers("cpu", exact=False)
        mean, scale = mean_and_scale(plan, "cpu")

        def by_torch() -> TorchRuntime:
            network = LiteNetwork(plan.state, getattr(torch, numbers), "cpu")
            return TorchRuntime(lambda pixels: network(normalised(pixels, mean, scale)), "cpu", numbers)

        return by_torch
    from graft.backbones.openvino_lite import lite_graph

    network = LiteNetwork(plan.state, torch.float32, "cpu")
    network.stage_ends = []
    library().save_model(lite_graph(network, plan, rows), folder / f"floor-{rows}.xml", compress_to_fp16=False)
    core()
    return lambda: OpenVinoRuntime(str(folder / f"floor-{rows}.xml"), numbers_here(exact=False))


def pixels(path: Path) -> np.ndarray:
    """Decode, resize and cut out the centre by torchvision; by PIL where it cannot decode."""
    data = path.read_bytes()
    try:
        image = torchvision.io.decode_jpeg(
            torch.frombuffer(bytearray(data), dtype=torch.uint8), mode=torchvision.io.ImageReadMode.RGB
        )
    except RuntimeError:
        image = torch.from_numpy(np.asarray(decode(path)).copy()).permute(2, 0, 1)
    return center_crop(resize(image, [256], interpolation=3, antialias=True), [224]).permute(1, 2, 0).numpy()


def run(load: Callable[[], Any], paths: list[Path], rows: int) -> tuple[float, float]:
    """Give the wall and processor seconds of loading the network and embedding every photo once."""
    start, used = time.perf_counter(), time.process_time()
    network = load()
    batches = iter([paths[i : i + rows] for i in range(0, len(paths), rows)])
    lock = threading.Lock()

    def work() -> None:
        torch.set_num_threads(1)
        while True:
            with lock:
                batch = next(batches, None)
            if batch is None:
                return
            found = [pixels(path) for path in batch]
            network(np.stack(found + found[:1] * (rows - len(found))))

    threads = [threading.Thread(target=work) for _ in range(usable_cores())]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start, time.process_time() - used


def fastest(folder: Path, paths: list[Path]) -> Callable[[], tuple[float, float]]:
    """Give the function that runs the floor with the number of photos a call that took less time."""
    loaders = {rows: loader(folder, rows) for rows in ROWS}
    rows = min(ROWS, key=lambda each: run(loaders[each], paths, each))
    return lambda: run(loaders[rows], paths, rows)


def _entries() -> Any:
    from graft.backbones.catalogue import entries

    return entries()


def main() -> None:
    """Print the best of some rounds of both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    paths = photos_in(asked.folders)
    found: list[tuple[float, float, int]] = []
    with tempfile.TemporaryDirectory() as temporary:
        loaders = {rows: loader(Path(temporary), rows) for rows in ROWS}
        for _ in range(asked.rounds):
            found += [(*run(load, paths, rows), rows) for rows, load in loaders.items()]
        numerics = loaders[ROWS[0]]().numerics
    seconds, _, rows = min(found)
    said = {"seconds": round(seconds, 3), "images": len(paths), "runtime": f"{numerics}, {rows} a call"}
    said["processor_seconds"] = round(min(processor for _, processor, _ in found), 3)
    print(json.dumps(said) if asked.json else f"{len(paths)} photos in {seconds:.2f} s by {said['runtime']}")


if __name__ == "__main__":
    main()
