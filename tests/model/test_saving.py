"""A saved model is whole or absent, strict on loading, and says what is wrong in a sentence."""

import json
from pathlib import Path

import numpy as np
import pytest

import graft
from graft.errors import ModelError
from graft.model import saving
from graft.model.model import Model

TEXTS = ["good film", "fine film", "good plot", "lovely", "bad film", "awful", "bad plot", "dull film"]


@pytest.fixture(scope="module")
def model() -> Model:
    return graft.fit((TEXTS, ["yes"] * 4 + ["no"] * 4), backbone="word-counts", cache=None)


@pytest.fixture
def saved(model: Model, tmp_path: Path) -> Path:
    return model.save(tmp_path / "model")


def change(folder: Path, **values: object) -> None:
    described = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    (folder / "model.json").write_text(json.dumps(described | values), encoding="utf-8")


def test_predictions_are_the_same_bit_for_bit(model: Model, saved: Path) -> None:
    new = ["good", "a dull awful plot", "ok ☃"]
    assert np.array_equal(graft.load(saved).predict_proba(new), model.predict_proba(new))


def test_saving_changes_nothing_and_twice_is_the_same(model: Model, tmp_path: Path) -> None:
    first, second = model.save(tmp_path / "a"), model.save(tmp_path / "b")
    for name in ("model.json", "weights.safetensors", "README.md"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda f: change(f, format=99), "written by a newer graft"),
        (lambda f: (f / "weights.safetensors").write_bytes(b"short"), "not the file that was saved"),
        (lambda f: (f / "weights.safetensors").unlink(), "is missing"),
        (lambda f: (f / "model.json").write_text("{"), "damaged"),
        (lambda f: (f / "model.json").write_text("[]"), "damaged"),
        (lambda f: change(f, members=[{}]), "damaged"),
        (lambda f: change(f, temperature=None), "damaged"),
        (lambda f: (f / "model.json").unlink(), "not a graft model"),
    ],
)
def test_a_damaged_model_is_refused(saved: Path, damage: object, sentence: str) -> None:
    damage(saved)  # type: ignore[operator]
    with pytest.raises(ModelError, match=sentence):
        graft.load(saved)


def test_a_backbone_that_gives_another_number_of_features_is_refused_by_name(model: Model, saved: Path) -> None:
    ((name, told),) = json.loads((saved / "model.json").read_text(encoding="utf-8"))["backbones"].items()
    change(saved, backbones={name: {key: value for key, value in told.items() if key != "width"}})
    assert graft.load(saved).predict(TEXTS).tolist() == model.predict(TEXTS).tolist()  # written before it was noted
    change(saved, backbones={name: told | {"width": 7}})
    with pytest.raises(ModelError, match=rf"fitted on 7 numbers an input of {name}, and this graft .* Fit it again"):
        graft.load(saved)


def test_a_place_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="does not exist"):
        graft.load(tmp_path / "nowhere")


def test_nothing_is_overwritten_without_force(model: Model, saved: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="use --force"):
        model.save(saved)
    model.save(saved, force=True)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years")
    with pytest.raises(ModelError, match="not a graft model"):
        model.save(tmp_path / "mine", force=True)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years"
    (tmp_path / "file").write_text("x")
    with pytest.raises(ModelError, match="is a file"):
        model.save(tmp_path / "file", force=True)


def test_a_full_disk_leaves_the_old_model_and_no_litter(
    model: Model, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {p.name: p.read_bytes() for p in saved.iterdir()}

    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(saving, "model_card", full)
    with pytest.raises(ModelError, match="No space left on device; nothing was changed"):
        model.save(saved, force=True)
    assert {p.name: p.read_bytes() for p in saved.iterdir()} == before
    assert [p.name for p in saved.parent.iterdir() if "model" in p.name] == ["model"]
