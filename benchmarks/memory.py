"""Memory: the most resident memory of embedding 2,000 and 20,000 photos made here, each in a new process."""

import argparse
import io
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from common import say
from PIL import Image

from graft.backbones import load
from graft.data import read
from graft.extract import embed

SIDE, KINDS = 256, 64


def make(folder: Path, count: int) -> None:
    """Write JPEGs that all differ: smooth noise, and the number of the photo as a comment."""
    rng = np.random.default_rng(0)
    kinds = []
    for _ in range(KINDS):
        coarse = Image.fromarray(rng.integers(0, 256, (16, 16, 3), np.uint8))
        held = io.BytesIO()
        coarse.resize((SIDE, SIDE), Image.Resampling.BICUBIC).save(held, "JPEG", quality=80)
        kinds.append(held.getvalue())
    for i in range(count):
        comment = str(i).encode("ascii")
        marker = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
        data = kinds[i % KINDS]
        (folder / f"{i:06}.jpg").write_bytes(data[:2] + marker + data[2:])


def once(folder: Path, count: int, backbone: str) -> None:
    """Embed the first photos of a folder and print the time and the most resident megabytes."""
    paths = sorted(folder.iterdir())[:count]
    network = load(backbone, device="cpu")
    start = time.perf_counter()
    features = embed(read(paths, labelled=False), network, show_progress=False)
    seconds = time.perf_counter() - start
    assert features.values.shape == (count, network.width)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"count": count, "seconds": round(seconds, 2), "megabytes": round(megabytes)}))


def main() -> None:
    """Print the megabytes and the seconds for both numbers of photos."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", type=int, nargs="+", default=[2000, 20000])
    parser.add_argument("--backbone", default="efficientnet-lite0")
    parser.add_argument("--once", type=Path)
    asked = parser.parse_args()
    if asked.once:
        once(asked.once, asked.counts[0], asked.backbone)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        make(folder, max(asked.counts))
        rounds = []
        for count in (8, *asked.counts):  # the first chooses the runtime
            command = [sys.executable, __file__, "--once", temporary, "--counts", str(count)]
            command += ["--backbone", asked.backbone]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            rounds.append(json.loads(done.stdout.splitlines()[-1]))
    more = rounds[-1]["megabytes"] - rounds[1]["megabytes"]
    say(benchmark="memory", backbone=asked.backbone, rounds=rounds[1:], megabytes_more=more)


if __name__ == "__main__":
    main()
