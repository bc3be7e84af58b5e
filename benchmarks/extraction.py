"""Files to features: graft beside plain timm with PIL, the same with a DataLoader, and the floor; taking turns."""

import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import timm
import torch
from common import need, say
from floor import fastest, photos_in
from PIL import Image
from torch.utils.data import DataLoader
from torchvision.transforms import CenterCrop, Compose, InterpolationMode, Normalize, Resize, ToTensor

from graft.backbones import load
from graft.data import read
from graft.extract import embed

ROUNDS, BATCH, SLOW = 3, 32, 96
STEPS = Compose([Resize(256, InterpolationMode.BICUBIC), CenterCrop(224), ToTensor(), Normalize([0.5] * 3, [0.5] * 3)])


class Photos(torch.utils.data.Dataset):
    """Files as a data set, as people write it."""

    def __init__(self, paths: list[Path]) -> None:
        self.paths = paths

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> torch.Tensor:
        return STEPS(Image.open(self.paths[index]).convert("RGB"))


def plain(network: torch.nn.Module, paths: list[Path]) -> np.ndarray:
    """One after another in float32, 32 a batch."""
    found = []
    with torch.inference_mode():
        for i in range(0, len(paths), BATCH):
            batch = torch.stack([STEPS(Image.open(path).convert("RGB")) for path in paths[i : i + BATCH]])
            found.append(network(batch).numpy())
    return np.concatenate(found)


def loaded(network: torch.nn.Module, paths: list[Path]) -> np.ndarray:
    """Two workers of a DataLoader, channels-last."""
    with torch.inference_mode():
        batches = DataLoader(Photos(paths), BATCH, num_workers=2)
        return np.concatenate([network(x.contiguous(memory_format=torch.channels_last)).numpy() for x in batches])


def processor() -> float:
    """Give the processor seconds of this process and of those it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def timed(call: Callable[[], object], images: int) -> tuple[float, float]:
    """Give seconds and processor seconds an image."""
    start, used = time.perf_counter(), processor()
    call()
    return (time.perf_counter() - start) / images, (processor() - used) / images


def main() -> None:
    """Print the best and the median images a second of each, the ratios, and how near the features are."""
    paths = photos_in([need("images/hymenoptera")])
    some = paths[:SLOW]
    network = timm.create_model("tf_efficientnet_lite0", num_classes=0).eval()
    with tempfile.TemporaryDirectory() as temporary:
        os.environ["GRAFT_CACHE"] = temporary
        backbone = load("efficientnet-lite0", device="cpu")
        backbone.embed([backbone.prepare(paths[0])])  # compiles it: loading is in no one's time
        state = {key: value for key, value in backbone.blueprint.state.items() if "classifier" not in key}
        network.load_state_dict(state)
        last = timm.create_model("tf_efficientnet_lite0", num_classes=0).eval().to(memory_format=torch.channels_last)
        last.load_state_dict(state)
        floor = fastest(Path(temporary), paths)
        dataset = read([str(path) for path in paths], labelled=False)
        runs: dict[str, Callable[[], tuple[float, float]]] = {
            "plain": lambda: timed(lambda: plain(network, some), SLOW),
            "dataloader": lambda: timed(lambda: loaded(last, some), SLOW),
            "graft": lambda: timed(lambda: embed(dataset, backbone, show_progress=False), len(paths)),
            "floor": lambda: timed(floor, len(paths)),
        }
        seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
        for _ in range(ROUNDS):
            for name, call in runs.items():
                seconds[name].append(call())
        ours = embed(dataset.take(np.arange(SLOW)), backbone, show_progress=False).values[:, : backbone.card.dim]
    theirs = plain(network, some)
    near = (ours * theirs).sum(1) / np.linalg.norm(ours, axis=1) / np.linalg.norm(theirs, axis=1)
    best = {name: min(each for each, _ in times) for name, times in seconds.items()}
    middle = {name: float(np.median([each for each, _ in times])) for name, times in seconds.items()}
    used = {name: min(each for _, each in times) for name, times in seconds.items()}
    say(
        benchmark="extraction",
        runtime=backbone.runtime,
        images_a_second={name: round(1 / each, 1) for name, each in best.items()},
        over_plain=round(best["plain"] / best["graft"], 2),
        over_dataloader=round(best["dataloader"] / best["graft"], 2),
        of_floor=round(best["graft"] / best["floor"], 2),
        ratios_of_medians={name: round(middle[name] / middle["graft"], 2) for name in ("plain", "dataloader", "floor")},
        processor_ms_an_image={name: round(each * 1000, 1) for name, each in used.items()},
        cosine={"mean": round(float(near.mean()), 4), "least": round(float(near.min()), 4)},
    )


if __name__ == "__main__":
    main()
