"""Predicted against true numbers, one point a sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from graft.reporting.figures.axes import Axes, nice
from graft.reporting.svg import element, joined, path
from graft.reporting.words import Words


def numbers_figure(found: Mapping[str, Any], words: Words) -> Markup:
    """Draw the points on axes of the same range, with the line where a prediction is exact."""
    both = [*found["true"], *found["said"]]
    low, high = min(both), max(both)
    margin = 0.03 * ((high - low) or 1.0)
    ends = (low - margin, high + margin)
    axes = Axes(width=520, height=480, x=ends, y=ends)
    ticks = nice(*ends)
    points = []
    for sample, true, said in zip(found["samples"], found["true"], found["said"], strict=True):
        x, y = axes.at(true, said)
        points.append(element("circle", cx=x, cy=y, r=4.5, class_="mark", data_i=sample))
    frame = axes.frame(words("numbers.true"), words("numbers.said"), ticks, ticks)
    line = element("path", d=path([axes.at(ends[0], ends[0]), axes.at(ends[1], ends[1])]), class_="ideal")
    return axes.drawing(words("numbers.head"), frame, line, element("g", joined(points), class_="after points"))
