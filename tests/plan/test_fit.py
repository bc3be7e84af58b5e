"""fit from end to end: amounts, groups, uneven classes, a budget that is spent, and a record that can be written."""

import copy
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny import write_photos

import graft
from graft.data.dataset import Dataset
from graft.errors import DataError, GraftError
from graft.plan import fit as room
from graft.plan import honest, trials

RECORD = {"data", "notes", "skipped", "trials", "moved", "transfer", "chosen", "temperature", "known_classes",
          "scored_on", "embedded", "seconds", "seconds_choosing", "versions", "adaptation", "domains",
          "groups", "contrast"}  # fmt: skip
TEXTS = [f"{words} {i}" for i, words in enumerate(["good film", "fine plot", "bad film", "dull plot"] * 4)]
LABELS = ["yes", "yes", "no", "no"] * 4


@pytest.fixture
def brightness(tmp_path: Path) -> tuple[list[Path], NDArray[np.float64]]:
    """Give 24 photos and an amount that rises with their number of red pixels' brightness."""
    files = sorted(write_photos(tmp_path / "amounts", 12).rglob("*.png"))
    return files, np.array([10.0 * (path.parent.name == "red") + i / 100 for i, path in enumerate(files)])


def test_amounts_from_photos(brightness: tuple[list[Path], NDArray[np.float64]], tiny_backbone: Path) -> None:
    files, amounts = brightness
    before = amounts.copy()
    model = graft.fit((files, amounts), backbone=str(tiny_backbone))
    assert np.array_equal(amounts, before)
    assert (model.task, model.classes, model.temperature) == ("regression", (), 1.0)
    assert model.scores is not None
    assert model.scores.source == "nested cross-validation"
    assert set(model.scores.values) == {"mae", "rmse", "r2"}
    assert model.scores.values["mae"].value < 2, "guessing the mean is off by 5"
    predicted = model.predict(files[:1] + files[-1:])
    assert predicted[0] < 5 < predicted[1]
    with pytest.raises(DataError, match="predicts numbers"):
        model.predict_proba(files[:1])


def test_the_record_can_be_written_and_says_everything(photos: Path, tiny_backbone: Path) -> None:
    (photos / "train" / "red" / "zero.png").write_bytes(b"")
    record = graft.fit(photos, backbone=str(tiny_backbone), max_skipped=0.2).record
    assert set(record) == RECORD
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert record["data"] == {"source": str(photos), "samples": 16, "counts": {"green": 8, "red": 8}}
    assert [skip["name"] for skip in record["skipped"]] == ["train/red/zero.png"]
    assert record["scored_on"] == "test set"
    kept = [trial["name"] for trial in record["trials"] if trial["verdict"].startswith("kept: 0.")]
    assert len(kept) > 1
    assert all(name in record["chosen"] for name in kept)
    assert [note for note in record["notes"] if note.startswith("Labels are few (16 for 2 classes)")]
    assert all(set(t) == {"name", "loss", "seconds", "accuracy", "verdict"} for t in record["trials"])


def test_groups_are_never_split(monkeypatch: pytest.MonkeyPatch) -> None:
    groups = np.array([f"author {i // 4}" for i in range(16)])
    labels = np.array(["yes", "no"] * 8)
    seen: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    real = trials.fold_output

    def watched(make, X, y, fold, n_classes, weight=None, ties=None):  # type: ignore[no-untyped-def]
        assert ties is not None
        seen.append((ties[fold.train], ties[fold.held]))
        return real(make, X, y, fold, n_classes, weight, ties)

    monkeypatch.setattr(trials, "fold_output", watched)
    outer: list[Dataset] = []
    whole = honest.subset
    monkeypatch.setattr(honest, "subset", lambda ground, index, seed: outer.append(index) or whole(ground, index, seed))
    classes, codes = np.unique(labels, return_inverse=True)
    data = Dataset(TEXTS, TEXTS, "text", codes, tuple(classes.tolist()), groups=groups)
    model = graft.fit(data, backbone="word-counts")
    assert model.scores is not None
    assert len(seen) > 4
    for train, held in seen:
        assert not set(train.tolist()) & set(held.tolist())
    assert len(outer) == 4
    for index in outer:
        rest = np.setdiff1d(np.arange(16), np.asarray(index))
        assert not set(groups[rest]) & set(groups[np.asarray(index)])


def test_uneven_classes_are_weighted_and_noted() -> None:
    texts, labels = TEXTS + [f"good tale {i}" for i in range(24)], LABELS + ["yes"] * 24
    model = graft.fit((texts, labels), backbone="word-counts")
    assert [n for n in model.record["notes"] if n.startswith("Classes are unevenly common (80 % to 20 %)")]
    assert not [n for n in graft.fit((TEXTS, LABELS), backbone="word-counts").record["notes"] if "unevenly" in n]


def test_a_spent_budget_still_gives_a_model_and_says_what_was_not_tried(photos: Path, tiny_backbone: Path) -> None:
    model = graft.fit(photos, backbone=str(tiny_backbone), budget=1e-6)
    assert model.record["chosen"].endswith("prototypes")
    untried = [note for note in model.record["notes"] if "was not tried: the budget of 1e-06 s" in note]
    assert len(untried) > 2
    assert len(model.record["trials"]) == 1
    assert model.scores is not None


def test_one_sample_a_class_is_enough_where_there_is_a_test_set(photos: Path, tiny_backbone: Path) -> None:
    for path in (photos / "train").rglob("*.png"):
        if path.name != "0.png":
            path.unlink()
    model = graft.fit(photos, backbone=str(tiny_backbone))
    assert model.record["chosen"].endswith("prototypes")
    assert model.record["trials"] == []
    assert [note for note in model.record["notes"] if "so the simplest was taken" in note]
    assert model.scores is not None
    assert model.scores.n == 6


@pytest.mark.parametrize("per_class", [2, 3])
def test_tiny_data_gives_a_model_with_honest_scores(tmp_path: Path, tiny_backbone: Path, per_class: int) -> None:
    model = graft.fit(write_photos(tmp_path / "tiny", per_class), backbone=str(tiny_backbone), head=["lda", "logistic"])
    assert model.scores is not None
    assert (model.scores.source, model.scores.n) == ("nested cross-validation", 2 * per_class)


def test_only_the_heads_named_are_tried(photos: Path, tiny_backbone: Path) -> None:
    record = graft.fit(photos, backbone=str(tiny_backbone), head=["lda", "nearest-mean"]).record
    assert {t["name"].split(" · ")[-1] for t in record["trials"]} == {"lda", "nearest-mean"}


def test_what_is_handed_over_is_not_changed() -> None:
    texts, labels = list(TEXTS), list(LABELS)
    heads, names = ["tfidf-logistic"], ["word-counts"]
    before = copy.deepcopy((texts, labels, heads, names))
    graft.fit((texts, labels), test=([*texts[:4], "new"], [*labels[:4], "no"]), head=heads, backbone=names)
    assert (texts, labels, heads, names) == before


def test_a_seed_below_zero() -> None:
    with pytest.raises(GraftError, match="The seed is -1: give a whole number from 0 up"):
        graft.fit((TEXTS, LABELS), backbone="word-counts", seed=-1)


def test_without_any_backbone_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room.backbones, "available", lambda _: [])
    with pytest.raises(GraftError, match="pip install 'graftlearn"):
        graft.fit((TEXTS, LABELS))
