"""The door: from data to a saved backbone that everything takes by name, killed and gone on with, refusals."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import graft
from graft import backbones
from graft.backbones import conv_net
from graft.backbones.catalogue import build
from graft.backbones.random_weights import with_random_weights
from graft.errors import BackboneError, DataError, GraftError
from graft.pretraining.length import epochs_for
from graft.pretraining.methods import METHODS
from graft.pretraining.pretrain import pretrain
from graft.pretraining.source import name_of
from graft.pretraining.task import recipe_for
from graft.train.run import Run

IMAGE_METHODS = [name for name, method in METHODS.items() if "image" in method.modalities]


@pytest.fixture
def tiny(tmp_path: Path) -> str:
    """Give the folder of a tiny network with random weights."""
    base, config = conv_net.plan("conv"), {"blocks": 2, "width": 6, "channels": 3, "pooling": "mean"}
    card = dataclasses.replace(base.card, input_size=8, dim=6)
    plan = with_random_weights(dataclasses.replace(base, card=card, config=config), "random/tiny")
    backbones.save_backbone(build(plan, "cpu", False, "auto"), tmp_path / "tiny")
    return str(tmp_path / "tiny")


@pytest.fixture
def drawings(tmp_path: Path) -> Path:
    """Give a folder of strokes on paper, lying or standing, without labels."""
    random = np.random.default_rng(0)
    (tmp_path / "strokes").mkdir()
    for i in range(12):
        paper = np.full((20, 20), 255, np.uint8)
        at = int(random.integers(5, 14))
        paper[at : at + 2, 3:17] = 0
        Image.fromarray(paper if i % 2 else paper.T).save(tmp_path / "strokes" / f"{i:02}.png")
    return tmp_path / "strokes"


@pytest.mark.parametrize("method", IMAGE_METHODS)
def test_every_method_gives_a_backbone_with_a_card_that_others_take_by_name(
    method: str, tiny: str, photos: Path, tmp_path: Path
) -> None:
    made = pretrain(photos / "train", out=tmp_path / "mine", backbone=tiny, method=method, epochs=2, device="cpu")
    start = backbones.load(tiny, device="cpu")
    assert made.card.parent == "random/tiny"
    assert made.card.name == "mine"
    assert METHODS[method].paper in made.card.trained_on
    assert "16 " in made.card.trained_on
    assert "2 epochs" in made.card.trained_on
    assert made.card.licence == "that of its training data"
    assert made.fingerprint != start.fingerprint
    again = backbones.load(str(tmp_path / "mine"), device="cpu")
    inputs = [again.prepare(path) for path in sorted((photos / "test").rglob("*.png"))]
    assert np.array_equal(again.embed(inputs), made.embed(inputs))
    page = (tmp_path / "mine" / "README.md").read_text(encoding="utf-8")
    assert made.card.sha256 in page
    assert "started from: random/tiny" in page
    assert not list(tmp_path.glob(".mine*"))


def test_a_fit_takes_it(tiny: str, photos: Path, tmp_path: Path) -> None:
    pretrain(photos / "train", out=tmp_path / "mine", backbone=tiny, epochs=1, device="cpu")
    model = graft.fit(
        photos / "train", test=photos / "test", backbone=str(tmp_path / "mine"), budget="5s", device="cpu"
    )
    model.save(tmp_path / "model")
    assert len(graft.load(tmp_path / "model").predict([next((photos / "test").rglob("*.png"))])) == 1


def test_the_seed_decides_and_the_callers_random_numbers_stay(tiny: str, drawings: Path) -> None:
    def weights(seed: int) -> str:
        return pretrain(drawings, backbone=tiny, epochs=2, seed=seed, device="cpu").card.sha256

    torch.manual_seed(3)
    before = torch.random.get_rng_state()
    first = weights(0)
    assert torch.equal(before, torch.random.get_rng_state())
    assert weights(0) == first != weights(1)


def test_the_loss_falls(tiny: str, drawings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[float]] = []
    advance = Run.advance

    def watched(run: Run, epochs: int | None = None) -> Run:
        advance(run, epochs)
        seen.append([line["loss"] for line in run.history])
        return run

    monkeypatch.setattr(Run, "advance", watched)
    for method in ("simclr", "vicreg", "barlow-twins"):
        pretrain(drawings, backbone=tiny, method=method, epochs=60, device="cpu")
        losses = seen.pop()
        assert np.mean(losses[-10:]) < np.mean(losses[:10])


def test_a_killed_run_goes_on_to_the_weights_of_an_unbroken_one(
    tiny: str, drawings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = pretrain(drawings, out=tmp_path / "whole", backbone=tiny, epochs=6, device="cpu")
    import graft.pretraining.view_batches as batches

    monkeypatch.setattr("graft.pretraining.pretrain.EVERY_SECONDS", 0.0)
    real, calls = batches.view, []

    def killed(*args: object) -> torch.Tensor:
        calls.append(0)
        if len(calls) == 9:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(batches, "view", killed)
    with pytest.raises(KeyboardInterrupt):
        pretrain(drawings, out=tmp_path / "broken", backbone=tiny, epochs=6, device="cpu")
    assert not (tmp_path / "broken").exists()
    assert (tmp_path / ".broken.pretraining" / "cycle-1.safetensors").is_file()
    with pytest.raises(GraftError, match="unfinished pretraining that was asked for with another epochs and seed"):
        pretrain(drawings, out=tmp_path / "broken", backbone=tiny, epochs=7, seed=1, device="cpu")
    before = len(calls)
    made = pretrain(drawings, out=tmp_path / "broken", backbone=tiny, epochs=6, device="cpu")
    assert made.card.sha256 == whole.card.sha256
    assert len(calls) - before < 12
    assert not (tmp_path / ".broken.pretraining").exists()


def test_a_budget_is_kept_and_decides_the_epochs(tiny: str, drawings: Path) -> None:
    made = pretrain(drawings, backbone=tiny, budget=3.0, device="cpu")
    assert int(made.card.trained_on.split(" epoch")[0].split("; ")[-1]) > 1
    for budget in (0.0, -1.0):
        with pytest.raises(GraftError, match="leaves no time"):
            pretrain(drawings, backbone=tiny, budget=budget)


def test_the_epochs_asked_for_or_enough_steps() -> None:
    class Five:
        batches = range(5)

    assert epochs_for(Five(), 3, None, "cpu") == 3  # type: ignore[arg-type]
    assert epochs_for(Five(), None, None, "cpu") == 300  # type: ignore[arg-type]
    with pytest.raises(GraftError, match="at least one epoch, not 0"):
        epochs_for(Five(), 0, None, "cpu")  # type: ignore[arg-type]


def test_weights_that_know_something_move_slower(tiny: str, drawings: Path, tmp_path: Path) -> None:
    made = pretrain(drawings, out=tmp_path / "mine", backbone=tiny, epochs=1, device="cpu")
    assert recipe_for(backbones.load(tiny, device="cpu"), 3).rate == 10 * recipe_for(made, 3).rate
    again = pretrain(drawings, backbone=str(tmp_path / "mine"), epochs=1, device="cpu")
    assert (again.card.name, again.card.parent) == ("mine-vicreg", "mine")


def test_a_backbone_that_is_there_is_not_lost(tiny: str, drawings: Path, tmp_path: Path) -> None:
    first = pretrain(drawings, out=tmp_path / "mine", backbone=tiny, epochs=1, device="cpu")
    with pytest.raises(BackboneError, match="already holds a backbone; use --force"):
        pretrain(drawings, out=tmp_path / "mine", backbone=tiny, epochs=1, device="cpu")
    second = pretrain(drawings, out=tmp_path / "mine", backbone=tiny, epochs=1, seed=1, force=True, device="cpu")
    assert backbones.load(str(tmp_path / "mine")).card.sha256 == second.card.sha256 != first.card.sha256
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(BackboneError, match="holds files that are not a graft backbone"):
        pretrain(drawings, out=tmp_path / "notes", backbone=tiny, force=True)
    with pytest.raises(BackboneError, match="is a file or a link, not a folder"):
        pretrain(drawings, out=tmp_path / "notes" / "mine.txt", backbone=tiny)
    with pytest.raises(BackboneError, match="word-counts is the name of a packaged backbone"):
        pretrain(drawings, out=tmp_path / "word-counts", backbone=tiny)


def test_auto_looks_at_the_data(photos: Path, drawings: Path) -> None:
    assert name_of("auto", graft.read(drawings, labelled=False)) == "random/conv"
    large = [np.random.default_rng(0).integers(0, 255, (90, 90, 3), dtype=np.uint8)] * 3
    assert name_of("auto", graft.read(large, labelled=False)) == "random/conv-84"
    assert name_of("auto", graft.read(["a text"], labelled=False)) == "all-minilm-l6-v2"
    assert name_of("conv", graft.read(photos / "train")) == "random/conv"
    assert name_of("mine", graft.read(photos / "train")) == "mine"


def test_auto_is_supervised_with_labels_and_not_without(tiny: str, photos: Path, drawings: Path) -> None:
    assert "cross-entropy" in pretrain(photos / "train", backbone=tiny, epochs=1, device="cpu").card.trained_on
    told = pretrain(drawings, backbone=tiny, epochs=1, device="cpu").card.trained_on
    assert "12 unlabelled images of strokes; VICReg" in told
    assert "views as of drawings" in told


def test_what_does_not_fit_is_refused_in_a_sentence(tiny: str, photos: Path, drawings: Path, tmp_path: Path) -> None:
    with pytest.raises(GraftError, match=r"no way to pretrain 'vicregg'. Did you mean 'vicreg'"):
        pretrain(drawings, method="vicregg")
    with pytest.raises(GraftError, match=r"masked reads inputs of the kind text.*choose supervised or vicreg"):
        pretrain(drawings, method="masked", backbone=tiny)
    with pytest.raises(DataError, match="holds 12 images but no class folders"):
        pretrain(drawings, method="supervised", backbone=tiny)
    with pytest.raises(GraftError, match="random/tiny reads images, and the source holds texts"):
        pretrain(["one text", "another"], backbone=tiny)
    with pytest.raises(DataError, match="4 images are too few to pretrain on"):
        pretrain(sorted(drawings.iterdir())[:4], backbone=tiny)
    assert not list(tmp_path.glob(".*pretraining"))


def test_the_verb_prints_the_card(
    tiny: str, drawings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from graft.cli.pretrain_verb import pretrain as verb

    out = tmp_path / "mine"
    verb(str(drawings), out, backbone=tiny, epochs=1, device="cpu", as_json=True)
    said = json.loads(capsys.readouterr().out)
    assert said["backbone"] == str(out)
    assert said["card"]["parent"] == "random/tiny"
    verb(str(drawings), out, backbone=tiny, budget="1s", device="cpu", force=True)
    assert f"Use it with: --backbone {out}" in capsys.readouterr().out
