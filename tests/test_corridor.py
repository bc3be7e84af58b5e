"""Rooms import only rooms below them, and importing graft is cheap."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "graft"
CORRIDOR = ["cli", "serve", "reporting", "plan", "model", "finetune", "meta", "align", "pretraining", "evaluation",
            "heads", "extract", "train", "backbones", "data"]  # fmt: skip
FLOOR = {"errors", "progress", "version"}


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported_rooms(path: Path) -> set[str]:
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module == "graft":
            names += [f"graft.{alias.name}" for alias in node.names]
        rooms |= {name.split(".")[1] for name in names if name.startswith("graft.")}
    return rooms


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_arrows_run_only_down(path: Path) -> None:
    room = room_of(path)
    if room in {"__init__", "__main__"}:
        return
    allowed = FLOOR if room in FLOOR else {room} | FLOOR | set(CORRIDOR[CORRIDOR.index(room) + 1 :])
    assert imported_rooms(path) <= allowed


def test_importing_graft_imports_no_heavy_library() -> None:
    code = "import graft, sys; print([m for m in ('torch', 'numpy', 'pandas', 'sklearn') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def module_of(path: Path) -> str:
    parts = ("graft", *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path, known: set[str]) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            submodules = {f"{node.module}.{alias.name}" for alias in node.names} & known
            found |= submodules or {node.module or ""}
    return found & known - {module_of(path)}


def test_there_are_no_circles() -> None:
    files = {
        module_of(path): path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE or path.stem != "__init__"
    }
    graph = {name: imports_of(path, set(files)) for name, path in files.items()}
    order = list(TopologicalSorter(graph).static_order())  # raises CycleError, which names the circle
    assert len(order) == len(files)
