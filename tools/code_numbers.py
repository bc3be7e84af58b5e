#!/usr/bin/env python3
"""Five of the six code numbers the project holds itself to (the sixth is a clean type check).

Use: python code_numbers.py [src/graft] [--check].

Median lines of a module (over 15 lines), functions over 60 lines, share of lines in an 8-line window that stands in
another file too, share of public functions and classes with a docstring, share of annotated parameters and returns.
With --check the exit status is 1 where a number misses its bar. Tests are left out.
"""

import ast
import collections
import pathlib
import statistics
import sys

BARS = {
    "median_module": 150,
    "functions_over_60": 0,
    "duplicated_percent": 2.0,
    "docstrings_percent": 95.0,
    "annotated_percent": 95.0,
}


def modules(root: pathlib.Path) -> list[pathlib.Path]:
    """Give the modules of a package, without tests."""
    return [p for p in sorted(root.rglob("*.py")) if "tests" not in p.parts and not p.name.startswith("test_")]


def code_lines(text: str) -> list[str]:
    """Give the lines that count: no blanks, comments or imports."""
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith(("#", "import ", "from "))]


def duplicated_percent(texts: dict[pathlib.Path, str], window: int = 8) -> float:
    """Give the share of lines in a window that stands in another file too."""
    lines = {path: code_lines(text) for path, text in texts.items()}
    places = collections.defaultdict(set)
    for path, own in lines.items():
        for i in range(len(own) - window + 1):
            places[tuple(own[i : i + window])].add(path)
    total = sum(map(len, lines.values()))
    doubled = 0
    for own in lines.values():
        marked = set()
        for i in range(len(own) - window + 1):
            if len(places[tuple(own[i : i + window])]) > 1:
                marked.update(range(i, i + window))
        doubled += len(marked)
    return 100 * doubled / max(total, 1)


def measure(root: pathlib.Path) -> dict[str, object]:
    """Give the five numbers of a package."""
    texts = {path: path.read_text(encoding="utf-8") for path in modules(root)}
    sizes = [len(text.splitlines()) for text in texts.values()]
    long, public, documented, slots, annotated = [], 0, 0, 0, 0
    for path, text in texts.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                if node.end_lineno - node.lineno + 1 > 60:
                    long.append(f"{path.relative_to(root)}:{node.name}")
                a = node.args
                named = [x for x in a.posonlyargs + a.args + a.kwonlyargs if x.arg not in ("self", "cls")]
                slots += len(named) + 1
                annotated += sum(x.annotation is not None for x in named) + (node.returns is not None)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not node.name.startswith(
                "_"
            ):
                public += 1
                documented += ast.get_docstring(node) is not None
    return {
        "modules": len(sizes),
        "lines": sum(sizes),
        "median_module": statistics.median([s for s in sizes if s > 15] or [0]),
        "functions_over_60": len(long),
        "long": long,
        "duplicated_percent": round(duplicated_percent(texts), 2),
        "docstrings_percent": round(100 * documented / max(public, 1), 1),
        "annotated_percent": round(100 * annotated / max(slots, 1), 1),
    }


def main() -> int:
    """Print the numbers; with --check, fail where one misses its bar."""
    args = [a for a in sys.argv[1:] if a != "--check"]
    got = measure(pathlib.Path(args[0] if args else "src/graft"))
    missed = [
        k
        for k, bar in BARS.items()
        if (got[k] < bar if k.endswith(("strings_percent", "annotated_percent")) else got[k] > bar)
    ]
    for key, value in got.items():
        print(f"{key}: {value}{'   <- bar ' + str(BARS[key]) if key in missed else ''}")
    return 1 if missed and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
