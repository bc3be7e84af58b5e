"""The page in a browser: cells lead to samples, the map and the threshold answer, the console stays silent."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import graft
from graft.reporting.live import Live
from graft.reporting.render import as_html
from graft.reporting.report import report, run_of
from graft.reporting.shows import Shows
from graft.reporting.store import read

RUNS = ("image_run", "text_run", "audio_run", "number_run", "adapted_run")


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("settings", [{"color_scheme": "dark"}, {"color_scheme": "light"}], ids=["dark", "light"])
def test_every_page_opens_without_a_word_in_the_console(
    name: str, settings: dict[str, Any], visit: Callable[..., Any], request: pytest.FixtureRequest
) -> None:
    page = visit(request.getfixturevalue(name) / "report.html", **settings)
    assert page.locator("h1").count() == 1
    assert page.locator("main > section").count() >= 4
    assert page.evaluate("window.broken") is None
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((e) => e.id)")
    assert len(ids) == len(set(ids))
    for link in page.locator("header nav a, .next a").all():
        assert page.locator(link.get_attribute("href")).count() == 1
    for width in (1200, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", ["image_run", "text_run", "audio_run"])
def test_a_cell_of_the_matrix_leads_to_its_samples(
    name: str, visit: Callable[..., Any], request: pytest.FixtureRequest
) -> None:
    page = visit(request.getfixturevalue(name) / "report.html")
    cell = page.locator("#matrix table button.miss").first
    count, label = int(cell.inner_text()), cell.get_attribute("aria-label")
    assert page.locator("#cell").is_hidden()
    cell.click()
    cards = page.locator("#cell li")
    assert cards.count() == count > 0
    run, _ = read(request.getfixturevalue(name))
    true, said = (run.classes[int(cell.get_attribute(f"data-{end}"))] for end in ("true", "said"))
    assert true in label
    assert said in label
    for card in cards.all():
        assert f"label: {true}" in card.inner_text()
        assert f"said: {said}" in card.inner_text()
    cards.first.locator("button").click()
    assert page.locator("dialog[open] h3").inner_text() in list(run.evidence.names)
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    cell.click()
    assert page.locator("#cell").is_hidden()


def test_the_pictures_of_mistakes_are_there(image_run: Path, visit: Callable[..., Any]) -> None:
    page = visit(image_run / "report.html")
    seen = page.evaluate("[...document.querySelectorAll('#galleries img')].map((e) => e.naturalWidth)")
    assert len(seen) >= 3
    assert min(seen) > 0
    assert "wrong-" in page.locator("#galleries").inner_text()


def test_recordings_can_be_played(audio_run: Path, visit: Callable[..., Any]) -> None:
    page = visit(audio_run / "report.html")
    clip = page.locator("#galleries audio").first
    clip.evaluate("(e) => new Promise((done, failed) => { e.oncanplay = done; e.onerror = failed; e.load(); })")
    assert clip.evaluate("(e) => e.duration") == pytest.approx(0.4)


def test_the_map_answers_to_a_pointer_and_to_keys(image_run: Path, visit: Callable[..., Any]) -> None:
    page = visit(image_run / "report.html")
    points = page.locator("#map-plot path")
    run, _ = read(image_run)
    assert points.count() == len(run.evidence)
    points.nth(5).scroll_into_view_if_needed()
    page.wait_for_timeout(200)
    box = points.nth(5).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    shown = page.locator("#hover")
    assert shown.is_visible()
    assert shown.locator("img").count() == 1
    page.locator("#map-plot").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert page.locator("#said").inner_text().split(".png")[0] + ".png" in list(run.evidence.names)
    page.keyboard.press("Enter")
    assert page.locator("dialog[open]").count() == 1
    page.keyboard.press("Escape")
    before = points.nth(0).get_attribute("class")
    page.select_option("#map-colour", "part")
    assert page.locator("#map-legend").inner_text().count("(") == 2
    page.select_option("#map-colour", "label")
    assert points.nth(0).get_attribute("class") == before


@pytest.mark.parametrize("cut", [0.05, 0.5, 0.93])
def test_the_numbers_follow_the_threshold(cut: float, image_run: Path, visit: Callable[..., Any]) -> None:
    page = visit(image_run / "report.html")
    page.locator("#cut").evaluate("(e, v) => { e.value = v; e.dispatchEvent(new Event('input')); }", str(cut))
    told = [row.split("\t")[-1] for row in page.locator("#counts tr").all_inner_texts()]
    run, _ = read(image_run)
    p, y = run.probabilities[run.judged, 1], run.evidence.targets[run.judged] == 1
    hits, alarms = int(np.sum((p >= cut) & y)), int(np.sum((p >= cut) & ~y))
    assert [int(cell) for cell in told[4:]] == [hits, int(y.sum()) - hits, alarms, int((~y).sum()) - alarms]
    assert told[0].startswith(f"{hits / y.sum():.3f}")
    assert page.locator("#cut-said").inner_text() == f"{cut:.3f}"


def test_the_threshold_is_moved_by_keys_and_for_any_class(text_run: Path, visit: Callable[..., Any]) -> None:
    page = visit(text_run / "report.html")
    first = page.locator("#counts").inner_text()
    page.locator("#cut").focus()
    for _ in range(60):
        page.keyboard.press("ArrowRight")
    moved = page.locator("#counts").inner_text()
    assert moved != first
    page.select_option("#positive", "2")
    assert page.locator("#counts").inner_text() != moved


def test_an_adapted_run_maps_the_target_beside_the_source(adapted_run: Path, visit: Callable[..., Any]) -> None:
    page = visit(adapted_run / "report.html")
    page.select_option("#map-colour", "part")
    legend = page.locator("#map-legend").inner_text()
    assert "target (30)" in legend
    assert "learned from (40)" in legend
    assert page.locator("#answer .verdict").count() == 2
    assert "30 samples without labels" in page.locator("#domains").inner_text()


def test_numbers_are_shown_beside_the_truth(number_run: Path, visit: Callable[..., Any]) -> None:
    page = visit(number_run / "report.html")
    assert page.locator("#scatter circle").count() == 40
    page.locator("#scatter circle").first.click(force=True)
    assert page.locator("dialog[open]").count() == 1
    assert page.locator("#matrix, #threshold, #classes").count() == 0


def test_the_page_speaks_chinese(image_run: Path, tmp_path: Path, visit: Callable[..., Any]) -> None:
    page = visit(report(image_run, lang="zh", out=tmp_path / "zh.html"))
    assert page.locator("html").get_attribute("lang") == "zh"
    assert page.locator("#matrix-head").inner_text() == "什么被认成什么"
    assert "{" not in page.locator("main").inner_text()


def test_the_colours_can_be_turned_and_the_page_printed(image_run: Path, visit: Callable[..., Any]) -> None:
    page = visit(image_run / "report.html", color_scheme="light")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("#theme")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    assert page.pdf()[:4] == b"%PDF"


def test_what_the_model_looks_at_lies_over_the_picture(image_run: Path, visit: Callable[..., Any]) -> None:
    page = visit(image_run / "report.html")
    looks = page.locator("#looks article")
    assert 0 < looks.count() <= 6
    assert looks.first.locator("rect").count() == 49
    assert looks.first.locator("img").count() == 1


def test_a_running_fit_turns_the_page_by_itself(browser: Any) -> None:
    model = graft.fit((["a b", "a c", "d e", "d f"] * 3, ["x", "x", "y", "y"] * 3), backbone="word-counts")
    wrong: list[str] = []
    with Live() as live:
        page = browser.new_page()
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.goto(live.address)
        live.step("trying", 1, 4)
        page.get_by_text("trying: 1 of 4").wait_for()
        live.show(model)
        page.wait_for_selector("#matrix")
        live.finish(as_html(run_of(model), Shows()))
        page.locator("#live").wait_for(state="detached")
        assert page.locator("#matrix").count() == 1
        page.close()
    assert wrong == []


def test_what_is_wrong_with_the_data_is_named(image_run: Path, visit: Callable[..., Any]) -> None:
    page = visit(image_run / "report.html")
    told = page.locator("#data").inner_text()
    assert "broken.png" in told
    assert "copy.png" in told
    assert page.locator("#labels ~ ul li").count() >= 3
