"""`graft meta train` and `graft meta evaluate`: what they print, and that their help imports nothing heavy."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from graft.cli.meta_verb import evaluate, train
from graft.errors import DataError

HELP = """
import sys
sys.argv = ["graft", "meta", "train", "--help"]
from graft.cli import main
try:
    main()
except SystemExit as stop:
    assert not stop.code, stop.code
print("heavy:", [m for m in ("torch", "numpy", "pandas", "sklearn", "PIL", "timm") if m in sys.modules])
"""


@pytest.fixture
def characters(tmp_path: Path) -> Path:
    """Give two alphabets of three characters, six drawings of each."""
    random = np.random.default_rng(0)
    for alphabet in "ab":
        for character in "xyz":
            place = tmp_path / "characters" / alphabet / character
            place.mkdir(parents=True)
            pattern = random.integers(0, 2, (9, 9)).astype(np.uint8) * 255
            for drawer in range(6):
                Image.fromarray(np.roll(pattern, drawer % 2, 0)).save(place / f"{drawer}.png")
    return tmp_path / "characters"


def test_help_imports_no_heavy_library() -> None:
    done = subprocess.run([sys.executable, "-c", HELP], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "--shots" in done.stdout
    assert done.stdout.strip().endswith("heavy: []")


def test_train_then_evaluate_by_name(
    characters: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graft.meta.train.BATCHES", 2)
    train(
        str(characters), tmp_path / "mine", ways=2, queries=2, held=["b"], turns=True, warp=True, epochs=1, device="cpu"
    )
    said = capsys.readouterr().out
    assert "mine: 2-way 1-shot tasks from 3 classes, turned too, warped" in said
    assert "graft meta evaluate" in said
    name = str(tmp_path / "mine")
    evaluate(name, str(characters), ways=3, queries=3, classes=["b"], episodes=10, as_json=True, device="cpu")
    told = json.loads(capsys.readouterr().out)
    assert told["method"] == "protonet"
    assert told["classes"] == 3
    assert 0 <= told["accuracy"]["low"] <= told["accuracy"]["value"]
    evaluate(name, str(characters), ways=2, queries=3, method="pretrained", episodes=10, device="cpu")
    assert "2-way 1-shot by pretrained: accuracy" in capsys.readouterr().out
    with pytest.raises(DataError, match="no class or folder of classes 'c'"):
        evaluate(name, str(characters), classes=["c"], device="cpu")
