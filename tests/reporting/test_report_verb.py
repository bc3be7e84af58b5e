"""graft report: from the folder of a run alone, in every form, with a sentence where something is wrong."""

import json
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import graft
from graft.cli.verbs import app
from graft.errors import DataError, ModelError
from graft.model.loading import load
from graft.progress import progress, watched
from graft.reporting.explaining.look import look
from graft.reporting.explaining.text import runs
from graft.reporting.live import Live
from graft.reporting.report import card, report, summary
from graft.reporting.store import FILE, read, write

CLI = CliRunner()


def fitted(place: Path, *options: str) -> Path:
    table = place / "texts.csv"
    rows = [f"a {word} thing {i},{word}" for i in range(12) for word in ("good", "bad")]
    table.write_text("\n".join(["text,label", *rows]), encoding="utf-8")
    out = place / "run"
    done = CLI.invoke(
        app, ["fit", str(table), "--backbone", "word-counts", "--budget", "10s", "--out", str(out), *options]
    )
    assert done.exit_code == 0, done.output
    return out


def test_fit_writes_the_page_and_report_writes_it_again(tmp_path: Path) -> None:
    run = fitted(tmp_path)
    page = run / "report.html"
    first = page.read_text(encoding="utf-8")
    page.unlink()
    (tmp_path / "texts.csv").unlink()
    done = CLI.invoke(app, ["report", str(run)])
    assert done.exit_code == 0
    assert done.output.strip() == str(page)
    assert "good" in page.read_text(encoding="utf-8")
    assert first.count("<section") == page.read_text(encoding="utf-8").count("<section")
    assert load(run).predict(["a good thing"]).tolist() == ["good"]


def test_a_fit_without_a_report_keeps_no_sample(tmp_path: Path) -> None:
    run = fitted(tmp_path, "--no-report")
    assert not (run / "report.html").exists()
    assert not (run / FILE).exists()
    with pytest.raises(ModelError, match="keeps no evidence"):
        report(run)


def test_a_card_and_json_say_the_same_score(text_run: Path) -> None:
    run, _ = read(text_run)
    told = f"{run.scores.accuracy.value:.1%}"
    assert told in card(text_run)
    assert told in card(text_run, lang="zh")
    found = json.loads(json.dumps(summary(text_run), allow_nan=False))
    assert found["answer"]["scores"]["accuracy"]["value"] == pytest.approx(run.scores.accuracy.value)
    assert found["samples"] == list(run.evidence.names)
    done = CLI.invoke(app, ["report", str(text_run), "--json"])
    assert json.loads(done.output)["matrix"] == found["matrix"]


def test_evidence_is_read_as_it_was_written(image_run: Path, tmp_path: Path) -> None:
    run, shown = read(image_run)
    (tmp_path / "model.json").write_bytes((image_run / "model.json").read_bytes())
    write(run, shown, tmp_path)
    again, shown_again = read(tmp_path)
    assert shown_again == shown
    assert again.cards == run.cards
    for name in ("output", "raw", "targets", "scored", "mapped", "near", "apart", "keys", "parts"):
        np.testing.assert_array_equal(getattr(again.evidence, name), getattr(run.evidence, name))
    assert list(again.evidence.names) == list(run.evidence.names)


def test_damaged_evidence_is_a_sentence(image_run: Path, tmp_path: Path) -> None:
    (tmp_path / "model.json").write_bytes((image_run / "model.json").read_bytes())
    (tmp_path / FILE).write_bytes((image_run / FILE).read_bytes()[:5000])
    with pytest.raises(ModelError, match="is damaged"):
        read(tmp_path)
    with pytest.raises(ModelError, match="does not exist"):
        read(tmp_path / "nothing")
    with pytest.raises(ModelError, match="has no model"):
        read(tmp_path.parent)


def test_a_curve_is_drawn_where_there_is_one(text_run: Path, tmp_path: Path) -> None:
    path = tmp_path / "curve.json"
    points = [{"labels": 10 * 2**i, "value": 0.6 + 0.05 * i, "low": 0.5, "high": 0.9} for i in range(4)]
    path.write_text(json.dumps({"score": "accuracy", "points": points, "law": None}), encoding="utf-8")
    page = report(text_run, curve=path, out=tmp_path / "page.html")
    assert 'id="curve"' in page.read_text(encoding="utf-8")
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(DataError, match="is no learning curve"):
        report(text_run, curve=path)


def test_a_model_without_a_fit_has_no_report(text_run: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no evidence of its fit"):
        report(load(text_run), out=tmp_path / "x.html")
    model = graft.fit((["a b", "a c", "d e", "d f"] * 3, ["x", "x", "y", "y"] * 3), backbone="word-counts")
    assert report(model, out=tmp_path / "x.html").exists()
    with pytest.raises(ModelError, match="Say where"):
        report(model)


def test_the_word_that_decides_weighs_most() -> None:
    texts = [
        f"{word} {filler}" for word in ("good", "bad") for filler in ("film", "plot", "cast", "music", "story")
    ] * 2
    model = graft.fit((texts, [t.split()[0] for t in texts]), backbone="word-counts", finetune="never")
    found = look(model, runs(b"film good plot music"))
    assert model.classes[found["said"]] == "good"
    assert found["pieces"][int(np.argmax(found["weights"]))] == "good"
    assert found["deleted"] < found["random"]


def test_the_page_of_a_running_fit_is_served_to_this_machine_only() -> None:
    model = graft.fit((["a b", "a c", "d e", "d f"] * 3, ["x", "x", "y", "y"] * 3), backbone="word-counts")
    with Live() as live, watched(live.step):
        assert live.address.startswith("http://127.0.0.1:")
        with progress("trying", 4) as step:
            step(3)
        news = json.loads(urllib.request.urlopen(live.address + "news").read())
        assert news == {"version": 0, "step": "trying: 3 of 4", "share": 0.75}
        assert b"live-bar" in urllib.request.urlopen(live.address).read()
        live.show(model)
        assert json.loads(urllib.request.urlopen(live.address + "news").read())["version"] == 1
        assert b'id="matrix"' in urllib.request.urlopen(live.address).read()
        strange = urllib.request.Request(live.address, headers={"Host": "example.org"})
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(strange)
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(live.address + "etc/passwd")
        live.finish("done")
        assert urllib.request.urlopen(live.address).read() == b"done"


def test_a_thousand_photos_stay_under_five_megabytes(image_run: Path, tmp_path: Path) -> None:
    from test_report_parts import run_of, some

    from graft.reporting.render import as_html
    from graft.reporting.shows import shows

    rng = np.random.default_rng(0)
    noise = [rng.integers(0, 256, (300, 300, 3), dtype=np.uint8) for _ in range(8)]
    y, p = some(1000)
    run = run_of(y, p, inputs=[noise[i % 8] for i in range(1000)])
    page = as_html(run, shows(run))
    assert len(page.encode()) < 5e6
