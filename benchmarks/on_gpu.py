"""A CUDA device: files to features beside timm with PIL and a DataLoader, where the time goes, and too little memory.

Photos are hymenoptera's, cut anew so that no two are alike. One call of the network is timed alone, decoding alone by
one thread and by all, and the way to the device alone; then all of it together. At last the device is left with ever
less memory, and the features must stay.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import timm
import torch
from common import need, say
from extraction import STEPS, Photos
from floor import photos_in
from PIL import Image
from torch.utils.data import DataLoader

from graft.backbones import load
from graft.backbones.vision import ImageBackbone
from graft.data import read
from graft.extract import embed

BATCH = 64
LEFT = (400, 150, 60)  # megabytes beside what the network takes


def cut(paths: list[Path], count: int, place: Path) -> list[Path]:
    """Write `count` photos, each without some rows and columns of its own, and give their paths."""

    def write(number: int) -> Path:
        image = Image.open(paths[number % len(paths)]).convert("RGB")
        shift = number // len(paths)
        image.crop((shift % 19, shift // 19, *image.size)).save(place / f"{number}.jpg", quality=92)
        return place / f"{number}.jpg"

    with ThreadPoolExecutor() as pool:
        return list(pool.map(write, range(count)))


def a_second(count: int, call: Callable[[], object]) -> float:
    """Give how many of `count` are done a second."""
    torch.cuda.synchronize()
    start = time.perf_counter()
    call()
    torch.cuda.synchronize()
    return round(count / (time.perf_counter() - start), 1)


def parts(backbone: ImageBackbone, paths: list[Path]) -> dict[str, float]:
    """Give images a second of decoding, of the way to the device, and of the network, each alone."""
    rows, workers = backbone.group, len(os.sched_getaffinity(0))
    ready = [backbone.prepare(path) for path in paths[:rows]]
    stacked = torch.from_numpy(np.stack(ready))
    found = {"decoding_one_thread": a_second(200, lambda: [backbone.prepare(path) for path in paths[:200]])}
    with ThreadPoolExecutor(workers) as pool:
        found["decoding_all_threads"] = a_second(len(paths), lambda: list(pool.map(backbone.prepare, paths)))
    found["pinned_to_device"] = a_second(rows * 8, lambda: [stacked.pin_memory().to("cuda") for _ in range(8)])
    found["to_device"] = a_second(rows * 8, lambda: [stacked.to("cuda") for _ in range(8)])
    found["network"] = a_second(rows * 8, lambda: [backbone.embed(ready) for _ in range(8)])
    with ThreadPoolExecutor(workers) as pool:
        many = rows * 2 * workers
        found["network_all_threads"] = a_second(many, lambda: list(pool.map(backbone.embed, [ready] * (2 * workers))))
    return found


def plain(network: torch.nn.Module, paths: list[Path]) -> np.ndarray:
    """One after another, 32 a call, in float32."""
    found = []
    with torch.inference_mode():
        for i in range(0, len(paths), 32):
            batch = torch.stack([STEPS(Image.open(path).convert("RGB")) for path in paths[i : i + 32]])
            found.append(network(batch.cuda()).cpu().numpy())
    return np.concatenate(found)


def loaded(network: torch.nn.Module, paths: list[Path], workers: int) -> None:
    """By a DataLoader."""
    with torch.inference_mode():
        for batch in DataLoader(Photos(paths), BATCH, num_workers=workers):
            network(batch.cuda()).cpu()


def with_less(backbone: ImageBackbone, paths: list[Path]) -> dict[str, float]:
    """Give the largest change of any feature where only so many megabytes are left."""
    ready = [backbone.prepare(path) for path in paths[: backbone.group]]
    reference, total = np.asarray(backbone.embed(ready)), torch.cuda.mem_get_info()[1]
    found = {}
    for megabytes in LEFT:
        torch.cuda.empty_cache()
        torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_allocated() + megabytes * 2**20) / total)
        found[f"{megabytes} MB"] = float(np.abs(np.asarray(backbone.embed(ready)) - reference).max())
    torch.cuda.set_per_process_memory_fraction(1.0)
    return found


def main() -> None:
    """Print JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=2000)
    wanted = parser.parse_args()
    if not torch.cuda.is_available():
        parser.error("there is no CUDA device here that torch can use.")
    given = photos_in([need("images/hymenoptera")])
    with tempfile.TemporaryDirectory() as folder:
        paths = cut(given, wanted.images, Path(folder))
        backbone = load("efficientnet-lite0", device="cuda")
        assert isinstance(backbone, ImageBackbone)
        backbone.embed([backbone.prepare(paths[0])])
        network = timm.create_model("tf_efficientnet_lite0", num_classes=0).eval().cuda()
        state = {key: value for key, value in backbone.blueprint.state.items() if "classifier" not in key}
        network.load_state_dict(state)
        theirs = plain(network, paths[:256])
        say(benchmark="on_gpu", rows_a_call=backbone.group, runtime=backbone.runtime, **parts(backbone, paths))
        dataset = read([str(path) for path in paths], labelled=False)
        rates = {
            "plain": a_second(256, lambda: plain(network, paths[:256])),
            "dataloader_2": a_second(len(paths), lambda: loaded(network, paths, 2)),
            "dataloader_all": a_second(len(paths), lambda: loaded(network, paths, len(os.sched_getaffinity(0)))),
            "graft": a_second(len(paths), lambda: embed(dataset, backbone, show_progress=False)),
        }
        ours = np.asarray(embed(dataset.take(np.arange(256)), backbone, show_progress=False).values)
        ours = ours[:, : backbone.card.dim]
        near = (ours * theirs).sum(1) / np.linalg.norm(ours, axis=1) / np.linalg.norm(theirs, axis=1)
        over = {name: round(rates["graft"] / rates[name], 2) for name in ("plain", "dataloader_2", "dataloader_all")}
        say(benchmark="on_gpu", images_a_second=rates, over=over, cosine=round(float(near.mean()), 4))
        say(benchmark="on_gpu", changed_with_memory_left=with_less(backbone, paths))


if __name__ == "__main__":
    main()
