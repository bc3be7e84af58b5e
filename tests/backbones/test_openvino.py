"""The graphs written for OpenVINO give what the tensors give in torch, alone and in company, and survive damage."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import torch

from graft.backbones import entries, graphs, load
from graft.backbones.bert import BertNetwork
from graft.backbones.blueprint import Blueprint
from graft.backbones.home import cache_folder
from graft.backbones.openvino_bert import bert_graph
from graft.backbones.openvino_runtime import OpenVinoRuntime, installed, numbers_here
from graft.backbones.pooling import pooled

pytestmark = pytest.mark.skipif(not installed(), reason="openvino is not installed")

CONFIG = {"num_hidden_layers": 2, "num_attention_heads": 2, "layer_norm_eps": 1e-12}


def packaged(name, **how):
    if not next(entry for entry in entries() if entry.name == name).here():
        pytest.skip(f"the package with the weights of {name} is not installed")
    return load(name, device="cpu", **how)


def random_bert(width=8, words=30, places=12):
    draw = torch.Generator().manual_seed(0)

    def some(*shape):
        return torch.randn(*shape, generator=draw) * 0.5

    state = {"embeddings.word_embeddings.weight": some(words, width)}
    state |= {"embeddings.position_embeddings.weight": some(places, width)}
    state |= {"embeddings.token_type_embeddings.weight": some(2, width)}
    state |= {"embeddings.LayerNorm.weight": some(width), "embeddings.LayerNorm.bias": some(width)}
    for i in range(CONFIG["num_hidden_layers"]):
        inward = [f"attention.self.{part}" for part in ("query", "key", "value")]
        for part, out, into in [
            *((name, width, width) for name in (*inward, "attention.output.dense")),
            ("intermediate.dense", 3 * width, width),
            ("output.dense", width, 3 * width),
        ]:
            state |= {f"encoder.layer.{i}.{part}.weight": some(out, into), f"encoder.layer.{i}.{part}.bias": some(out)}
        for part in ("attention.output.LayerNorm", "output.LayerNorm"):
            state |= {f"encoder.layer.{i}.{part}.weight": some(width), f"encoder.layer.{i}.{part}.bias": some(width)}
    return BertNetwork(state, CONFIG, torch.float32, "cpu")


@pytest.mark.parametrize("pooling", ["mean", "cls", "max"])
@pytest.mark.parametrize("normalise", [True, False])
def test_the_graph_of_a_bert_gives_what_its_tensors_give(pooling, normalise):
    network = random_bert()
    run = OpenVinoRuntime(bert_graph(network, pooling, normalise), "float32")
    for rows, length in ((3, 12), (1, 1), (5, 4)):
        ids = np.random.default_rng(rows).integers(0, 30, (rows, length))
        mask = np.arange(length)[None] < np.minimum(np.arange(rows) + 1, length)[:, None]
        with torch.inference_mode():
            states = network(torch.from_numpy(ids), torch.from_numpy(mask))
            expected = pooled(states, torch.from_numpy(mask), pooling, normalise).numpy()
        np.testing.assert_allclose(run(ids, mask), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.real
@pytest.mark.parametrize("exact", [True, False])
def test_photos_get_the_features_torch_gives(exact):
    found, expected = (packaged("efficientnet-lite0", exact=exact, runtime=r) for r in ("openvino", "torch"))
    assert (found.runtime, expected.runtime) == (f"openvino/{found.group}", "torch")
    assert found.fingerprint != expected.fingerprint
    assert (found.exact, found.width, expected.group) == (exact, 2848, 4)
    pixels = list(np.random.default_rng(0).integers(0, 256, (5, 224, 224, 3), np.uint8))
    a, b = found.embed(pixels), expected.embed(pixels)
    if exact:
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-3)
    for part in (slice(0, 1280), slice(1280, None)):
        cosines = (a * b)[:, part].sum(1) / np.linalg.norm(a[:, part], axis=1) / np.linalg.norm(b[:, part], axis=1)
        assert cosines.min() > (0.99999 if exact else 0.99)
    assert np.array_equal(found.embed(pixels[4:])[0], a[4])
    assert np.array_equal(found.class_scores(a), expected.class_scores(a))


@pytest.mark.real
def test_photos_get_the_same_features_however_many_run_at_once():
    one, four = (packaged("efficientnet-lite0", exact=True, runtime=f"openvino/{rows}") for rows in (1, 4))
    assert (one.group, four.group, one.fingerprint) == (1, 4, four.fingerprint)
    pixels = list(np.random.default_rng(0).integers(0, 256, (5, 224, 224, 3), np.uint8))
    np.testing.assert_allclose(one.embed(pixels), four.embed(pixels), rtol=1e-5, atol=1e-5)


@pytest.mark.real
def test_texts_get_the_vectors_torch_gives_alone_in_company_and_in_threads():
    found, expected = (packaged("all-minilm-l6-v2", runtime=r) for r in ("openvino", "torch"))
    texts = ["word " * n for n in (1, 3, 4, 9, 30, 31, 200, 300)]
    ready = [found.prepare(text) for text in texts]
    together = found.embed(ready)
    assert (together * expected.embed(ready)).sum(1).min() > 0.999
    alone = [None] * len(ready)

    def run(i):
        alone[i] = found.embed([ready[i]])[0]

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(ready))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert np.array_equal(np.stack(alone), together)


def test_exact_is_float32_whatever_the_processor_has():
    assert numbers_here(exact=True) == "float32"
    assert numbers_here(exact=False) in ("float32", "bfloat16")


def graph_and_arrays(made):
    def make():
        made.append(1)
        return bert_graph(random_bert(), "mean", True), {"x": np.arange(3.0)}

    return make


def stored_once(made, detail=""):
    card = packaged_card()
    return graphs.stored(Blueprint("bert", card), graph_and_arrays(made), detail)


def packaged_card():
    from graft.backbones.base import Card

    return Card("a", "text", "here", "none", 1, 8, sha256="0" * 64)


def test_a_graph_is_made_once_and_a_damaged_one_anew():
    made = []
    ids, mask = np.array([[1, 2, 3]]), np.ones((1, 3), np.bool_)
    first, arrays = stored_once(made)
    expected = OpenVinoRuntime(first, "float32")(ids, mask)
    again, read = stored_once(made)
    assert made == [1]
    assert np.array_equal(arrays["x"], read["x"])
    assert np.array_equal(OpenVinoRuntime(again, "float32")(ids, mask), expected)
    stored_once(made, "another detail")
    assert made == [1, 1]
    place = next(p for p in (cache_folder() / "graphs").iterdir() if (p / "about.json").is_file())
    for name, data in (("graph.bin", b"\0" * 10), ("graph.xml", b"<"), ("arrays.npz", b""), ("about.json", b"{}")):
        for folder in (cache_folder() / "graphs").iterdir():
            (folder / name).write_bytes(data)
        made.clear()
        graph, _ = stored_once(made)
        assert made == [1], name
        assert np.array_equal(OpenVinoRuntime(graph, "float32")(ids, mask), expected)
        assert stored_once([])[1]["x"].tolist() == [0, 1, 2]
    assert not [p for p in place.parent.iterdir() if p.name.startswith(".making")]


def test_without_a_writable_cache_the_graph_is_used_all_the_same(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path / "file"))
    assert stored_once([])[1]["x"].tolist() == [0, 1, 2]


def test_where_the_disk_is_full_the_graph_is_used_all_the_same():
    resource = pytest.importorskip("resource", reason="files have no limit here")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))  # as a full disk: what is longer cannot be written
    try:
        graph, arrays = stored_once([])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert arrays["x"].tolist() == [0, 1, 2]
    assert OpenVinoRuntime(graph, "float32")(np.array([[1, 2]]), np.ones((1, 2), np.bool_)).shape[0] == 1
    assert list((cache_folder() / "graphs").iterdir()) == []


QUIET = """
import sys
from graft.backbones.openvino_runtime import core, library
core()
sent = [name for name in sys.modules if name.startswith("openvino_telemetry")]
print(sent, hasattr(library(), "convert_model"))
import openvino_telemetry
"""


def test_openvino_is_imported_whole_without_its_telemetry(tmp_path):
    env = os.environ | {"HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", QUIET], env=env, capture_output=True, text=True)
    assert done.stdout == "[] True\n"
    assert done.returncode == 0 or "No module named" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_nothing_else_imports_openvino_first():
    places = [
        path for path in Path(graphs.__file__).parents[1].rglob("*.py") if "    import openvino" in path.read_text()
    ]
    assert [path.name for path in places] == ["openvino_runtime.py"]
