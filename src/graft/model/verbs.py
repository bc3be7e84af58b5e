"""The verbs on a saved model, as functions of the same names and words as the command line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graft.model.model import Model
from graft.model.predictions import Predictions
from graft.model.saving import load

if TYPE_CHECKING:
    from graft.evaluation.scores import Scores
    from graft.extract.cache import Cache


def predict(
    model: Model | str | Path,
    inputs: Any,
    *,
    device: str = "auto",
    max_skipped: float = 1.0,
    cache: Cache | None = None,
) -> Predictions:
    """Give the answers of a model, or of the folder it was saved to, for files, a folder, a table or a list.

    Inputs that cannot be read are listed in `skipped`; raises DataError when their share is over `max_skipped`.

    >>> import graft
    >>> texts = ["good film", "good plot", "good cast", "bad film", "bad plot", "bad cast"]
    >>> model = graft.fit((texts, ["yes"] * 3 + ["no"] * 3), backbone="word-counts")
    >>> print(graft.predict(model, ["good good", "bad"]).to_csv().splitlines()[0])
    input,prediction,confidence,p(no),p(yes)
    """
    return _opened(model, device).predictions(inputs, max_skipped=max_skipped, cache=cache)


def evaluate(
    model: Model | str | Path, data: Any, *, device: str = "auto", max_skipped: float = 0.05, cache: Cache | None = None
) -> Scores:
    """Score a model, or the folder it was saved to, on labelled data; every figure has a 95 % interval.

    >>> import graft
    >>> texts = ["good film", "good plot", "good cast", "bad film", "bad plot", "bad cast"]
    >>> model = graft.fit((texts, ["yes"] * 3 + ["no"] * 3), backbone="word-counts")
    >>> print(graft.evaluate(model, (["good", "bad", "bad bad"], ["yes", "no", "no"])).accuracy)
    1.000 [0.439, 1.000]
    """
    return _opened(model, device).evaluate(data, max_skipped=max_skipped, cache=cache)


def _opened(model: Model | str | Path, device: str) -> Model:
    return model if isinstance(model, Model) else load(model, device=device)


def gather(inputs: list[str], modality: str, lines: Iterable[str]) -> Any:
    """Give what `predict` reads from the words of a command line; `-` stands for one input a line of `lines`."""
    if inputs == ["-"]:
        given = [line.rstrip("\r\n") for line in lines]
        return [Path(g) if modality == "image" else g for g in given if g.strip()]
    return inputs[0] if len(inputs) == 1 else [Path(i) for i in inputs]
