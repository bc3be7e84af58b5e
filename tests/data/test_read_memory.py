"""Arrays, lists, data frames, Hugging Face data sets, NPZ files, and lists of files."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from graft.data import Dataset, Skipped, read
from graft.errors import DataError

GREYS = np.arange(6 * 5 * 4, dtype=np.uint8).reshape(6, 5, 4)


def sentence(*args, **kwargs) -> str:
    with pytest.raises(DataError) as caught:
        read(*args, **kwargs)
    return str(caught.value)


def test_a_dataset_comes_back_as_it_is():
    data = Dataset(["a"], ["a"], "text")
    assert read(data) is data


def test_texts_and_labels():
    data = read((["one", "two", "three"], ["x", "y", "x"]), group=["g", "h", "g"], domain=["d", None, "e"])
    assert list(data.inputs) == ["one", "two", "three"]
    assert data.targets.tolist() == [0, 1, 0]
    assert data.groups.tolist() == ["g", "h", "g"]
    assert data.domains.tolist() == ["d", "unknown", "e"]
    assert list(data.names) == ["item 0", "item 1", "item 2"]


def test_arrays_of_images_stay_where_they_are():
    before = GREYS.copy()
    data = read((GREYS, np.array([[1], [0], [1], [0], [1], [0]])))
    assert data.modality == "image"
    assert data.classes == ("0", "1")
    assert data.inputs is GREYS
    assert np.array_equal(data.take([2]).inputs[0], GREYS[2])
    assert np.array_equal(GREYS, before)


@pytest.mark.parametrize("dtype", [np.int8, np.uint16, np.int64, object, str])
def test_targets_of_any_type(dtype):
    targets = np.array([3, 10, 3, 10, 3, 10]).astype(dtype)
    data = read((GREYS, targets))
    assert data.classes == ("3", "10")
    assert data.targets.tolist() == [0, 1, 0, 1, 0, 1]


def test_truth_values_and_amounts():
    assert read((GREYS, np.array([True, False] * 3))).classes == ("False", "True")
    data = read((GREYS, [0.5, 1, None, np.nan, np.inf, 2]))
    assert data.targets.tolist() == [0.5, 1.0, 2.0]
    assert [skip.name for skip in data.skipped] == ["item 2", "item 3", "item 4"]


def test_images_in_a_list(tmp_path):
    Image.new("RGB", (2, 2)).save(tmp_path / "a.png")
    photo = Image.new("L", (3, 3))
    items = [str(tmp_path / "a.png"), photo, tmp_path / "gone.png", b"bytes", GREYS[0]]
    data = read((items, list("xyxyx")))
    assert data.modality == "image"
    assert data.inputs[0] == tmp_path / "a.png"
    assert data.inputs[1] is photo
    assert data.skipped == (Skipped(str(tmp_path / "gone.png"), f"There is no file {str(tmp_path / 'gone.png')!r}."),)


def test_one_image_alone():
    photo = Image.new("L", (3, 3))
    assert read(photo, labelled=False).inputs[0] is photo
    assert read(b"\x89PNG", labelled=False).modality == "image"


def test_sentences_on_memory():
    assert "give (inputs, targets)" in sentence(["a", "b"])
    assert "2 inputs but 1 targets" in sentence((["a", "b"], ["x"]))
    assert "empty" in sentence([], labelled=False)
    assert "(2, 3)" in sentence((np.zeros((2, 3), complex), [0, 1]))
    assert "(4, 3, 5, 5, 5)" in sentence((np.zeros((4, 3, 5, 5, 5)), [0, 1, 0, 1]))
    assert "several labels" in sentence((GREYS, np.zeros((6, 3), dtype=int)))
    assert "several values" in sentence((["a", "b"], [["x", "y"], ["z"]]))
    assert "numbers" in sentence(([1.5, 2.5], ["x", "y"]))
    assert "dict cannot be read" in sentence({"a": 1})
    assert "int cannot be read" in sentence(3)
    assert "group has 1 entries" in sentence((["a", "b"], ["x", "y"]), group=["g"])
    assert "names the column 'text'" in sentence((["a", "b"], ["x", "y"]), input="text")
    assert "one class" in sentence((["a", "b"], ["x", "x"]))


def test_data_frames():
    frame = pd.DataFrame(
        {"text": ["a b", None, "c d", "e f"], "label": pd.Categorical(["x", "y", "y", None])}, index=[7, 8, 9, 10]
    )
    before = frame.copy()
    data = read(frame)
    assert list(data.inputs) == ["a b", "c d"]
    assert data.skipped == (Skipped("row 8", "The input is empty."), Skipped("row 10", "The target is empty."))
    pd.testing.assert_frame_equal(frame, before)
    assert read((frame["text"], frame["label"])).classes == data.classes
    assert list(read((frame[["text"]], frame["label"])).inputs) == ["a b", "c d"]
    assert list(read((frame, frame["label"])).inputs) == ["a b", "c d"]
    assert len(read(frame["text"], labelled=False)) == 3


def test_a_frame_of_whole_numbers_with_gaps_is_classes():
    frame = pd.DataFrame({"text": ["a", "b", "c"], "label": [1, None, 0]})
    data = read(frame)
    assert data.classes == ("0", "1")
    assert len(data.skipped) == 1


def test_hugging_face_data_sets(tmp_path):
    datasets = pytest.importorskip("datasets")
    features = datasets.Features({"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["no", "yes"])})
    rows = datasets.Dataset.from_dict({"text": ["a b", "c d", "e f"], "label": [1, 0, -1]}, features=features)
    data = read(rows)
    assert data.classes == ("no", "yes")
    assert data.targets.tolist() == [1, 0]
    assert data.skipped == (Skipped("row 2", "The target is empty."),)
    both = read(datasets.DatasetDict({"train": rows, "test": rows, "unsupervised": rows}))
    assert both.parts.tolist() == ["train", "train", "test", "test"]
    assert any("'unsupervised' were left out" in note for note in both.notes)
    assert len(read(datasets.DatasetDict({"odd": rows}), labelled=False)) == 3
    assert "dataset['odd']" in sentence(datasets.DatasetDict({"odd": rows}))
    assert "streaming" in sentence(rows.to_iterable_dataset())


def test_hugging_face_images_are_not_decoded(tmp_path):
    datasets = pytest.importorskip("datasets")
    for k in range(2):
        Image.new("L", (3, 3), k).save(tmp_path / f"{k}.png")
    paths = [str(tmp_path / f"{k}.png") for k in range(2)]
    rows = datasets.Dataset.from_dict({"image": paths, "label": ["x", "y"]}).cast_column("image", datasets.Image())
    data = read(rows)
    assert data.modality == "image"
    assert list(data.inputs) == [Path(path) for path in paths]
    assert rows.features["image"].decode
    both = read(datasets.DatasetDict({"train": rows, "test": rows}))
    assert both.inputs[3] == Path(paths[1])


def test_npz_as_medmnist_has_it(tmp_path):
    arrays = {}
    for part, n in (("train", 4), ("val", 2), ("test", 3)):
        arrays[f"{part}_images"] = GREYS[:n]
        arrays[f"{part}_labels"] = np.array([[k % 2] for k in range(n)], dtype=np.uint8)
    np.savez(tmp_path / "a.npz", **arrays)
    data = read(tmp_path / "a.npz")
    assert [len(data.part(p)) for p in ("train", "validation", "test")] == [4, 2, 3]
    assert data.classes == ("0", "1")
    assert np.array_equal(data.part("test").inputs[2], GREYS[2])
    assert data.part("test").names[0] == "test_images[0]"
    assert len(read(tmp_path / "a.npz", labelled=False)) == 9


@pytest.mark.parametrize(
    ("names", "parts"),
    [(("x_train", "y_train", "x_test", "y_test"), {"train", "test"}), (("images", "labels"), None), (("X", "y"), None)],
)
def test_npz_by_other_names(tmp_path, names, parts):
    values = [GREYS if k % 2 == 0 else np.arange(6) % 2 for k in range(len(names))]
    np.savez(tmp_path / "a.npz", **dict(zip(names, values, strict=True)))
    data = read(tmp_path / "a.npz")
    assert (data.parts if parts is None else set(data.parts)) == parts
    assert len(data) == 3 * len(names)


def test_npz_of_texts(tmp_path):
    np.savez(tmp_path / "a.npz", X=np.array(["a b", "c d"]), y=[0, 1])
    data = read(tmp_path / "a.npz")
    assert data.modality == "text"
    assert isinstance(data.inputs[0], str)


def test_sentences_on_npz(tmp_path):
    def saved(**arrays):
        np.savez(tmp_path / "a.npz", **arrays)
        return tmp_path / "a.npz"

    assert "several labels" in sentence(saved(train_images=GREYS, train_labels=np.zeros((6, 14))))
    assert "pickled" in sentence(saved(X=np.array([{}, "a"], dtype=object), y=[0, 1]))
    assert "name them train_images" in sentence(saved(a=GREYS))
    assert "no targets" in sentence(saved(X=GREYS))
    assert "2 entries but X has 6" in sentence(saved(X=GREYS, y=[0, 1]))
    whole = (tmp_path / "a.npz").read_bytes()
    start = whole.index(b"PK\x01\x02") + 10
    (tmp_path / "a.npz").write_bytes(whole[:start] + b"\x63" + whole[start + 1 :])
    assert "no readable .npz" in sentence(tmp_path / "a.npz")
    (tmp_path / "b.npz").write_bytes(b"no zip")
    assert "is no .npz file" in sentence(tmp_path / "b.npz")


def test_lists_of_files_folders_and_tables_for_prediction(tmp_path):
    (tmp_path / "sub").mkdir()
    for name in ("a.png", "sub/b.png"):
        Image.new("L", (3, 3)).save(tmp_path / name)
    data = read([tmp_path / "a.png", str(tmp_path / "sub")], labelled=False)
    assert list(data.inputs) == [tmp_path / "a.png", tmp_path / "sub/b.png"]
    assert list(data.names) == [str(tmp_path / "a.png"), str(tmp_path / "sub/b.png")]
    (tmp_path / "lines.txt").write_text("one\r\n\ntwo\n", encoding="utf-8")
    lines = read(tmp_path / "lines.txt", labelled=False)
    assert list(lines.inputs) == ["one", "two"]
    assert lines.skipped == (Skipped("line 2", "The line is empty."),)
    assert "image and text" in sentence([tmp_path / "a.png", tmp_path / "lines.txt"], labelled=False)
    assert read(tmp_path / "a.png", labelled=False).inputs[0] == tmp_path / "a.png"
    assert "single image" in sentence(tmp_path / "a.png")
    files = read([tmp_path / "a.png", str(tmp_path / "gone.png")], labelled=False)
    assert len(files) == 1
    assert "no file" in files.skipped[0].reason
    assert list(read([str(tmp_path / "lines.txt")] * 2, labelled=False).inputs) == ["one", "two"] * 2


def test_a_pair_of_images_is_no_pair_of_inputs_and_targets():
    photo = np.zeros((4, 4, 3), np.uint8)
    assert len(read((photo, photo), labelled=False)) == 2


def test_stored_sound_is_no_image():
    frame = pd.DataFrame({"clip": [{"bytes": b"x", "path": "a.wav"}] * 2, "label": ["x", "y"]})
    assert read(frame).modality == "audio"


def test_texts_for_prediction_are_texts():
    assert list(read(["new film", "old film", "a"], labelled=False).inputs) == ["new film", "old film", "a"]
    assert read(["a.png", "b.png"], labelled=False, modality="text").modality == "text"
