"""The learning curve: the score against the number of labels, on a logarithmic axis."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from graft.reporting.figures.axes import Axes, nice
from graft.reporting.svg import element, joined, path
from graft.reporting.words import Words


def curve_figure(found: Mapping[str, Any], words: Words) -> Markup:
    """Draw the points with their intervals, and the power law through them where there is one."""
    points = found["points"]
    low, high = min(p["low"] for p in points), max(p["high"] for p in points)
    ends = (math.log10(points[0]["labels"]) - 0.05, math.log10(points[-1]["labels"]) + 0.05)
    axes = Axes(width=560, height=320, x=ends, y=(low - 0.02 * (high - low), high + 0.02 * (high - low)))
    ticks = [(math.log10(p["labels"]), str(p["labels"])) for p in points]
    name = words(f"curve.score.{found['score']}")
    parts = [axes.frame(words("curve.labels"), name, ticks, nice(*axes.y)), _points(axes, points)]
    if found.get("law"):
        parts.append(_law(axes, found, ends))
    return axes.drawing(words("curve.head"), *parts)


def _points(axes: Axes, points: Any) -> Markup:
    drawn = []
    for p in points:
        x, y = axes.at(math.log10(p["labels"]), p["value"])
        ends = [axes.at(0, p[end])[1] for end in ("low", "high")]
        title = element("title", f"{p['labels']}: {p['value']:.3f} [{p['low']:.3f}, {p['high']:.3f}]")
        drawn += [
            element("line", x1=x, x2=x, y1=ends[0], y2=ends[1], class_="bar"),
            element("circle", title, cx=x, cy=y, r=5, class_="mark"),
        ]
    return element("g", joined(drawn), class_="after")


def _law(axes: Axes, found: Mapping[str, Any], ends: tuple[float, float]) -> Markup:
    law = found["law"]
    steps = [ends[0] + i * (ends[1] - ends[0]) / 60 for i in range(61)]
    errors = [law["scale"] * 10 ** (-law["slope"] * s) + law["floor"] for s in steps]
    values = [1 - e if found["score"] == "accuracy" else e for e in errors]
    inside = [(s, v) for s, v in zip(steps, values, strict=True) if axes.y[0] <= v <= axes.y[1]]
    if len(inside) < 2:
        return Markup("")
    return element("path", d=path(axes.at(s, v) for s, v in inside), class_="ideal")
