"""A compiled network that was kept computes the same to the last bit, and a damaged one is made anew."""

import numpy as np
import pytest

from graft.backbones import compiled as kept
from graft.backbones.compiled import kept_beside
from graft.backbones.openvino_runtime import OpenVinoRuntime, compiled, installed, library

pytestmark = pytest.mark.skipif(not installed(), reason="openvino is not installed")

ROWS = np.random.default_rng(0).integers(0, 255, (2, 3), np.uint8)


def graph(rows=2):
    ops = library().opset13
    given = ops.parameter([rows, 3], np.uint8)
    weight = np.random.default_rng(1).standard_normal((3, 5), np.float32)
    return library().Model([ops.result(ops.matmul(ops.convert(given, "f32"), weight, False, False))], [given], "small")


def features(place, rows=2):
    return OpenVinoRuntime(graph(rows), "float32", kept_beside(place))(ROWS[:rows])


def kept_in(place):
    (mark,) = place.glob("*.sha256")
    return mark.with_suffix("")


@pytest.fixture
def compilations(monkeypatch):
    """Note what is compiled: what is kept is not."""
    done = []
    monkeypatch.setattr(kept, "compiled", lambda graph, how: done.append(graph) or compiled(graph, how))
    return done


def test_what_is_kept_is_read_and_computes_the_same(tmp_path, compilations):
    first = features(tmp_path)
    assert np.array_equal(first, OpenVinoRuntime(graph(), "float32")(ROWS))
    assert np.array_equal(features(tmp_path), first)
    assert len(compilations) == 1


def test_other_shapes_options_and_machines_have_their_own(tmp_path, compilations, monkeypatch):
    features(tmp_path)
    features(tmp_path, rows=1)
    kept_beside(tmp_path)(graph(), {"NUM_STREAMS": 1})
    monkeypatch.setattr(kept, "machine", lambda: "another processor")
    features(tmp_path)
    assert len(compilations) == 4
    assert len(list(tmp_path.glob("*.sha256"))) == 4


@pytest.mark.parametrize("data", [b"", b"\0" * 100, None], ids=["empty", "zeros", "cut short"])
def test_a_damaged_one_is_made_anew(tmp_path, compilations, data):
    first = features(tmp_path)
    blob = kept_in(tmp_path)
    blob.write_bytes(blob.read_bytes()[:-7] if data is None else data)
    assert np.array_equal(features(tmp_path), first)
    assert np.array_equal(features(tmp_path), first)
    assert len(compilations) == 2


def test_a_damaged_hash_is_made_anew(tmp_path, compilations):
    first = features(tmp_path)
    kept_in(tmp_path).with_suffix(".sha256").write_bytes(b"\xff")
    assert np.array_equal(features(tmp_path), first)
    assert len(compilations) == 2


def test_one_that_openvino_refuses_is_made_anew(tmp_path, compilations):
    first = features(tmp_path)
    blob = kept_in(tmp_path)
    blob.write_bytes(b"of another version")
    blob.with_suffix(".sha256").write_text(kept.sha256_of(blob))
    assert np.array_equal(features(tmp_path), first)
    assert len(compilations) == 2


def test_where_nothing_can_be_written_it_computes_all_the_same(tmp_path):
    (tmp_path / "file").write_text("")
    assert np.array_equal(features(tmp_path / "file"), features(tmp_path))
