"""Folders of domains are told from folders of classes, and a domain without labels is set apart."""

from pathlib import Path

import numpy as np
import pytest

from graft.data import read
from graft.data.domain_folders import domain_folders
from graft.errors import DataError


def lay(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"")
    return root


CLASSES = ("cup", "pen", "bag")


def photos(root: Path, *domains: str, classes: tuple[str, ...] = CLASSES) -> Path:
    return lay(root, *(f"{d}/{c}/{i}.png" for d in domains for c in classes for i in range(2)))


def test_shared_class_folders_make_domains(tmp_path: Path) -> None:
    found = read(photos(tmp_path, "shop", "desk"))
    assert found.classes == ("bag", "cup", "pen")
    assert found.domains is not None
    assert np.unique(found.domains).tolist() == ["desk", "shop"]
    assert [name.split("/")[0] for name in found.names] == found.domains.tolist()
    assert found.unlabelled is None
    assert "Took the folders as domains, each with class folders of its own: desk 6, shop 6." in found.notes[0]


def test_a_domain_without_class_folders_is_set_apart(tmp_path: Path) -> None:
    found = read(lay(photos(tmp_path, "shop", "desk"), "new/1.png", "new/2.png"))
    assert len(found) == 12
    assert found.unlabelled is not None
    assert list(found.unlabelled.names) == ["new/1.png", "new/2.png"]
    assert (found.unlabelled.targets, found.unlabelled.classes) == (None, ())
    assert found.skipped == ()
    assert "No sample of 'new' has a label: its 2 are taken as an unlabelled target domain." in found.notes


def test_as_many_domains_as_shared_folders_are_classes_with_a_hint(tmp_path: Path) -> None:
    root = photos(tmp_path, "cat", "dog", classes=("front", "side"))
    found = read(root)
    assert found.classes == ("cat", "dog")
    assert found.domains is None
    assert "if the folders front, side in them are" in found.notes[0] or "all hold front, side" in found.notes[0]
    asked = read(root, domain="folders")
    assert asked.classes == ("front", "side")
    assert asked.domains is not None
    assert set(asked.domains.tolist()) == {"cat", "dog"}


def test_what_was_taken_can_be_said_otherwise(tmp_path: Path) -> None:
    assert read(photos(tmp_path, "shop", "desk"), domain="none").classes == ("desk", "shop")
    with pytest.raises(DataError, match="names the column 'hospital', but the image folder"):
        read(tmp_path, domain="hospital")
    with pytest.raises(DataError, match="holds class folders: lay it out as"):
        read(lay(tmp_path / "flat", "a/1.png", "b/1.png"), domain="folders")


@pytest.mark.parametrize(
    "names",
    [
        ["a/p1/1.png", "a/p2/1.png", "b/p3/1.png", "b/p4/1.png"],
        ["a/1.png", "b/1.png"],
        ["train/a/1.png", "train/b/1.png", "train/c/1.png", "test/a/1.png", "test/b/1.png", "test/c/1.png"],
        ["x/a/1.png", "x/b/1.png", "x/c/1.png", "x/1.png", "y/a/1.png", "y/b/1.png", "y/c/1.png"],
        ["x/a/1.png", "x/b/1.png", "x/c/1.png", "y/1.png"],
    ],
)
def test_other_layouts_are_no_domains(names: list[str]) -> None:
    assert domain_folders(names, None, "place") == (None, "")


def test_a_column_of_domains_with_one_that_has_no_label(tmp_path: Path) -> None:
    table = tmp_path / "reviews.csv"
    rows = [f"a fine text number {i},{'yes' if i % 2 else 'no'},books" for i in range(6)]
    rows += [f"a dull text number {i},,films" for i in range(3)] + ["one without a label,,books"]
    table.write_text("text,label,shop\n" + "\n".join(rows) + "\n", encoding="utf-8")
    found = read(table, domain="shop")
    assert len(found) == 6
    assert found.unlabelled is not None
    assert list(found.unlabelled.inputs) == [f"a dull text number {i}" for i in range(3)]
    assert found.unlabelled.domains is not None
    assert found.unlabelled.domains.tolist() == ["films"] * 3
    assert [skip.reason for skip in found.skipped] == ["The target is empty."]
    assert read(table, domain="shop", labelled=False).unlabelled is None
