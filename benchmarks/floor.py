"""The floor: photos decoded and embedded once by the fastest runtime found, with nothing around it.

Two threads, each decoding by torchvision and running EfficientNet-Lite0 (pooled features only) four photos a call.
`seconds` are from the network's graph on disk to the last feature; imports are not in them.
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
from graft.backbones.openvino_runtime import OpenVinoRuntime, core, installed, numbers_here
from graft.backbones.packaged import blueprint
from graft.backbones.runtime import pick_numbers, usable_cores
from graft.backbones.torch_runtime import TorchRuntime
from graft.data.images import decode

ROWS = 4
PHOTO_ENDINGS = (".jpg", ".jpeg")


def photos_in(folders: list[Path]) -> list[Path]:
    """Give the JPEG files under some folders, in order."""
    return sorted(path for folder in folders for path in folder.rglob("*") if path.suffix.lower() in PHOTO_ENDINGS)


def loader(folder: Path) -> Callable[[], Any]:
    """Prepare the network and give the function that loads it: the graph from disk, or the tensors."""
    plan = blueprint(next(entry for entry in _entries() if entry.name == "efficientnet-lite0"))
    if not installed():
        numbers = pick_numbers("cpu", exact=False)
        mean, scale = mean_and_scale(plan, "cpu")

        def by_torch() -> TorchRuntime:
            network = LiteNetwork(plan.state, getattr(torch, numbers), "cpu")
            return TorchRuntime(lambda pixels: network(normalised(pixels, mean, scale)), "cpu", numbers)

        return by_torch
    import openvino

    from graft.backbones.openvino_lite import lite_graph

    network = LiteNetwork(plan.state, torch.float32, "cpu")
    network.stage_ends = []
    openvino.save_model(lite_graph(network, plan, ROWS), folder / "floor.xml", compress_to_fp16=False)
    core()
    return lambda: OpenVinoRuntime(str(folder / "floor.xml"), numbers_here(exact=False))


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


def run(load: Callable[[], Any], paths: list[Path]) -> tuple[float, float]:
    """Give the wall and processor seconds of loading the network and embedding every photo once."""
    start, used = time.perf_counter(), time.process_time()
    network = load()
    batches = iter([paths[i : i + ROWS] for i in range(0, len(paths), ROWS)])
    lock = threading.Lock()

    def work() -> None:
        torch.set_num_threads(1)
        while True:
            with lock:
                batch = next(batches, None)
            if batch is None:
                return
            rows = [pixels(path) for path in batch]
            network(np.stack(rows + rows[:1] * (ROWS - len(rows))))

    threads = [threading.Thread(target=work) for _ in range(usable_cores())]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start, time.process_time() - used


def _entries() -> Any:
    from graft.backbones.catalogue import entries

    return entries()


def main() -> None:
    """Print the best of some rounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    paths = photos_in(asked.folders)
    with tempfile.TemporaryDirectory() as temporary:
        load = loader(Path(temporary))
        seconds, processor = (min(each) for each in zip(*(run(load, paths) for _ in range(asked.rounds)), strict=True))
        said = {"seconds": round(seconds, 3), "images": len(paths), "runtime": load().numerics}
        said["processor_seconds"] = round(processor, 3)
    print(json.dumps(said) if asked.json else f"{len(paths)} photos in {seconds:.2f} s by {said['runtime']}")


if __name__ == "__main__":
    main()
