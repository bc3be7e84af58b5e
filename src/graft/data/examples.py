"""Real data sets that installed packages ship, written as files for a newcomer to fit."""

from __future__ import annotations

import ast
import csv
import importlib.util
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graft.errors import DataError, did_you_mean

DIGIT_SIDE = 32
TRAIN_DIGITS = 1347
PER_CLASS = 400
MODULES = ("asyncio", "email", "decimal", "unittest", "importlib", "logging")
KINDS = {
    "animal": (1320000, 2660000),
    "object": (2672000, 4620000),
    "food": (7555000, 7940000),
    "person": (9620000, 10800000),
    "plant": (11545000, 13190000),
}


@dataclass(frozen=True)
class Example:
    """What the data are, and the function that writes them into a folder and gives the path to fit."""

    description: str
    write: Callable[[Path], Path]


def example(name: str, folder: str | Path, force: bool = False) -> Path:
    """Write an example data set into `folder` and give the path to hand to `graft fit`.

    Raises DataError for an unknown name, and for a folder that is not empty unless `force` is set.

    >>> import tempfile
    >>> example("docstrings", tempfile.mkdtemp()).name
    'docstrings.csv'
    """
    if name not in EXAMPLES:
        raise DataError(f"There is no example {name!r}. {did_you_mean(name, EXAMPLES)}")
    root = Path(folder)
    if root.exists() and not root.is_dir():
        raise DataError(f"{root} is a file: name a new folder to write the example to.")
    if root.is_dir() and any(root.iterdir()) and not force:
        raise DataError(f"{root} is not empty: name a new folder, or write into it with --force.")
    root.mkdir(parents=True, exist_ok=True)
    return EXAMPLES[name].write(root)


def _digits(root: Path) -> Path:
    from PIL import Image
    from sklearn.datasets import load_digits

    digits = load_digits()
    for i, (pixels, digit) in enumerate(zip(digits.images, digits.target, strict=True)):
        folder = root / ("train" if i < TRAIN_DIGITS else "test") / str(digit)
        folder.mkdir(parents=True, exist_ok=True)
        image = Image.fromarray((pixels * (255 / 16)).round().astype("uint8"))
        image.resize((DIGIT_SIDE, DIGIT_SIDE), Image.Resampling.NEAREST).save(folder / f"{i:04d}.png")
    return root


def _definitions(root: Path) -> Path:
    path = _package("timm") / "data" / "_info" / "imagenet_synset_to_definition.txt"
    if not path.is_file():
        raise DataError("The installed timm does not ship its list of definitions: choose another example.")
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for line in path.read_text(encoding="utf-8").splitlines():
        synset, _, definition = line.partition("\t")
        for kind, (low, high) in KINDS.items():
            if low <= int(synset[1:]) < high:
                found[kind].append(definition)
    rows = [(text, kind) for kind, texts in found.items() for text in _spread(sorted(set(texts)), PER_CLASS)]
    return _table(root / "definitions.csv", ("text", "label"), rows)


def _docstrings(root: Path) -> Path:
    rows = []
    for module in MODULES:
        sentences = [(text, module, place) for place, doc in _docs(module) for text in _sentences(doc)]
        rows += _spread(list({text: row for row in sentences for text in row[:1]}.values()), PER_CLASS)
    return _table(root / "docstrings.csv", ("text", "label", "source"), rows)


def _breast_cancer(root: Path) -> Path:
    from sklearn.datasets import load_breast_cancer

    data = load_breast_cancer()
    rows = [(*values, data.target_names[k]) for values, k in zip(data.data.tolist(), data.target, strict=True)]
    return _table(root / "breast-cancer.csv", (*data.feature_names, "diagnosis"), rows)


def _diabetes(root: Path) -> Path:
    from sklearn.datasets import load_diabetes

    data = load_diabetes(scaled=False)
    rows = [(*values, amount) for values, amount in zip(data.data.tolist(), data.target.tolist(), strict=True)]
    return _table(root / "diabetes.csv", (*data.feature_names, "progression"), rows)


EXAMPLES: dict[str, Example] = {
    "digits": Example("1,797 handwritten digits as small photos, train and test apart (scikit-learn, UCI)", _digits),
    "definitions": Example(
        "2,000 dictionary definitions: animal, object, food, person or plant? (WordNet)", _definitions
    ),
    "docstrings": Example("sentences of Python's own documentation: which module do they come from?", _docstrings),
    "breast-cancer": Example("569 tumours, 30 numbers each, malignant or benign (a table of numbers)", _breast_cancer),
    "diabetes": Example("442 patients, 10 numbers each, disease progression (a table of numbers)", _diabetes),
}


def _docs(module: str) -> Iterator[tuple[str, str]]:
    package = _package(module)
    files = sorted(package.rglob("*.py")) if package.is_dir() else [package]
    if module == "decimal":
        files = [package.with_name("_pydecimal.py")]
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and (
                doc := ast.get_docstring(node)
            ):
                yield f"{module}.{path.stem}.{node.name}", doc


def _sentences(doc: str) -> list[str]:
    paragraphs = [" ".join(part.split()) for part in doc.split("\n\n") if ">>>" not in part]
    return [text for part in paragraphs for text in re.split(r"(?<=[.!?])\s+", part) if 25 <= len(text) <= 400]


def _spread(rows: list[Any], most: int) -> list[Any]:
    """Take up to `most` rows, evenly from the first to the last."""
    return rows if len(rows) <= most else [rows[k * len(rows) // most] for k in range(most)]


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None or not Path(spec.origin).is_file():
        raise DataError(f"The source of {name} is not installed here: choose another example.")
    return Path(spec.origin).parent if spec.submodule_search_locations else Path(spec.origin)


def _table(path: Path, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path
