"""The hub: weights on disk first, and where it cannot be reached one line at once that says what to use instead."""

import os
import shutil
import socket
import subprocess
import sys

import pytest

from graft.backbones import hub, load
from graft.errors import BackboneError


@pytest.fixture
def closed_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def own_hub(tmp_path, monkeypatch, closed_port):
    """A hub cache of the test's own and an endpoint where nobody answers."""
    from huggingface_hub import constants

    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{closed_port}")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    return tmp_path / "hub"


def put_on_disk(own_hub, repository, folder):
    place = own_hub / f"models--{repository.replace('/', '--')}"
    (place / "refs").mkdir(parents=True)
    (place / "refs" / "main").write_text("0" * 40, encoding="utf-8")
    shutil.copytree(folder, place / "snapshots" / ("0" * 40))


def sentence(name):
    with pytest.raises(BackboneError) as caught:
        load(name)
    return str(caught.value)


def test_a_hub_nobody_answers_at_is_one_line_with_what_to_use_instead(own_hub, closed_port):
    said = sentence("timm/resnet18")
    assert said.startswith("The weights of timm/resnet18.a1_in1k are not on this machine and the hub cannot be reached")
    assert f"127.0.0.1:{closed_port} (Connection refused)" in said
    assert said.endswith("word-counts.")
    assert "\n" not in said
    assert "hf" not in sentence("hf/sentence-transformers/all-mpnet-base-v2").split()
    assert not own_hub.exists()


def test_it_is_said_in_a_fresh_process_without_retries(tmp_path, closed_port):
    code = (
        "import graft.backbones as b\ntry: b.load('hf/some/model')\nexcept Exception as e: print(type(e).__name__, e)"
    )
    environment = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
    environment |= {"HF_ENDPOINT": f"http://127.0.0.1:{closed_port}", "HF_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=60)
    assert done.stdout.startswith("HubError The weights of some/model are not on this machine")
    assert done.stderr == ""


def test_offline_mode_asks_nobody(own_hub, monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("asked"))
    assert "HF_HUB_OFFLINE forbids" in sentence("hf/some/model")


def test_weights_on_disk_are_used_without_asking(own_hub, tiny_backbone, monkeypatch):
    put_on_disk(own_hub, "timm/resnet18.a1_in1k", tiny_backbone)
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("asked"))
    backbone = load("resnet18", device="cpu")
    assert backbone.card.name == "resnet18"
    assert backbone.card.source == "https://huggingface.co/timm/resnet18.a1_in1k"


def test_half_a_download_on_disk_does_not_count(own_hub, tiny_backbone, tmp_path):
    half = tmp_path / "half"
    shutil.copytree(tiny_backbone, half)
    (half / "model.safetensors").unlink()
    put_on_disk(own_hub, "timm/resnet18.a1_in1k", half)
    assert "are not on this machine" in sentence("timm/resnet18")


def test_a_name_the_hub_cannot_have_is_refused(own_hub):
    assert "is no name of a repository on the hub" in sentence("hf/a b/c d/e")


def test_the_proxys_door_is_tried_where_there_is_a_proxy():
    assert hub._door("https://huggingface.co", {}) == ("huggingface.co", 443)
    assert hub._door("http://localhost:8080/x", {}) == ("localhost", 8080)
    assert hub._door("https://huggingface.co", {"https_proxy": "http://proxy:3128"}) == ("proxy", 3128)
    assert hub._door("https://huggingface.co", {"HTTPS_PROXY": "proxy:3128"}) == ("proxy", 3128)
