"""Domains through the front door: fit for an unlabelled target, adapt a saved model, tell how far apart they are."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tiny import COLOURS

import graft
from graft.align.head import AlignedHead
from graft.errors import DataError

NIGHT = 100  # so dark that the source-only model calls seven of 24 squares wrongly


def run_graft(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from graft.cli import main; main()", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True)


def write_domain(folder: Path, per_class: int, shade: int, seed: int, flat: bool = False) -> Path:
    """Write noisy squares of three colours, `shade` darker; flat ones lie in one folder without their class."""
    rng = np.random.default_rng(seed)
    for name, colour in COLOURS.items():
        place = folder if flat else folder / name
        place.mkdir(parents=True, exist_ok=True)
        for i in range(per_class):
            pixels = np.clip(np.array(colour) - shade + rng.integers(-30, 30, (24, 24, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(place / f"{name if flat else ''}{i}.png")
    return folder


@pytest.fixture
def domains(tmp_path: Path) -> Path:
    """Give day/CLASS/…, dusk/CLASS/… and night/… without classes."""
    root = tmp_path / "squares"
    write_domain(root / "day", 8, 0, 0)
    write_domain(root / "dusk", 8, 20, 1)
    write_domain(root / "night", 8, NIGHT, 2, flat=True)
    return root


def test_fit_adapts_to_a_target_without_reading_its_labels(domains: Path, tiny_backbone: Path, tmp_path: Path) -> None:
    labelled = write_domain(tmp_path / "labelled night", 8, NIGHT, 2)
    ways = [domains / "night", labelled]
    models = [graft.fit(domains / "day", adapt_to=way, backbone=str(tiny_backbone), finetune="never") for way in ways]
    found = models[0].record["adaptation"]
    assert found["samples"] == 24
    assert found["adapted"], found["notes"]
    assert found["verdict"].startswith("Adapted: ")
    assert {"grouped", "back_before", "near_after"} <= set(found["evidence"])
    assert models[0].record["chosen"].startswith("adapted to the target: ")
    assert models[0].scores is not None
    assert models[0].scores.source.endswith("of the source-only model where its labels are")
    new = sorted(labelled.rglob("*.png"))
    assert np.array_equal(models[0].predict_proba(new), models[1].predict_proba(new))
    models[0].save(tmp_path / "saved")
    again = graft.load(tmp_path / "saved")
    assert np.array_equal(again.predict_proba(new), models[0].predict_proba(new))
    assert (again.pool, again.record) == ("arithmetic", models[0].record)
    assert all(isinstance(member.head, AlignedHead) for member in again.members)
    assert json.loads(json.dumps(again.record, allow_nan=False)) == again.record


def test_folders_of_domains_and_the_one_without_labels(domains: Path, tiny_backbone: Path) -> None:
    model = graft.fit(domains, backbone=str(tiny_backbone), domain="folders", finetune="never", head="lda")
    assert model.classes == ("blue", "green", "red")
    record = model.record
    assert record["domains"]["counts"] == {"day": 24, "dusk": 24}
    assert [row["domain"] for row in record["domains"]["left_out"]] == ["day", "dusk"]
    assert all(0 <= row["scores"]["accuracy"]["value"] <= 1 for row in record["domains"]["left_out"])
    assert record["adaptation"]["samples"] == 24
    assert any("night" in note and "unlabelled" in note for note in record["notes"])


def test_a_test_set_scores_both_and_chooses_nothing(domains: Path, tiny_backbone: Path, tmp_path: Path) -> None:
    labelled = write_domain(tmp_path / "labelled night", 8, NIGHT, 2)
    words = {"adapt_to": domains / "night", "backbone": str(tiny_backbone), "finetune": "never"}
    alone, scored = graft.fit(domains / "day", **words), graft.fit(domains / "day", test=labelled, **words)
    assert scored.scores is not None
    assert (scored.scores.source, scored.scores.n) == ("test set", 24)
    beside = scored.record["adaptation"].pop("test")
    assert beside["samples"] == 24
    assert beside["adapted"]["accuracy"] == scored.scores.accuracy.value
    assert alone.record["adaptation"].pop("test") == {}
    assert scored.record["adaptation"] == alone.record["adaptation"]


def test_a_model_adapts_without_its_source_and_with_it(
    domains: Path, tiny_backbone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = graft.fit(domains / "day", backbone=str(tiny_backbone), finetune="never")
    before = model.predict_proba(domains / "night").copy()
    kept = model.adapt(domains / "night")  # dark squares are drawn to a colour, as more of it would look
    assert not kept.record["adaptation"]["adapted"]
    assert "a target that is mostly of some classes would be torn apart" in " ".join(kept.record["adaptation"]["notes"])
    monkeypatch.setattr("graft.align.evidence.WIDEST", 2.0)
    alone = model.adapt(domains / "night")
    assert alone.record["adaptation"]["source_free"]
    assert alone.record["adaptation"]["adapted"], alone.record["adaptation"]["notes"]
    assert alone.scores is None, "the scores were those of the model before"
    assert np.array_equal(model.predict_proba(domains / "night"), before)
    assert "adaptation" in alone.record
    alone.save(tmp_path / "alone")
    again = graft.load(tmp_path / "alone")
    assert np.array_equal(again.predict_proba(domains / "night"), alone.predict_proba(domains / "night"))
    beside = graft.adapt(model, domains / "night", source=domains / "day")
    fitted = graft.fit(domains / "day", adapt_to=domains / "night", backbone=str(tiny_backbone), finetune="never")
    assert not beside.record["adaptation"]["source_free"]
    assert np.array_equal(beside.predict_proba(domains / "night"), fitted.predict_proba(domains / "night"))


def test_amounts_and_single_inputs_are_refused(domains: Path, tiny_backbone: Path) -> None:
    files = sorted((domains / "day").rglob("*.png"))
    amounts = np.linspace(0, 1, len(files)) + 0.001
    with pytest.raises(DataError, match="Adapting to another domain is for classes"):
        graft.fit((files, amounts), adapt_to=domains / "night", backbone=str(tiny_backbone))
    with pytest.raises(DataError, match="has 1 inputs that can be read: give at least 3"):
        graft.fit(domains / "day", adapt_to=files[:1], backbone=str(tiny_backbone), finetune="never")


def test_the_command_line(domains: Path, tiny_backbone: Path, tmp_path: Path) -> None:
    out, backbone = tmp_path / "model", ("--backbone", tiny_backbone)
    day, night = domains / "day", domains / "night"
    fitted = run_graft("fit", day, "--target", night, *backbone, "--finetune", "never", "--out", out)
    assert fitted.returncode == 0, fitted.stderr
    assert f"adapting to {night} (24 inputs), with the labelled source" in fitted.stdout
    assert "Adapted: " in fitted.stdout
    plain = run_graft("fit", day, *backbone, "--finetune", "never", "--out", tmp_path / "plain")
    assert plain.returncode == 0, plain.stderr
    new = tmp_path / "new"
    adapted = run_graft("adapt", tmp_path / "plain", night, "--out", new, "--json")
    assert adapted.returncode == 0, adapted.stderr
    assert json.loads(adapted.stdout)["adaptation"]["source_free"]
    assert len(graft.load(new).predict(night)) == 24
    apart = run_graft("gap", day, night, *backbone)
    assert "The domains are" in apart.stdout, apart.stderr
    (found,) = json.loads(run_graft("gap", day, night, *backbone, "--json").stdout)["gaps"]
    assert set(found["shares"]) == {"blue", "green", "red"}


@pytest.mark.real
def test_office_through_the_front_door(real: Callable[[str], Path]) -> None:
    place = real("images/office_caltech")
    asked: dict[str, Any] = {"backbone": "efficientnet-lite0", "head": "logistic", "finetune": "never"}
    model = graft.fit(place / "dslr", adapt_to=place / "webcam", test=place / "webcam", **asked)
    assert model.scores is not None
    assert model.scores.accuracy.value >= 0.98
    told = model.record["adaptation"]
    if told["adapted"]:
        assert model.scores.accuracy.value >= told["test"]["source_only"]["accuracy"] - 0.005


def reviews(place: Path, domain: str, count: int) -> tuple[list[str], list[str]]:
    """Give the first reviews of each class of a domain, and their classes."""
    texts, labels = [], []
    for label in ("negative", "positive"):
        whole = (place / domain / f"{label}.review").read_text(encoding="latin-1")
        found = re.findall(r"<review_text>(.*?)</review_text>", whole, re.DOTALL)[:count]
        texts += [text.strip() for text in found]
        labels += [label] * count
    return texts, labels


@pytest.mark.real
def test_reviews_through_the_front_door(real: Callable[[str], Path]) -> None:
    place = real("text/blitzer")
    source, target = (reviews(place, domain, 150) for domain in ("kitchen", "books"))
    asked: dict[str, Any] = {"finetune": "never", "head": ["logistic", "tfidf-logistic"], "budget": "20m"}
    model = graft.fit(source, adapt_to=target[0], test=target, **asked)
    told = model.record["adaptation"]
    assert told["adapted"], told["notes"]
    assert told["test"]["adapted"]["accuracy"] > told["test"]["source_only"]["accuracy"]
    alone = graft.fit(source, **asked).adapt(target[0])
    assert alone.evaluate(target).accuracy.value >= told["test"]["source_only"]["accuracy"] - 0.005
