"""Weights that move inside a fit: raced, judged beside the frozen choice, scored on what they never saw, and saved."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tiny import write_photos

import graft
from graft.errors import GraftError
from graft.finetune import NoRoomError
from graft.plan import moving
from graft.plan.beside import Beside, Judges


@pytest.fixture
def always_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let weights move on any data, and win with a share of 0.6."""
    monkeypatch.setattr(moving, "no_use", lambda *_: "")
    won = Beside(0.6, 1.5, (0.3, 0.2, 0.1), ("dropped", "dropped", "kept"))
    monkeypatch.setattr(moving, "beside", lambda *_: won)


def fitted(photos: Path, backbone: Path, **words: object) -> graft.Model:
    return graft.fit(photos, backbone=str(backbone), head="lda", finetune=["head-only", "norm-only"], **words)  # type: ignore[arg-type]


@pytest.mark.usefixtures("always_moved")
def test_moved_weights_become_part_of_the_model_and_are_saved_with_it(
    photos: Path, tiny_backbone: Path, tmp_path: Path
) -> None:
    model = fitted(photos, tiny_backbone)
    frozen, moved = model.members
    assert (frozen.weight, moved.weight) == pytest.approx((0.4, 0.6))
    assert moved.backbone.startswith(f"{tiny_backbone}+")
    assert model.backbones[moved.backbone].card.parent == str(tiny_backbone)
    assert model.temperature == 1.5
    record = model.record["moved"]
    assert {trial["name"] for trial in record["trials"]} == {"head-only", "norm-only"}
    assert [row["verdict"] for row in record["choice"]] == ["dropped", "dropped", "kept"]
    assert json.loads(json.dumps(model.record, allow_nan=False)) == model.record
    assert model.record["scored_on"] == "test set"
    assert model.record["transfer"]["outcome"] in ("helped", "harmed", "made no difference")
    files = sorted((photos / "train").rglob("*.png"))
    before = model.predict_proba(files)
    again = graft.load(model.save(tmp_path / "model"))
    assert np.array_equal(again.predict_proba(files), before)


@pytest.mark.usefixtures("always_moved")
def test_without_a_test_set_the_scores_are_of_samples_no_weights_had_seen(tmp_path: Path, tiny_backbone: Path) -> None:
    photos = write_photos(tmp_path / "photos", 15)
    model = fitted(photos, tiny_backbone, verdict=False)
    assert model.scores is not None
    assert model.scores.source == "6 samples held out, by weights that never saw them"
    assert model.record["moved"]["judged_on"] == model.scores.n == 6
    assert model.record["transfer"] == {}


@pytest.mark.usefixtures("always_moved")
def test_where_the_first_judges_cannot_tell_another_fold_judges_too(
    tmp_path: Path, tiny_backbone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = []

    def unsure(frozen: np.ndarray, moved: np.ndarray, name: str, judges: Judges) -> Beside:
        assert np.isfinite(frozen).all()
        assert np.isfinite(moved).all()
        judged.append((len(frozen), len(moved), len(judges.targets)))
        return Beside(0.0 if len(judged) == 1 else 0.5, 1.0, (0.3, 0.3, 0.2), ("", "", ""))

    monkeypatch.setattr(moving, "beside", unsure)
    model = fitted(write_photos(tmp_path / "photos", 15), tiny_backbone, verdict=False)
    assert judged == [(6, 6, 6), (12, 12, 12)]
    assert model.record["moved"]["judged_on"] == 12
    assert len(model.members) == 2
    assert model.scores is not None
    assert model.scores.n == 6


def test_where_nothing_could_be_shown_weights_stay_and_the_record_says_why(photos: Path, tiny_backbone: Path) -> None:
    model = fitted(photos, tiny_backbone)
    (note,) = (note for note in model.record["notes"] if note.startswith("Weights were not moved"))
    assert "could not be told from luck" in note
    assert model.record["moved"] == {"reason": note}
    assert len(model.members) == 1


@pytest.mark.usefixtures("always_moved")
def test_ctrl_c_while_weights_move_keeps_the_frozen_choice(
    photos: Path, tiny_backbone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def struck(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(moving, "race", struck)
    model = fitted(photos, tiny_backbone)
    assert "Moving weights was stopped by hand; the frozen choice stays." in model.record["notes"]
    assert model.scores is not None


def test_an_unknown_strategy_is_named_before_anything_is_done() -> None:
    with pytest.raises(GraftError, match=r"no fine-tuning strategy 'lpft'.*lp-ft"):
        graft.fit(Path("/no/where"), finetune="lpft")


def test_a_model_is_handed_over_early(photos: Path, tiny_backbone: Path) -> None:
    seen: list[graft.Model] = []
    model = graft.fit(photos, backbone=str(tiny_backbone), finetune="never", keep=seen.append)
    assert [m.record["unfinished"] for m in seen] == [True, True]
    assert seen[0].members[0].head.name == "prototypes"
    assert [m.head.name for m in seen[1].members] == [m.head.name for m in model.members]
    assert all(m.scores is None for m in seen)


@pytest.mark.usefixtures("always_moved")
def test_a_full_disk_keeps_the_frozen_choice(
    photos: Path, tiny_backbone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise NoRoomError("What the frozen parts give needs 3.0 GB.")

    monkeypatch.setattr("graft.finetune.sources.memory_mapped", full)
    model = fitted(photos, tiny_backbone, verdict=False)
    assert {member.backbone for member in model.members} == {str(tiny_backbone)}
    assert "Weights were not moved: What the frozen parts give needs 3.0 GB." in model.record["notes"]


@pytest.mark.usefixtures("always_moved")
def test_a_model_with_moved_weights_adapts_and_is_saved(photos: Path, tiny_backbone: Path, tmp_path: Path) -> None:
    unlabelled = sorted((photos / "test").rglob("*.png"))
    model = fitted(photos, tiny_backbone, adapt_to=[str(path) for path in unlabelled], verdict=False)
    told = model.record["adaptation"]
    assert (told["samples"], told["source_free"]) == (len(unlabelled), False)
    assert told["verdict"].startswith("Adapted" if told["adapted"] else "Kept the source-only model")
    assert any(name.startswith(f"{tiny_backbone}+") for name in model.backbones)
    before = model.predict_proba(unlabelled)
    assert np.array_equal(graft.load(model.save(tmp_path / "model")).predict_proba(unlabelled), before)
