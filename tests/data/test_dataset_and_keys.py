"""The Dataset is immutable and lazy; a content key depends on bytes alone."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graft.data import Dataset
from graft.data.content import content_key, digest
from graft.data.modalities import MODALITIES, modality_named
from graft.data.references import Chained, References
from graft.errors import DataError


class Once:
    """Items that say when they are asked for."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.asked: list[int] = []

    def __len__(self) -> int:
        return self.total

    def __getitem__(self, index: int) -> str:
        self.asked.append(index)
        return f"item {index}"


def test_taking_asks_for_nothing():
    items = Once(10)
    data = Dataset(items, [str(i) for i in range(10)], "text", np.arange(10), tuple("abcdefghij"))
    some = data.take([7, 3, 5]).where(np.array([True, False, True]))
    assert items.asked == []
    assert list(some.names) == ["7", "5"]
    assert some.inputs[1] == "item 5"
    assert items.asked == [5]
    assert data.targets.tolist() == list(range(10))


def test_lengths_must_agree():
    with pytest.raises(DataError, match="targets has 1 entries but there are 2 inputs"):
        Dataset(["a", "b"], ["a", "b"], "text", np.array([0]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.binary(max_size=60), st.binary(max_size=60))
def test_the_key_depends_on_bytes_only(tmp_path, one, other):
    (tmp_path / "a.png").write_bytes(one)
    (tmp_path / "b.jpg").write_bytes(one)
    (tmp_path / "c").write_bytes(other)
    keys = [content_key(tmp_path / name) for name in ("a.png", "b.jpg", "c")]
    assert keys[0] == keys[1] == content_key(one)
    assert (keys[0] == keys[2]) == (one == other)
    assert len(keys[0]) == 16


@given(st.text(), st.text())
def test_text_keys(one, other):
    assert (content_key(one) == content_key(other)) == (one == other)
    assert digest(b"ab", b"c") != digest(b"a", b"bc")


def test_array_keys_know_shape_and_type():
    zeros = np.zeros((2, 3), np.uint8)
    assert content_key(zeros) == content_key(np.asfortranarray(zeros))
    assert len({content_key(zeros), content_key(zeros.T), content_key(zeros.astype(np.int8))}) == 3
    with pytest.raises(DataError, match="int is not"):
        content_key(3)


@given(st.lists(st.lists(st.integers(), max_size=4), max_size=5))
def test_chained_is_concatenation(lists):
    chained, plain = Chained(lists), [item for part in lists for item in part]
    assert list(chained) == plain
    assert chained[1:3] == plain[1:3]
    for i in range(-len(plain), len(plain)):
        assert chained[i] == plain[i]
    with pytest.raises(IndexError):
        chained[len(plain)]


def test_references_give_bytes_or_paths(tmp_path):
    items = ["a/b.png", {"bytes": b"x", "path": "y"}, {"bytes": None, "path": "y"}, 3]
    assert list(References(items, tmp_path)) == [tmp_path / "a/b.png", b"x", tmp_path / "y", 3]


def test_the_table_of_modalities():
    assert {"text", "image", "audio"} <= set(MODALITIES)
    with pytest.raises(DataError, match="Did you mean 'image'"):
        modality_named("images")
