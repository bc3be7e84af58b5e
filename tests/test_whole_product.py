"""The whole product in seconds: a folder of tiny photos to a saved, reloaded, predicting model."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from tiny import write_photos

import graft


def run_graft(*words: str | Path, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from graft.cli import main; main()", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, input=stdin)


def test_folder_to_saved_reloaded_predicting_model(photos: Path, tiny_backbone: Path, tmp_path: Path) -> None:
    model = graft.fit(photos, backbone=str(tiny_backbone))
    assert model.scores is not None
    assert model.scores.source == "test set"
    assert model.scores.n == 6
    assert model.scores.accuracy.low <= model.scores.accuracy.value <= model.scores.accuracy.high
    new = sorted((photos / "test").rglob("*.png"))
    before = model.predict_proba(new)
    model.save(tmp_path / "saved", self_contained=True)
    again = graft.load(tmp_path / "saved")
    assert np.array_equal(again.predict_proba(new), before)
    assert again.predict(new).tolist() == model.predict(new).tolist()
    assert again.scores == model.scores
    assert again.record == model.record
    assert "accuracy" in (tmp_path / "saved" / "README.md").read_text(encoding="utf-8")
    assert not [p for p in (tmp_path / "saved").rglob("*") if p.suffix in {".pkl", ".pt", ".pth", ".bin"}]


def test_a_second_fit_embeds_nothing_and_new_photos_alone_are_embedded(photos: Path, tiny_backbone: Path) -> None:
    assert graft.fit(photos, backbone=str(tiny_backbone)).record["embedded"] == 22
    assert graft.fit(photos, backbone=str(tiny_backbone)).record["embedded"] == 0
    (photos / "train" / "red" / "0.png").rename(photos / "train" / "red" / "another name.png")
    write_photos(photos / "train" / "more", 5, seed=7)
    for name in ("red", "green"):
        for path in (photos / "train" / "more" / name).iterdir():
            path.rename(photos / "train" / name / f"more-{path.name}")
    for folder in sorted((photos / "train" / "more").iterdir()):
        folder.rmdir()
    (photos / "train" / "more").rmdir()
    assert graft.fit(photos, backbone=str(tiny_backbone)).record["embedded"] == 10


def test_the_command_line_from_folder_to_predictions(photos: Path, tiny_backbone: Path, tmp_path: Path) -> None:
    out = tmp_path / "model"
    fitted = run_graft("fit", photos, "--backbone", tiny_backbone, "--out", out, "--json")
    assert fitted.returncode == 0, fitted.stderr
    said = json.loads(fitted.stdout)
    assert set(said["scores"]["accuracy"]) == {"value", "low", "high"}
    table = run_graft("predict", out, photos / "test")
    assert table.stdout.splitlines()[0] == "input,prediction,confidence,p(green),p(red)"
    assert len(table.stdout.splitlines()) == 7
    lines = run_graft("predict", out, "-", "--jsonl", stdin=f"{photos}/test/red/0.png\n{photos}/test/green/1.png\n")
    assert [json.loads(line)["prediction"] for line in lines.stdout.splitlines()] == ["red", "green"]
    scored = run_graft("evaluate", out, photos / "test", "--json")
    assert json.loads(scored.stdout)["scores"]["accuracy"] == said["scores"]["accuracy"]
    again = run_graft("fit", photos, "--backbone", tiny_backbone, "--out", out)
    assert again.returncode == 2
    assert "already holds a model; use --force" in again.stderr


def test_the_same_fit_gives_the_same_model(photos: Path, tiny_backbone: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        graft.fit(photos, backbone=str(tiny_backbone)).save(tmp_path / name)
    assert (tmp_path / "a/weights.safetensors").read_bytes() == (tmp_path / "b/weights.safetensors").read_bytes()


@pytest.mark.parametrize("wait", [0.5, 2.0, 4.0])
def test_a_killed_fit_run_again_gives_the_same_model(
    photos: Path, tiny_backbone: Path, tmp_path: Path, wait: float
) -> None:
    undisturbed = graft.fit(photos, backbone=str(tiny_backbone))
    undisturbed.save(tmp_path / "undisturbed")
    environment = os.environ | {"GRAFT_CACHE": str(tmp_path / "other-cache")}
    words = ["fit", str(photos), "--backbone", str(tiny_backbone), "--out", str(tmp_path / "killed")]
    command = [sys.executable, "-c", "from graft.cli import main; main()", *words]
    victim = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(wait)
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    done = subprocess.run([*command, "--force"], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    weights = "weights.safetensors"
    assert (tmp_path / "killed" / weights).read_bytes() == (tmp_path / "undisturbed" / weights).read_bytes()
