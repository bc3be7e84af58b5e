"""Example data sets are real, readable by the reader, and never overwrite anything."""

import pytest

from graft.data import read
from graft.data.examples import EXAMPLES, example
from graft.errors import DataError


def test_digits_are_a_photo_folder_with_parts(tmp_path):
    data = read(example("digits", tmp_path / "new" / "digits"))
    assert data.classes == tuple(map(str, range(10)))
    assert (len(data.part("train")), len(data.part("test"))) == (1347, 450)


@pytest.mark.parametrize(("name", "classes"), [("definitions", 5), ("docstrings", 6)])
def test_texts_are_a_table(tmp_path, name, classes):
    data = read(example(name, tmp_path))
    assert len(data.classes) == classes
    assert data.modality == "text"
    assert len(data) > 1000
    assert not data.skipped
    assert len(set(data.inputs)) > 0.98 * len(data)


@pytest.mark.parametrize(
    ("name", "rows", "task"), [("breast-cancer", 569, "classification"), ("diabetes", 442, "regression")]
)
def test_tables_of_numbers_are_rows(tmp_path, name, rows, task):
    data = read(example(name, tmp_path))
    assert (data.modality, data.task, len(data)) == ("table", task, rows)
    assert not data.skipped


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "mine.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(DataError, match="not empty"):
        example("diabetes", tmp_path)
    assert example("diabetes", tmp_path, force=True).is_file()
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "keep"
    with pytest.raises(DataError, match="is a file"):
        example("diabetes", tmp_path / "mine.txt")


def test_an_unknown_example_names_the_nearest():
    with pytest.raises(DataError, match="Did you mean 'digits'"):
        example("digit", "nowhere")
    assert all(entry.description for entry in EXAMPLES.values())
