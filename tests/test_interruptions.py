"""Ctrl-C at any moment, a pipe closed early, two fits at once, a cache that cannot be written."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import graft
from graft.model.files import check_free

STRIKE = """
import os, signal, sys
import graft.cli, {module} as room
owner = {owner}
original = owner.{name}
calls = []
def struck(*words, **named):
    calls.append(1)
    if len(calls) == {call}:
        os.kill(os.getpid(), signal.SIGINT)
    return original(*words, **named)
owner.{name} = struck
sys.argv = ["graft", *sys.argv[1:]]
graft.cli.main()
"""
MOMENTS = {
    "reading": ("graft.plan.fit", "room", "read", 1),
    "embedding": ("graft.extract.job", "room.Job", "_embed", 2),
    "choosing": ("graft.plan.decide", "room", "attempt_all", 1),
    "scoring": ("graft.plan.scoring", "room", "score", 1),
    "saving": ("graft.model.saving", "room", "model_card", 1),
}


def run(*words: str | Path, code: str = "from graft.cli import main; main()") -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code, *map(str, words)], capture_output=True, text=True)


@pytest.mark.parametrize("moment", MOMENTS)
def test_ctrl_c_is_one_sentence_and_the_next_run_goes_on(
    photos: Path, tiny_backbone: Path, tmp_path: Path, moment: str
) -> None:
    module, owner, name, call = MOMENTS[moment]
    out = tmp_path / "out" / "model"
    words = ["fit", photos, "--backbone", tiny_backbone, "--head", "lda", "--out", out]
    stopped = run(*words, code=STRIKE.format(module=module, owner=owner, name=name, call=call))
    assert stopped.returncode == 130, stopped.stderr
    assert stopped.stderr.startswith("graft: stopped.")
    assert stopped.stderr.count("\n") == 1
    assert stopped.stdout == ""
    early = [out] if moment in ("choosing", "scoring") else []
    assert not out.parent.exists() or list(out.parent.iterdir()) == early, "no half model, no litter"
    if early:
        assert graft.load(out).record["unfinished"]
        assert "Unfinished" in (out / "README.md").read_text(encoding="utf-8")
        check_free(out, force=False)
    model = graft.fit(photos, backbone=str(tiny_backbone), head="lda")
    kept = {"reading": 0, "embedding": 1}.get(moment, 22)
    assert 22 - model.record["embedded"] >= kept
    assert model.scores is not None


def test_a_pipe_closed_early_is_no_error(photos: Path) -> None:
    command = [sys.executable, "-m", "graft", "backbones"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_output_to_a_full_disk_is_a_sentence() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([sys.executable, "-m", "graft", "backbones"], stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert done.stderr.decode().startswith("graft: The output cannot be read or written: No space left on device.")


def test_two_fits_at_once_on_one_cache(photos: Path, tiny_backbone: Path, tmp_path: Path) -> None:
    code = "from graft.cli import main; main()"
    fixed = ["fit", photos, "--backbone", tiny_backbone, "--head", "lda", "--json", "--out"]
    both = [
        subprocess.Popen(
            [sys.executable, "-c", code, *map(str, fixed), str(tmp_path / name)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for name in ("a", "b")
    ]  # fmt: skip
    said = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert [err for _, err in said] == ["", ""]
    assert all(json.loads(out)["scores"] for out, _ in said)
    weights = [(tmp_path / name / "weights.safetensors").read_bytes() for name in ("a", "b")]
    assert weights[0] == weights[1]
    assert graft.fit(photos, backbone=str(tiny_backbone)).record["embedded"] == 0


def test_a_cache_that_cannot_be_written_is_a_note(
    photos: Path, tiny_backbone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in the way").write_text("a file")
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path / "in the way"))
    model = graft.fit(photos, backbone=str(tiny_backbone), head="lda")
    assert [n for n in model.record["notes"] if "cache" in n and "features are not kept" in n]
    assert model.predict([photos / "test" / "red" / "0.png"]).tolist() == ["red"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_cache_is_a_note(
    photos: Path, tiny_backbone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "locked").mkdir(mode=0o555)
    monkeypatch.setenv("GRAFT_CACHE", str(tmp_path / "locked"))
    model = graft.fit(photos, backbone=str(tiny_backbone), head="lda")
    assert [n for n in model.record["notes"] if "features are not kept" in n]
