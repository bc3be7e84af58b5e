"""Image folders: classes, parts, what is passed over, links, names, order."""

import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from graft.data import read
from graft.errors import DataError


def put(root: Path, *names: str) -> Path:
    for k, name in enumerate(names):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix.lower() in (".png", ".jpg", ".jpeg"):
            Image.new("RGB", (4, 3), (k % 256, 20, 30)).save(path, format="PNG")
        else:
            path.write_text("x", encoding="utf-8")
    return root


def sentence(*args, **kwargs) -> str:
    with pytest.raises(DataError) as caught:
        read(*args, **kwargs)
    return str(caught.value)


def test_class_folders_at_any_depth_become_classes(tmp_path):
    data = read(put(tmp_path, "cats/a.png", "cats/deep/er/b.JPG", "dogs/c.Jpeg", "dogs/d.png"))
    assert data.names == ["cats/a.png", "cats/deep/er/b.JPG", "dogs/c.Jpeg", "dogs/d.png"]
    assert data.classes == ("cats", "dogs")
    assert data.targets.tolist() == [0, 0, 1, 1]
    assert data.parts is None
    assert data.task == "classification"
    assert data.modality == "image"
    assert data.inputs[1] == tmp_path / "cats/deep/er/b.JPG"
    assert data.source == str(tmp_path)
    assert read(str(tmp_path)).names == data.names


@pytest.mark.parametrize(
    ("folder", "part"),
    [("train", "train"), ("Training", "train"), ("val", "validation"), ("valid", "validation"),
     ("validation", "validation"), ("dev", "validation"), ("TEST", "test"), ("testing", "test")],
)  # fmt: skip
def test_split_folders_become_parts(tmp_path, folder, part):
    names = [f"{folder}/{c}/{k}.png" for c in "ab" for k in range(2)]
    data = read(put(tmp_path, *names))
    assert set(data.parts) == {part}
    assert data.classes == ("a", "b")
    assert len(data.part(part)) == 4


def test_train_and_val_share_their_classes(tmp_path):
    data = read(put(tmp_path, *[f"{p}/{c}/{k}.png" for p in ("train", "val") for c in ("ants", "bees") for k in "12"]))
    assert data.part("train").counts() == {"ants": 2, "bees": 2}
    assert data.part("validation").counts() == {"ants": 2, "bees": 2}
    assert data.part("test") is None
    assert any("train 4, validation 4" in note for note in data.notes)


def test_a_class_called_train_is_a_class(tmp_path):
    data = read(put(tmp_path, "train/1.png", "train/2.png", "bus/1.png", "bus/2.png", "car/side/1.png", "car/2.png"))
    assert data.classes == ("bus", "car", "train")
    assert data.parts is None


def test_parts_with_a_folder_beside_them_leave_it_out_and_say_so(tmp_path):
    names = [f"{p}/{c}/{k}.png" for p in ("train", "test") for c in "ab" for k in "12"]
    data = read(put(tmp_path, *names, "unlabelled/1.png"))
    assert len(data) == 8
    assert any("1 image lies outside any class folder" in note for note in data.notes)


def test_hidden_files_and_clutter_are_not_there(tmp_path):
    put(tmp_path, "a/1.png", "a/2.png", "b/1.png", "b/2.png", "a/.hidden.png", ".git/x.png", "__MACOSX/a/1.png")
    put(tmp_path, "a/Thumbs.db", "a/.DS_Store", "b/desktop.ini")
    data = read(tmp_path)
    assert len(data) == 4
    assert data.notes == ()


def test_other_files_are_noted_once_with_their_count(tmp_path):
    data = read(put(tmp_path, "a/1.png", "a/2.png", "b/1.png", "b/2.png", "a/n.txt", "b/n.txt", "README"))
    assert [note for note in data.notes if "not used" in note] == [
        "3 files are no image and not used (2 .txt, 1 without ending)."
    ]


def test_links_are_followed_and_loops_end(tmp_path):
    put(tmp_path / "pool", "1.png", "2.png")
    root = put(tmp_path / "data", "a/1.png", "b/1.png", "b/2.png")
    (root / "c").symlink_to(tmp_path / "pool", target_is_directory=True)
    (root / "a" / "again").symlink_to(root, target_is_directory=True)
    (root / "a" / "self").symlink_to(root / "a", target_is_directory=True)
    (root / "a" / "linked.png").symlink_to(tmp_path / "pool" / "1.png")
    (root / "b" / "gone.png").symlink_to(tmp_path / "nowhere.png")
    (root / "b" / "ring.png").symlink_to(root / "b" / "ring.png")
    data = read(root)
    assert data.names == ["a/1.png", "a/linked.png", "b/1.png", "b/2.png", "c/1.png", "c/2.png"]
    assert [skip.name for skip in data.skipped] == ["b/gone.png", "b/ring.png"]
    assert all(skip.reason.startswith("The link points to") for skip in data.skipped)


def test_two_folders_that_link_to_each_other_end(tmp_path):
    put(tmp_path, "a/1.png", "b/1.png")
    (tmp_path / "a/b").symlink_to(tmp_path / "b", target_is_directory=True)
    (tmp_path / "b/a").symlink_to(tmp_path / "a", target_is_directory=True)
    assert read(tmp_path).names == ["a/1.png", "a/b/1.png", "b/1.png", "b/a/1.png"]


def test_names_in_any_script_and_normal_form(tmp_path):
    composed, parted = unicodedata.normalize("NFC", "Café"), unicodedata.normalize("NFD", "Café")
    put(tmp_path, f"train/{composed}/1.png", f"train/{composed}/2.png", "train/犬/写真 1.png", "train/犬/ب.png")
    data = read(put(tmp_path, f"val/{parted}/3.png", "val/犬/4.png"))
    assert data.classes == (composed, "犬")
    assert all(path.is_file() for path in data.inputs)
    assert data.part("validation").counts() == {composed: 1, "犬": 1}


def test_a_name_that_is_no_text_is_skipped(tmp_path):
    put(tmp_path, "a/1.png", "a/2.png", "b/1.png", "b/2.png")
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/a/\xff.png")).touch()
    except OSError:
        pytest.skip("this file system has no such names")
    data = read(tmp_path)
    assert len(data) == 4
    assert [skip.name for skip in data.skipped] == ["a/\\udcff.png"]


def test_numbered_classes_sort_as_numbers(tmp_path):
    assert read(put(tmp_path, *[f"{k}/{i}.png" for k in (10, 9, 0) for i in "12"])).classes == ("0", "9", "10")


def test_folders_differing_by_case_are_one_class_unless_exact(tmp_path):
    put(tmp_path, "train/Cat/1.png", "train/Cat/2.png", "train/dog/1.png", "train/dog/2.png", "val/cat /1.png")
    data = read(tmp_path)
    assert data.classes == ("Cat", "dog")
    assert any("'Cat' (2), 'cat ' (1) as 'Cat'" in note for note in data.notes)


def test_unlabelled_takes_every_image(tmp_path):
    data = read(put(tmp_path, "1.png", "x/2.png", "x/y/3.png"), labelled=False)
    assert data.names == ["1.png", "x/2.png", "x/y/3.png"]
    assert data.targets is None
    assert data.task == "unlabelled"


def test_an_unknown_class_in_the_test_part_is_left_out_in_one_sentence(tmp_path):
    names = [f"train/{c}/{k}.png" for c in "ab" for k in "12"]
    data = read(put(tmp_path, *names, "test/a/1.png", "test/c/1.png", "test/d/1.png", "test/d/2.png"))
    assert data.classes == ("a", "b")
    assert [skip.name for skip in data.skipped] == ["test/c/1.png", "test/d/1.png", "test/d/2.png"]
    assert [n for n in data.notes if "left out" in n] == [
        "3 samples of classes not among the training classes were left out: 'c' (1), 'd' (2)."
    ]


def test_an_empty_class_and_a_class_of_one_are_noted(tmp_path):
    put(tmp_path, "a/1.png", "a/2.png", "b/1.png", "empty/notes.txt")
    (tmp_path / "void").mkdir()
    notes = read(tmp_path).notes
    assert any("'empty', 'void' hold no image" in note for note in notes)
    assert any("Class 'b' has one sample only" in note for note in notes)


def test_sentences_on_folders(tmp_path):
    (tmp_path / "nothing").mkdir()
    assert "is empty" in sentence(tmp_path / "nothing")
    put(tmp_path / "flat", "1.png", "2.png")
    assert "flat/CLASS/image.jpg" in sentence(tmp_path / "flat")
    put(tmp_path / "flat", "labels.csv")
    assert "It also holds a .csv file" in sentence(tmp_path / "flat")
    put(tmp_path / "parts", "train/1.png", "test/2.png")
    assert "train/CLASS/image.jpg" in sentence(tmp_path / "parts")
    put(tmp_path / "texts", "pos/1.txt", "neg/2.txt")
    assert "2 .txt" in sentence(tmp_path / "texts")
    assert "read from a table" in sentence(tmp_path / "texts")
    put(tmp_path / "single", "cats/1.png", "cats/2.png")
    assert "one class, 'cats'" in sentence(tmp_path / "single")
    put(tmp_path / "high", "photos/cats/1.png", "photos/dogs/2.png")
    assert "did you mean the folder photos" in sentence(tmp_path / "high")
    assert str(tmp_path / "flat") in sentence(tmp_path / "flta")
    assert "path is empty" in sentence(" ")
    assert "no folder 'b'" in sentence(tmp_path / "b/c/d")
    assert "holds images, but texts are needed" in sentence(tmp_path / "high", modality="text", labelled=False)
    assert "has no columns" in sentence(tmp_path / "single", target="label")


def test_amounts_as_folder_names_when_asked(tmp_path):
    data = read(put(tmp_path, "20/1.png", "35/2.png", "35/3.png"), task="regression")
    assert data.targets.tolist() == [20.0, 35.0, 35.0]
    assert data.task == "regression"


def test_memory_is_one_string_a_file(tmp_path):
    data = read(put(tmp_path, "a/1.png", "a/2.png", "b/1.png", "b/2.png"))
    assert data.inputs.items is data.names
    assert isinstance(data.inputs[0], Path)
    assert list(data.take([2, 0]).inputs) == [tmp_path / "b/1.png", tmp_path / "a/1.png"]
    assert list(data.inputs[1:3]) == [tmp_path / "a/2.png", tmp_path / "b/1.png"]


NAMES = st.text(st.characters(exclude_characters="/\0.", exclude_categories=("Cs", "Cc")), min_size=1, max_size=6)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=8, unique=True), st.randoms())
def test_order_does_not_depend_on_the_order_of_writing(tmp_path_factory, pairs, random):
    listed = []
    for _ in range(2):
        root = tmp_path_factory.mktemp("order")
        random.shuffle(pairs)
        for folder, name in pairs:
            (root / folder).mkdir(exist_ok=True)
            (root / folder / f"{name}.png").touch()
        listed.append(read(root, labelled=False).names)
    assert listed[0] == listed[1]
    assert sorted(listed[0]) == sorted(f"{folder}/{name}.png" for folder, name in pairs)


@pytest.mark.real
def test_hymenoptera_as_it_lies(real):
    data = read(real("images/hymenoptera"))
    assert (len(data.part("train")), len(data.part("validation"))) == (245, 153)
    assert data.classes == ("ants", "bees")
