"""What the script of the page reads: samples, their pictures, the map and the probabilities, as one JSON."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from markupsafe import Markup

from graft.reporting.picks import listed, picks
from graft.reporting.run import Run
from graft.reporting.shows import Shows
from graft.reporting.words import Words

TOP = 5


def embedded(run: Run, found: Mapping[str, Any], shown: Shows, words: Words) -> Markup:
    """Give the JSON, safe inside a script element."""
    index = listed(run, picks(run))
    value = {
        "classes": list(run.classes),
        "modality": run.modality,
        "mime": shown.mime,
        "samples": {int(i): _sample(run, int(i)) for i in index},
        "small": {i: _media(shown.mime, made) for i, made in shown.small.items()},
        "large": {i: _media(shown.mime, made) for i, made in shown.large.items()},
        "map": found["map"],
        "threshold": found["threshold"],
        "near": _near(run),
        "looks": found["looks"]["rows"] if found["looks"] else [],
        "words": words.under("js."),
    }
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").encode("utf-8", "replace").decode())


def _sample(run: Run, i: int) -> list[Any]:
    """Give name, part, domain, truth, answer, sureness, most probable classes, and whether it is judged."""
    e = run.evidence
    domain = "" if e.domains is None else str(e.domains[i])
    judged = int(e.scored[i]) if e.scored.any() else int(e.answered[i])
    row: list[Any] = [str(e.names[i]), str(e.parts[i]), domain]
    if not run.classes:
        return [*row, _number(e.targets[i]), _number(run.said[i]), _number(-run.sureness[i]), [], judged]
    if not e.answered[i]:
        return [*row, int(e.targets[i]), -1, None, [], judged]
    p = run.probabilities[i]
    top = [[int(k), round(float(p[k]), 3)] for k in np.argsort(-p, kind="stable")[:TOP]]
    return [*row, int(e.targets[i]), int(run.said[i]), round(float(run.sureness[i]), 4), top, judged]


def _number(value: Any) -> float | None:
    return round(float(value), 6) if np.isfinite(value) else None


def _media(mime: str, made: bytes) -> str:
    return (
        made.decode("utf-8", "replace")
        if mime.startswith(("text/", "application/json"))
        else base64.b64encode(made).decode("ascii")
    )


def _near(run: Run) -> list[list[int]]:
    e = run.evidence
    return e.mapped[e.near[:, :3]].tolist() if e.near.size else []
