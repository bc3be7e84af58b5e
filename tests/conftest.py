"""What all tests share: a cache of their own, tiny data, and the way to the real data."""

import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from tiny import write_photos

SHARED = Path(__file__).parents[2] / "shared" / "data"

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # in a shell's background job no child would hear Ctrl-C
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(specs: Sequence[object]) -> None:
    """Share the cores among the processes that test side by side: with all threads in each they wait for each other."""
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // max(1, len(specs)))))


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep every test's features apart from the user's and from each other."""
    folder = tmp_path / "graft-cache"
    monkeypatch.setenv("GRAFT_CACHE", str(folder))
    return folder


@pytest.fixture
def real() -> Callable[[str], Path]:
    """Give a place in the shared data, or skip the test with a reason."""

    def place(name: str) -> Path:
        path = SHARED / name
        if not path.exists():
            pytest.skip(f"the shared data set {name} is not here")
        return path

    return place


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Give a folder with train/ and test/ of tiny photos in two classes."""
    write_photos(tmp_path / "photos" / "train", 8)
    write_photos(tmp_path / "photos" / "test", 3, seed=1)
    return tmp_path / "photos"


@pytest.fixture(scope="session")
def tiny_backbone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a local folder with a tiny timm network of fixed random weights."""
    import json

    import timm
    import torch
    from safetensors.torch import save_file

    folder = tmp_path_factory.mktemp("tiny-backbone")
    torch.manual_seed(0)
    network = timm.create_model("test_efficientnet", num_classes=10)
    save_file(network.state_dict(), folder / "model.safetensors")
    config = {"architecture": "test_efficientnet", "num_classes": 10, "pretrained_cfg": {"input_size": [3, 32, 32]}}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder
