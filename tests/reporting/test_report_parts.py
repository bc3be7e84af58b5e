"""The parts of a report, each against a plain second evaluation."""

import dataclasses
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

import graft.reporting
from graft.errors import GraftError
from graft.evaluation.proportions import wilson
from graft.model.evidence import Evidence, Joined
from graft.reporting.picks import listed, picks
from graft.reporting.render import spaced
from graft.reporting.run import Run
from graft.reporting.sections.data import data
from graft.reporting.sections.matrix import matrix
from graft.reporting.sections.reliability import reliability
from graft.reporting.store import read
from graft.reporting.words import TABLE, Words

ROOM = Path(graft.reporting.__file__).parent


def run_of(y: np.ndarray, p: np.ndarray, **more: object) -> Run:
    """Give a run of probabilities said of samples, half of them learned from."""
    n = len(y)
    rng = np.random.default_rng(0)
    evidence = Evidence(
        names=[f"{i}.png" for i in range(n)],
        parts=np.where(np.arange(n) < n // 2, "train", "test"),
        keys=np.arange(16 * n, dtype=np.uint8).reshape(n, 16),
        targets=y,
        output=np.log(p),
        raw=np.log(p),
        scored=np.arange(n) >= n // 2,
        mapped=np.arange(n),
        maps={"features": rng.normal(size=(n, 4)).astype(np.float32)},
        near=np.array([[j for j in range(n) if j != i][:3] for i in range(n)]),
        apart=np.full((n, 3), 0.5, dtype=np.float32),
    )
    described = {
        "classes": [str(k) for k in range(p.shape[1])], "modality": "image", "task": "classification",
        "temperature": 1.0, "scores": None, "record": {"data": {"counts": {}}},
    }  # fmt: skip
    return Run(described, (), dataclasses.replace(evidence, **more))


def some(n: int = 80, k: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.integers(0, k, n), rng.dirichlet(np.ones(k), n)


def test_the_matrix_counts_what_is_scored() -> None:
    y, p = some()
    found = matrix(run_of(y, p))
    plain = np.zeros((3, 3), int)
    for i in range(40, 80):
        plain[y[i], p[i].argmax()] += 1
    assert found["counts"] == plain.tolist()
    pairs = [(pair["count"], pair["true"], pair["said"]) for pair in found["pairs"]]
    assert pairs[0][0] == max(plain[i, j] for i in range(3) for j in range(3) if i != j)
    assert all(plain[t, s] == count for count, t, s in pairs)


def test_reliability_bins_are_those_of_a_plain_count() -> None:
    y, p = some(400)
    found = reliability(run_of(y, p))["after"]
    rows, gaps = [], 0.0
    for b in range(10):
        inside = [i for i in range(200, 400) if b / 10 < p[i].max() <= (b + 1) / 10]
        if inside:
            right = np.mean([p[i].argmax() == y[i] for i in inside])
            low, high = wilson(np.array(right), np.array(len(inside)))
            rows.append((np.mean([p[i].max() for i in inside]), right, low, high, len(inside)))
    for row, plain in zip(found["bins"], rows, strict=True):
        np.testing.assert_allclose([row[n] for n in ("sure", "right", "low", "high", "count")], plain)
    for b in range(15):
        inside = [i for i in range(200, 400) if b / 15 < p[i].max() <= (b + 1) / 15]
        gaps += abs(sum((p[i].argmax() == y[i]) - p[i].max() for i in inside))
    assert found["error"] == pytest.approx(gaps / 200)


def test_the_surest_mistakes_and_the_least_sure_are_picked() -> None:
    y, p = some()
    chosen = picks(run_of(y, p))
    wrong = sorted((i for i in range(40, 80) if p[i].argmax() != y[i]), key=lambda i: -p[i].max())
    assert chosen.mistakes.tolist() == wrong[:12]
    assert chosen.unsure.tolist() == sorted(range(40, 80), key=lambda i: p[i].max())[:12]
    assert len(set(chosen.large().tolist())) == len(chosen.large())


def test_the_page_is_bounded_and_keeps_the_telling_ones() -> None:
    y, p = some(300)
    run = run_of(y, p)
    chosen = picks(run)
    assert len(listed(run, chosen, 100)) == 100
    assert set(chosen.large().tolist()) <= set(listed(run, chosen, 1).tolist())


def test_copies_and_look_alikes_are_found() -> None:
    y, p = some(80)
    run = run_of(y, p)
    keys = run.evidence.keys.copy()
    keys[:] = np.random.default_rng(1).integers(0, 256, keys.shape)
    keys[3] = keys[7]
    y = y.copy()
    y[[3, 7]] = [0, 1]
    apart = run.evidence.apart.copy()
    apart[50, 1] = 0.001
    run = run_of(y, p, keys=keys, apart=apart)
    found = data(run)
    assert found["copies"] == [[3, 7]]
    assert [(pair["test"], pair["learned"]) for pair in found["alike"]] == [(50, int(run.evidence.near[50, 1]))]


def test_an_outlier_lies_far_from_its_nearest() -> None:
    y, p = some(80)
    apart = np.random.default_rng(0).uniform(0.1, 0.2, (80, 3)).astype(np.float32)
    apart[11] = 0.9
    assert picks(run_of(y, p, apart=apart)).outliers.tolist() == [11]


def test_every_word_is_there_in_both_languages_with_the_same_braces() -> None:
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    for key, row in table.items():
        assert set(row) == {"en", "zh"}, key
        assert sorted(re.findall(r"{[^}]*}", row["en"])) == sorted(re.findall(r"{[^}]*}", row["zh"])), key
    used = set()
    for path in [*ROOM.rglob("*.j2"), *ROOM.rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        used |= set(re.findall(r"""\bt\("([\w.]+)"[,)]""", text)) | set(re.findall(r"""words\("([\w.]+)"[,)]""", text))
    script = (ROOM / "page" / "page.js").read_text(encoding="utf-8")
    used |= {f"js.{name}" for name in re.findall(r"words\.(\w+)", script)}
    assert len(used) > 100
    assert used <= set(table)


def test_an_unknown_language_is_named() -> None:
    with pytest.raises(GraftError, match="cannot be written in 'fr'"):
        Words("fr")


def test_markdown_has_one_blank_line_between_its_blocks() -> None:
    given = [
        "# A",
        "| a | b |",
        "",
        "| --- | --- |",
        "| 1 | 2 |",
        "- x",
        "",
        "- y",
        "```python",
        "import a",
        "a()",
        "```",
    ]
    wanted = "# A\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n- x\n- y\n\n```python\nimport a\na()\n```\n"
    assert spaced(given) == wanted


def test_joined_sequences_are_read_as_one() -> None:
    joined = Joined(["a"], (), ["b", "c"])
    assert [*joined] == ["a", "b", "c"]
    assert joined[-1] == "c"
    assert joined[1:] == ["b", "c"]
    with pytest.raises(IndexError, match="3 samples"):
        joined[3]


def test_scores_and_evidence_are_of_the_same_answers(text_run: Path, image_run: Path, number_run: Path) -> None:
    for place in (text_run, image_run):
        run, _ = read(place)
        right = run.said[run.judged] == run.evidence.targets[run.judged]
        assert right.mean() == pytest.approx(run.scores.accuracy.value)
        assert len(run.judged) == run.scores.n
        np.testing.assert_allclose(run.probabilities[run.evidence.answered].sum(axis=1), 1, atol=1e-5)
    run, _ = read(number_run)
    off = np.abs(run.evidence.output[run.judged] - run.evidence.targets[run.judged])
    assert off.mean() == pytest.approx(run.scores.mae.value, rel=1e-5)


def test_an_operating_point_decides_what_is_said() -> None:
    y, p = some(80, 2)
    run = run_of(y, p)
    point = {"positive": 1, "threshold": 0.2, "sensitivity": 0.9}
    decided = dataclasses.replace(run, described={**run.described, "operating": point})
    np.testing.assert_array_equal(decided.said, (p[:, 1] >= 0.2).astype(int))
    np.testing.assert_allclose(decided.sureness, p[np.arange(80), decided.said])
    np.testing.assert_array_equal(run.said, p.argmax(axis=1))


def test_samples_without_an_answer_or_a_label_are_no_mistakes() -> None:
    y, p = some(40)
    logs = np.log(p)
    logs[:5] = np.nan
    y = y.copy()
    y[5:8] = -1
    run = run_of(y, p, output=logs, targets=y, scored=np.zeros(40, bool))
    assert run.judged.tolist() == list(range(8, 40))
    assert not run.wrong[:8].any()
    assert run.said[:5].tolist() == [-1] * 5
    assert picks(run).errors is not None
