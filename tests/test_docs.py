"""The documentation of the Python face is built from its docstrings, and its examples run."""

import doctest
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import graft

FACE = ["fit", "load", "predict", "evaluate", "adapt", "read", "example"]


@pytest.mark.parametrize("name", FACE)
def test_the_examples_of_the_face_run(name: str) -> None:
    function = getattr(graft, name)
    examples = doctest.DocTestFinder(recurse=False).find(function, name, globs={name: function})
    assert sum(len(example.examples) for example in examples), f"graft.{name} shows no example"
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for example in examples:
        runner.run(example)
    assert runner.failures == 0


def test_every_name_of_the_face_is_documented() -> None:
    for name in graft.__all__:
        value = getattr(graft, name)
        assert isinstance(value, str) or (value.__doc__ or "").strip(), name
        assert name in dir(graft)
    with pytest.raises(AttributeError, match="has no attribute 'fitt'"):
        importlib.import_module("graft").__getattr__("fitt")


def test_the_pages_are_built(tmp_path: Path) -> None:
    command = [sys.executable, str(Path(__file__).parents[1] / "tools" / "build_docs.py"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "graft.html").read_text(encoding="utf-8")
    assert "Give the best model for labelled data" in page
