"""report: the page of a run, from what its fit kept; nothing is embedded again."""

from __future__ import annotations

import dataclasses
import json
import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graft.errors import DataError, ModelError
from graft.evaluation.neighbourhoods import neighbourhoods
from graft.model.saving import describe
from graft.reporting.explaining.explain import explain
from graft.reporting.render import as_html, as_markdown, findings
from graft.reporting.run import Run
from graft.reporting.shows import Shows, shows
from graft.reporting.store import read, write

if TYPE_CHECKING:
    from graft.model.model import Model

PAGE = "report.html"
EXPLAINING = 0.06


def report(
    model: Model | str | Path,
    *,
    out: str | Path | None = None,
    lang: str = "en",
    looks: bool = False,
    curve: str | Path | None = None,
    device: str = "auto",
) -> Path:
    """Write the page of a run, one HTML file that loads nothing; give its path.

    `model` is the folder that a fit saved, or the model that `fit` has just given. The page goes to `out`, or to
    report.html in the folder. `looks` covers parts of a few samples to see what the model looks at; `curve` is a file
    that `graft curve --json` wrote. Both, and the t-SNE map, are kept for the next time. Raises ModelError or DataError
    with a sentence.
    """
    run, shown = opened(model)
    place = None if not isinstance(model, str | Path) else Path(model)
    if place is None and out is None:
        raise ModelError("Say where the page goes: report(model, out='report.html'), or give the folder of the model.")
    more = with_neighbourhoods(run)
    if curve is not None:
        more = dataclasses.replace(more, curve=read_curve(Path(curve)))
    if looks:
        more = dataclasses.replace(more, looks=_looks(model, more, shown, device))
    if place is not None and (more.looks, more.curve, more.evidence) != (run.looks, run.curve, run.evidence):
        write(more, shown, place)
    return _written(Path(out) if out is not None else Path(str(place)) / PAGE, as_html(more, shown, lang))


def card(model: Model | str | Path, *, lang: str = "en") -> str:
    """Give the model card in Markdown, with what the report found."""
    return as_markdown(opened(model)[0], lang)


def summary(model: Model | str | Path) -> dict[str, Any]:
    """Give what every section of the report found, as values that JSON can hold."""
    run, _ = opened(model)
    names = [str(name) for name in run.evidence.names]
    found = findings(run)
    return {"run": dict(run.described), "samples": names} | {k: v for k, v in found.items() if k != "threshold"}


def keep(model: Model, place: Path, *, lang: str = "en", seconds: float | None = None, left: float = math.inf) -> str:
    """Write the evidence and the page of a fitted model into the folder it was saved to; give the page.

    At most `seconds` (None: 6 % of those of the fit) go into explaining samples, and no more than are left of `left`.
    """
    start = time.monotonic()
    run, shown = opened(model, str(place))
    if seconds is None:
        seconds = EXPLAINING * float(run.record.get("seconds", 0.0))
    most = min(seconds, left - (time.monotonic() - start))
    run = dataclasses.replace(run, looks=explain(model, run, shown, most))
    write(run, shown, place)
    page = as_html(run, shown, lang)
    _written(place / PAGE, page)
    return page


def page_of(model: Model | str | Path, *, lang: str = "en") -> str:
    """Give the page itself, and write nothing."""
    return as_html(*opened(model), lang)


def opened(model: Model | str | Path, asked: str = "RUN") -> tuple[Run, Shows]:
    """Give the run and what it shows, of a folder or of a model that a fit has just given."""
    if isinstance(model, str | Path):
        return read(Path(model))
    run = run_of(model, asked)
    return run, shows(run)


def run_of(model: Model, asked: str = "RUN") -> Run:
    """Give the run of a model that a fit has just given; raises ModelError where it has no evidence."""
    if model.evidence is None:
        raise ModelError("This model carries no evidence of its fit; give the folder it was saved to by `graft fit`.")
    cards = tuple(dataclasses.asdict(backbone.card) for backbone in model.backbones.values())
    return Run(describe(model), cards, model.evidence, asked=asked)


def with_neighbourhoods(run: Run) -> Run:
    """Give the run with a t-SNE map beside the others, where there are few enough samples for it."""
    e = run.evidence
    found = None if "tsne" in e.maps else neighbourhoods(e.maps["features"])
    if found is None:
        return run
    return dataclasses.replace(run, evidence=dataclasses.replace(e, maps=dict(e.maps) | {"tsne": found}))


def read_curve(path: Path) -> dict[str, Any]:
    """Read what `graft curve --json` wrote; raises DataError where it is something else."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        points = [(p["labels"], p["value"], p["low"], p["high"]) for p in found["points"]]
        if not points or found["score"] not in ("accuracy", "rmse"):
            raise ValueError("no points")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{path} is no learning curve ({error}). Write one with: graft curve SOURCE --json > {path.name}"
        ) from error
    return dict(found)


def _looks(model: Model | str | Path, run: Run, shown: Shows, device: str) -> tuple[dict[str, Any], ...]:
    if isinstance(model, str | Path):
        from graft.model.loading import load

        model = load(model, device=device)
    return explain(model, run, shown)


def _written(path: Path, text: str) -> Path:
    fresh = path.with_name(f".{path.name}")
    try:
        fresh.write_text(text, encoding="utf-8", errors="replace")
        fresh.replace(path)
    except OSError as error:
        raise ModelError(f"{path} cannot be written: {error.strerror or error}.") from error
    return path
