"""Nothing is sent: a fit and a prediction with packaged backbones look up no host and write nothing at home."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tiny import write_photos

from graft.backbones import entries

WATCHED = """
import os, socket
def told(how):
    def heard(*asked, **more):
        with open(os.environ["HEARD"], "a") as file: file.write(f"{how}{asked}\\n")
        raise OSError("no network here")
    return heard
for how in ("getaddrinfo", "create_connection", "gethostbyname"): setattr(socket, how, told(how))
socket.socket.connect = told("connect")
"""
COMMAND = "from graft.cli import main; main()"
PYTHON = "import sys, graft; graft.fit(sys.argv[1], backbone=sys.argv[2], budget=20).save(sys.argv[3])"


@pytest.mark.real
@pytest.mark.parametrize("face", ["command line", "python"])
@pytest.mark.parametrize("kind", ["photos", "texts"])
def test_a_fit_and_a_prediction_ask_nobody(tmp_path: Path, face: str, kind: str) -> None:
    name = {"photos": "efficientnet-lite0", "texts": "all-minilm-l6-v2"}[kind]
    if not next(entry for entry in entries() if entry.name == name).here():
        pytest.skip(f"the package with the weights of {name} is not installed")
    data, new = _data(kind, tmp_path)
    home, heard = tmp_path / "home", tmp_path / "heard"
    home.mkdir()
    env = os.environ | {"HOME": str(home), "HEARD": str(heard), "GRAFT_CACHE": str(tmp_path / "cache")}
    env.pop("CI", None)  # where some libraries keep quiet

    def run(code: str, *words: str | Path) -> None:
        command = [sys.executable, "-c", WATCHED + code, *map(str, words)]
        done = subprocess.run(command, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    if face == "python":
        run(PYTHON, data, name, tmp_path / "model")
    else:
        run(COMMAND, "fit", data, "--backbone", name, "--budget", "20s", "--out", tmp_path / "model")
    run(COMMAND, "predict", tmp_path / "model", new)
    assert not heard.exists(), heard.read_text()
    assert list(home.iterdir()) == []


def _data(kind: str, folder: Path) -> tuple[Path, Path]:
    if kind == "photos":
        data = write_photos(folder / "photos", 8)
        return data, data / "red" / "0.png"
    lines = [f"{('a dull film', 'a fine film')[i % 2]} of {i} hours,{('bad', 'good')[i % 2]}" for i in range(16)]
    for name in ("texts.csv", "new.csv"):
        (folder / name).write_text("\n".join(["text,label", *lines]), encoding="utf-8")
    return folder / "texts.csv", folder / "new.csv"
