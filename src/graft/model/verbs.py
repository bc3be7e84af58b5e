"""The verbs on a saved model, as functions of the same names and words as the command line."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graft.data.dataset import Dataset, Skipped
from graft.data.read import missing
from graft.data.references import exists
from graft.errors import DataError
from graft.model.loading import load
from graft.model.model import Model
from graft.model.predictions import Predictions

if TYPE_CHECKING:
    from graft.evaluation.scores import Scores
    from graft.extract.cache import Cache


def predict(
    model: Model | str | Path,
    inputs: Any,
    *,
    device: str = "auto",
    max_skipped: float = 1.0,
    together: bool = False,
    stream: bool = False,
    cache: Cache | None = None,
) -> Predictions:
    """Give the answers of a model, or of the folder it was saved to, for files, a folder, a table or a list.

    Inputs that cannot be read are listed in `skipped`; raises DataError when their share is over `max_skipped`. With
    `together` near neighbours among the inputs are brought to agree, which helps where labels were few; with `stream`
    they are taken in their order, and the model follows how they look.

    >>> import graft
    >>> texts = ["good film", "good plot", "good cast", "bad film", "bad plot", "bad cast"]
    >>> model = graft.fit((texts, ["yes"] * 3 + ["no"] * 3), backbone="word-counts")
    >>> print(graft.predict(model, ["good good", "bad"]).to_csv().splitlines()[0])
    input,prediction,confidence,p(no),p(yes)
    """
    return _opened(model, device).predictions(
        inputs, max_skipped=max_skipped, together=together, stream=stream, cache=cache
    )


def evaluate(
    model: Model | str | Path,
    data: Any,
    *,
    device: str = "auto",
    max_skipped: float = 0.05,
    together: bool = False,
    stream: bool = False,
    cache: Cache | None = None,
) -> Scores:
    """Score a model, or the folder it was saved to, on labelled data; `together` and `stream` are as in `predict`.

    Every figure has a 95 % interval.

    >>> import graft
    >>> texts = ["good film", "good plot", "good cast", "bad film", "bad plot", "bad cast"]
    >>> model = graft.fit((texts, ["yes"] * 3 + ["no"] * 3), backbone="word-counts")
    >>> print(graft.evaluate(model, (["good", "bad", "bad bad"], ["yes", "no", "no"])).accuracy)
    1.000 [0.439, 1.000]
    """
    return _opened(model, device).evaluate(data, max_skipped=max_skipped, together=together, stream=stream, cache=cache)


def adapt(
    model: Model | str | Path,
    unlabelled: Any,
    *,
    source: Any = None,
    test: Any = None,
    seed: int = 0,
    device: str = "auto",
    max_skipped: float = 0.05,
    cache: Cache | None = None,
) -> Model:
    """Give a model, or the one in a folder, adapted to unlabelled inputs of another domain, as `Model.adapt` does.

    Labels of the inputs are never read. `source`, the labelled data it was fitted on, is not needed; `test` is labelled
    data of the new domain, by which nothing is chosen, for the scores.

    >>> import graft
    >>> texts = ["good film", "good plot", "good cast", "bad film", "bad plot", "bad cast"]
    >>> model = graft.fit((texts, ["yes"] * 3 + ["no"] * 3), backbone="word-counts")
    >>> graft.adapt(model, ["a good phone", "a bad phone", "bad sound"]).record["adaptation"]["adapted"]
    False
    """
    opened = _opened(model, device)
    made = opened.adapt(unlabelled, source=source, seed=seed, max_skipped=max_skipped, cache=cache)
    if test is None:
        return made
    scores = dataclasses.replace(made.evaluate(test, max_skipped=max_skipped, cache=cache), source="test set")
    return dataclasses.replace(made, scores=scores, record=made.record | {"scored_on": scores.source})


def _opened(model: Model | str | Path, device: str) -> Model:
    return model if isinstance(model, Model) else load(model, device=device)


def gather(inputs: list[str], modality: str, lines: Iterable[str]) -> Any:
    """Give what `predict` reads from the words of a command line; `-` stands for one input a line of `lines`.

    Raises DataError when a word names nothing that exists.
    """
    if inputs == ["-"]:
        return _from_lines([line.rstrip("\r\n") for line in lines], modality)
    if "-" in inputs:
        raise DataError("- stands for standard input and goes alone: give either - or files and folders.")
    for word in inputs:
        path = Path(word).expanduser()
        if not exists(path):
            hint = " To predict a text itself: echo TEXT | graft predict MODEL -" if modality == "text" else ""
            raise DataError(f"{missing(path)}{hint}")
    return inputs[0] if len(inputs) == 1 else [Path(i) for i in inputs]


def _from_lines(lines: list[str], modality: str) -> Any:
    given = {number: line for number, line in enumerate(lines, start=1) if line.strip()}
    if not given:
        raise DataError("Standard input is empty: it should hold one text, or the path of one file, a line.")
    if modality == "table":
        return [_row(number, line) for number, line in given.items()]
    if modality != "text":
        return [Path(line) for line in given.values()]
    texts = [line.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for line in given.values()]
    skipped = [Skipped(f"line {i}", "The line is empty.") for i in range(1, len(lines) + 1) if i not in given]
    return Dataset(texts, [f"line {i}" for i in given], "text", skipped=tuple(skipped), source="standard input")


def _row(number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError:
        row = None
    if not isinstance(row, dict):
        raise DataError(f"line {number} of standard input is no row, a JSON object with one value a column.")
    return row
