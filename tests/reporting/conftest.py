"""What the tests of the report share: a browser where there is one, and small runs of every kind."""

import shutil
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tiny import COLOURS, write_photos

import graft
from graft.reporting.report import keep

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Give a headless Chromium, or skip with the reason."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    with api.sync_playwright() as engine:
        try:
            opened = engine.chromium.launch(executable_path=found, args=["--no-sandbox"])
        except api.Error as error:
            pytest.skip(f"no Chromium can be started here: {str(error).splitlines()[0]}")
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Any]]:
    """Open a file; at the end no error may have been written to the console, and nothing loaded but the file itself."""
    pages, wrong = [], []

    def open_file(path: Path, **settings: Any) -> Any:
        page = browser.new_page(**{"viewport": {"width": 1200, "height": 900}, "reduced_motion": "reduce"} | settings)
        page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda r: None if r.url.startswith(("file:", "data:")) else wrong.append(r.url))
        page.goto(path.as_uri())
        pages.append(page)
        return page

    yield open_file
    for page in pages:
        page.close()
    assert wrong == []


@pytest.fixture(scope="session")
def run_place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder for the runs of the session, with a cache of its own."""
    return tmp_path_factory.mktemp("runs")


def finished(model: graft.Model, place: Path) -> Path:
    model.save(place)
    keep(model, place, seconds=60.0)
    return place


@pytest.fixture(scope="session")
def image_run(run_place: Path, tiny_backbone: Path) -> Path:
    """Give a run on photos in two classes, with wrong labels in the test set, a copy, and a file that is no photo."""
    photos = run_place / "photos"
    write_photos(photos / "train", 14)
    write_photos(photos / "test", 10, seed=1)
    for i in range(3):
        shutil.move(photos / "test" / "green" / f"{i}.png", photos / "test" / "red" / f"wrong-{i}.png")
    shutil.copy(photos / "train" / "red" / "0.png", photos / "train" / "red" / "copy.png")
    (photos / "train" / "red" / "broken.png").write_bytes(b"no picture")
    model = graft.fit(
        photos / "train", test=photos / "test", backbone=str(tiny_backbone), budget="20s", max_skipped=0.2,
        finetune="never", cache=graft.extract.cache.Cache(run_place / "cache"),
    )  # fmt: skip
    return finished(model, run_place / "image")


@pytest.fixture(scope="session")
def text_run(run_place: Path) -> Path:
    """Give a run on texts in three classes, scored by nested cross-validation."""
    rng = np.random.default_rng(0)
    words = {"sport": "goal team match win", "food": "bread soup cook salt", "<i>law</i>": "court judge law case"}
    texts, labels = [], []
    for label, own in words.items():
        for i in range(16):
            told = rng.permutation([*own.split(), "the", "of", f"n{i}"])
            texts.append(" ".join(told))
            labels.append(label)
    texts += ["goal team match win </script><script>window.broken = 1</script>", "bread the soup of cook"]
    labels += ["food", "sport"]
    model = graft.fit((texts, labels), backbone="word-counts", budget="20s", finetune="never")
    return finished(model, run_place / "text")


@pytest.fixture(scope="session")
def audio_run(run_place: Path) -> Path:
    """Give a run on short tones in two classes, one of them under the wrong label."""
    rng = np.random.default_rng(0)
    tones = run_place / "tones"
    for label, pitch in (("low", 220.0), ("high", 1400.0)):
        (tones / label).mkdir(parents=True)
        for i in range(10):
            told = pitch if i else 1620 - pitch
            sound = np.sin(2 * np.pi * told * np.arange(3200) / 8000) + 0.2 * rng.normal(size=3200)
            with wave.open(str(tones / label / f"{i}.wav"), "wb") as file:
                file.setparams((1, 2, 8000, 0, "NONE", ""))
                file.writeframes((8000 * sound).astype("<i2").tobytes())
    model = graft.fit(tones, backbone="mel-statistics", budget="20s", finetune="never")
    return finished(model, run_place / "audio")


@pytest.fixture(scope="session")
def number_run(run_place: Path, tiny_backbone: Path) -> Path:
    """Give a run that predicts how bright a picture is."""
    rng = np.random.default_rng(0)
    light = rng.uniform(20, 235, 40)
    pictures = [np.clip(v + rng.normal(0, 9, (24, 24, 3)), 0, 255).astype(np.uint8) for v in light]
    model = graft.fit((pictures, light), backbone=str(tiny_backbone), budget="20s", finetune="never")
    return finished(model, run_place / "number")


@pytest.fixture(scope="session")
def adapted_run(run_place: Path, tiny_backbone: Path) -> Path:
    """Give a run on red and green photos that was shown unlabelled darker ones."""
    source, target = run_place / "bright", run_place / "dark"
    write_photos(source, 20)
    target.mkdir()
    rng = np.random.default_rng(3)
    for i in range(30):
        colour = np.array(COLOURS["red" if i % 2 else "green"]) // 2 + 20
        pixels = np.clip(colour + rng.integers(-30, 30, (24, 24, 3)), 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(target / f"{i}.png")
    model = graft.fit(source, adapt_to=target, backbone=str(tiny_backbone), budget="20s", finetune="never")
    return finished(model, run_place / "adapted")
