"""The command line explains itself without importing what it does not need."""

import subprocess
import sys

import pytest


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


HEAVY = "('torch', 'numpy', 'pandas', 'sklearn', 'PIL', 'timm', 'transformers')"


@pytest.mark.parametrize("words", [["--help"], ["fit", "--help"], ["cache", "--help"], ["--version"]])
def test_help_imports_no_heavy_library(words: list[str]) -> None:
    code = f"""
import sys
sys.argv = ["graft", *{words!r}]
from graft.cli import main
try:
    main()
except SystemExit as stop:
    assert not stop.code, stop.code
print("heavy:", [m for m in {HEAVY} if m in sys.modules])
"""
    done = run(code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("heavy: []")


def test_every_verb_is_listed() -> None:
    shown = run("import sys; sys.argv = ['graft', '--help']\nfrom graft.cli import main\nmain()").stdout
    for verb in ("fit", "predict", "evaluate", "adapt", "gap", "backbones", "cache", "example"):
        assert verb in shown
