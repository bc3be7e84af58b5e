"""Embedding a data set: aligned, once per content, from the cache where it can be, with bad inputs told and skipped."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from graft.backbones import load
from graft.backbones.base import Backbone, Card
from graft.data.content import content_key
from graft.data.dataset import Dataset
from graft.errors import BackboneError, DataError
from graft.extract import Cache, embed


class Counter(Backbone):
    """A backbone of plain arithmetic that remembers what it was asked."""

    card = Card("counter", "text", "here", "none", 1, 3)
    group = 4
    fingerprint = "c" * 32

    def __init__(self):
        self.prepared, self.embedded, self.lock = [], [], threading.Lock()

    def prepare(self, item):
        with self.lock:
            self.prepared.append(item)
        if item.startswith("bad"):
            raise DataError(f"{item!r} is bad.")
        return item

    def embed(self, batch):
        with self.lock:
            self.embedded += batch
        return np.array([row_of(item) for item in batch], np.float32)


def row_of(text):
    return [len(text), sum(map(ord, text)) % 97, hash(text) % 1000]


def texts(*items):
    return Dataset(
        list(items), [f"row {i}" for i in range(len(items))], "text", np.arange(len(items), dtype=np.float64)
    )


def photos(folder, count, seed=0):
    folder.mkdir(exist_ok=True)
    paths = []
    for k in range(count):
        pixels = np.random.default_rng(seed + k).integers(0, 256, (40, 50, 3), np.uint8)
        paths.append(folder / f"{k}.png")
        Image.fromarray(pixels).save(paths[-1])
    return paths


def images(paths):
    return Dataset(list(paths), [path.name for path in paths], "image")


@given(st.lists(st.sampled_from(["a", "bb", "ccc", "dd", "e f", "bad", "bad 2", "漢"]), max_size=60))
@settings(max_examples=40, deadline=None)
def test_rows_are_those_of_the_good_inputs_in_their_order_each_embedded_once(items):
    backbone = Counter()
    dataset = texts(*items)
    features = embed(dataset, backbone, max_skipped=1.0)
    good = [i for i, item in enumerate(items) if not item.startswith("bad")]
    assert features.values.tolist() == [[float(x) for x in row_of(items[i])] for i in good]
    assert list(features.dataset.inputs) == [items[i] for i in good]
    assert features.dataset.targets.tolist() == good
    assert [key.tobytes() for key in features.keys] == [content_key(items[i]) for i in good]
    assert [(s.name, s.reason) for s in features.skipped] == [
        (f"row {i}", f"{item!r} is bad.") for i, item in enumerate(items) if item.startswith("bad")
    ]
    assert sorted(backbone.embedded) == sorted({items[i] for i in good})
    assert len(backbone.prepared) == len(set(items))
    assert features.embedded == len(backbone.embedded)
    assert list(dataset.inputs) == items


def test_the_second_time_everything_comes_from_the_cache_and_ten_more_embed_ten(tmp_path):
    items = [f"text {i}" for i in range(100)]
    with Cache(tmp_path) as cache:
        first = embed(texts(*items), Counter(), cache=cache)
        assert first.embedded == 100
    with Cache(tmp_path) as cache:
        backbone = Counter()
        second = embed(texts(*reversed(items)), backbone, cache=cache)
        assert second.embedded == 0
        assert backbone.prepared == []
        assert np.array_equal(second.values, first.values[::-1])
        more = embed(texts(*items, *(f"new {i}" for i in range(10))), backbone, cache=cache)
        assert more.embedded == len(backbone.prepared) == 10
        assert cache.summary()[0]["name"] == "counter"


def test_too_many_bad_inputs_are_an_error_and_a_few_are_not():
    items = ["good"] * 19 + ["bad"]
    assert len(embed(texts(*items), Counter()).skipped) == 1
    with pytest.raises(DataError, match=r"row 19: 'bad' is bad\."):
        embed(texts(*items), Counter(), max_skipped=0.04)


def test_a_backbone_for_another_kind_of_input_is_refused():
    with pytest.raises(
        BackboneError, match=r"counter reads inputs of the kind 'text', and these are of the kind 'image'"
    ):
        embed(images([]), Counter())


def test_an_empty_data_set_has_no_rows():
    features = embed(texts(), Counter())
    assert features.values.shape == (0, 3)
    assert len(features) == 0
    assert embed(texts(), load("word-counts")).values.shape == (0, 2**20)


def test_photos_are_read_once_and_bad_files_say_why(tmp_path, tiny_backbone, monkeypatch):
    paths = photos(tmp_path / "photos", 30)
    (tmp_path / "text.png").write_text("no image", encoding="utf-8")
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "cut.png").write_bytes(paths[0].read_bytes()[:500])
    (tmp_path / "folder.png").mkdir()
    bad = [tmp_path / name for name in ("text.png", "empty.jpg", "cut.png", "folder.png", "gone.png")]
    reads = []
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: (reads.append(path), read(path))[1])
    backbone = load(str(tiny_backbone), device="cpu")
    features = embed(images([*paths[:15], *bad, *paths[15:]]), backbone, max_skipped=0.2)
    assert sorted(reads) == sorted([*paths, *bad])
    assert [path.name for path in features.dataset.inputs] == [path.name for path in paths]
    reasons = {skip.name: skip.reason for skip in features.skipped}
    assert list(reasons) == [path.name for path in bad]
    assert "no known format" in reasons["text.png"]
    assert "no bytes" in reasons["empty.jpg"]
    assert reasons["gone.png"] == "It cannot be read: No such file or directory."
    assert reasons["folder.png"] == "It cannot be read: Is a directory."
    expected = backbone.embed([backbone.prepare(path) for path in paths])
    assert np.array_equal(features.values, expected)
    assert features.values.dtype == np.float32


def test_a_renamed_photo_is_not_embedded_again(tmp_path, tiny_backbone):
    paths = photos(tmp_path / "photos", 4)
    backbone = load(str(tiny_backbone), device="cpu")
    with Cache(tmp_path / "cache") as cache:
        first = embed(images(paths), backbone, cache=cache)
        renamed = [path.rename(path.with_name(f"new {path.name}")) for path in paths]
        again = embed(images(renamed), backbone, cache=cache)
    assert (first.embedded, again.embedded) == (4, 0)
    assert np.array_equal(first.values, again.values)


def test_paths_bytes_and_arrays_of_the_same_pixels_agree(tmp_path, tiny_backbone):
    (path,) = photos(tmp_path / "photos", 1)
    backbone = load(str(tiny_backbone), device="cpu")
    inputs = [path, path.read_bytes(), np.asarray(Image.open(path)), Image.open(path)]
    features = embed(Dataset(inputs, ["a", "b", "c", "d"], "image"), backbone)
    assert all(np.array_equal(row, features.values[0]) for row in features.values)
    assert features.embedded == 2 + (content_key(inputs[3]) != content_key(inputs[0]))


def test_word_counts_are_sparse_skip_what_is_no_text_and_are_never_cached(tmp_path):
    dataset = Dataset(["a b", None, "a b", "c"], ["1", "2", "3", "4"], "text")
    with Cache(tmp_path) as cache:
        features = embed(dataset, load("word-counts"), cache=cache, max_skipped=0.5)
        assert cache.summary() == []
    assert features.values.shape == (3, 2**20)
    assert features.values.sum() == 7
    assert [skip.name for skip in features.skipped] == ["2"]
    assert features.embedded == 0
    assert features.take([2]).values.sum() == 1


def test_an_error_in_the_network_is_raised_and_what_was_done_is_kept(tmp_path):
    class Breaks(Counter):
        def embed(self, batch):
            if any(text == "text 150" for text in batch):
                raise RuntimeError("out of order")
            return super().embed(batch)

    with Cache(tmp_path) as cache:
        with pytest.raises(RuntimeError, match="out of order"):
            embed(texts(*(f"text {i}" for i in range(200))), Breaks(), cache=cache)
        done = embed(texts(*(f"text {i}" for i in range(100))), Counter(), cache=cache).embedded
        assert done < 100


SLOW = """
import sys, time, numpy as np
from pathlib import Path
from graft.backbones.base import Backbone, Card
from graft.data.dataset import Dataset
from graft.extract import Cache, embed, unkept
unkept.LEAST_SECONDS = 0.2  # 64 rows take longer
class Slow(Backbone):
    card = Card("slow", "text", "here", "none", 1, 3)
    group = 4
    fingerprint = "5" * 32
    def prepare(self, item): return item
    def embed(self, batch):
        time.sleep(0.02)
        print("working", flush=True)
        return np.array([[len(t), 1, 2] for t in batch], np.float32)
items = [f"text {i}" for i in range(int(sys.argv[2]))]
with Cache(Path(sys.argv[1])) as cache:
    print("embedded", embed(Dataset(items, items, "text"), Slow(), cache=cache).embedded, cache.notes)
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_stopping_keeps_what_was_done_and_the_next_run_goes_on(tmp_path, how):
    command = [sys.executable, "-c", SLOW, str(tmp_path)]
    run = subprocess.Popen([*command, "20000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for _ in range(150):
        run.stdout.readline()
    run.send_signal(how)
    _, stderr = run.communicate(timeout=30)
    assert run.returncode != 0
    assert "KeyboardInterrupt" in stderr if how == signal.SIGINT else True
    with Cache(tmp_path) as cache:
        kept = cache.summary()[0]["rows"]
        assert cache.notes == []
    workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    lost = 68 * workers if how == signal.SIGKILL else 4 * workers
    assert kept >= 600 - lost
    done = subprocess.run([*command, "700"], capture_output=True, text=True, timeout=60, check=True).stdout
    embedded = int(done.split("embedded ")[1].split()[0])
    assert embedded < 700 - 400 + lost
    assert done.endswith("[]\n")


def test_two_embeddings_at_once_in_one_process_are_right(tmp_path):
    results = {}
    with Cache(tmp_path) as cache:

        def work(name):
            results[name] = embed(texts(*(f"text {i}" for i in range(300))), Counter(), cache=cache).values

        threads = [threading.Thread(target=work, args=(name,)) for name in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert all(np.array_equal(results[0], values) for values in results.values())
    assert len(results) == 3


def test_torch_has_as_many_threads_after_as_before(tmp_path, tiny_backbone):
    import torch

    before = torch.get_num_threads()
    try:
        torch.set_num_threads(3)
        embed(images(photos(tmp_path / "photos", 3)), load(str(tiny_backbone), device="cpu"))
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)


def test_the_bar_is_told_of_every_input(monkeypatch):
    told = []

    class Bar:
        def __init__(self, label, total):
            assert total == 9

        def __enter__(self):
            return lambda done=1: told.append(done)

        def __exit__(self, *_):
            pass

    monkeypatch.setattr("graft.extract.embedding.progress", Bar)
    embed(texts("a", "b", "a", "bad", "bad", *"cdef"), Counter(), max_skipped=1.0)
    assert sum(told) == 9


def test_memory_does_not_grow_with_what_was_read(tmp_path):
    """Inputs of 4 MB each are let go again: no more than a portion is held at a time."""

    class Lazy:
        def __len__(self):
            return 100

        def __getitem__(self, index):
            return bytes([index]) * 4_000_000

    class Sizes(Counter):
        card = Card("sizes", "image", "here", "none", 1, 3)

        def prepare(self, item):
            return item[0]

        def embed(self, batch):
            return np.array([[x, x, x] for x in batch], np.float32)

    import tracemalloc

    tracemalloc.start()
    features = embed(Dataset(Lazy(), [str(i) for i in range(100)], "image"), Sizes())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert features.values[:, 0].tolist() == list(range(100))
    workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert peak < 40e6 * workers + 10e6
