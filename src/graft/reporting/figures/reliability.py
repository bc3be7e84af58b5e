"""The reliability diagram: how often the model is right against how sure it says to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from graft.reporting.figures.axes import Axes, shares
from graft.reporting.svg import element, joined, path
from graft.reporting.words import Words


def reliability_figure(found: Mapping[str, Any], words: Words) -> Markup:
    """Draw the bins before (hollow squares) and after calibration (discs), with intervals and the ideal line."""
    axes = Axes()
    parts = [
        axes.frame(words("reliability.sure"), words("reliability.right"), shares(), shares()),
        element("path", d=path([axes.at(0, 0), axes.at(1, 1)]), class_="ideal"),
    ]
    for name, shift in (("before", -0.006), ("after", 0.006)):
        if found[name]:
            parts.append(_bins(axes, found[name]["bins"], name, shift, words))
    return axes.drawing(words("reliability.head"), *parts)


def _bins(axes: Axes, bins: Any, name: str, shift: float, words: Words) -> Markup:
    drawn, places = [], []
    for row in bins:
        x, y = axes.at(min(max(row["sure"] + shift, 0.0), 1.0), row["right"])
        places.append((x, y))
        low, high = (axes.at(0, row[end])[1] for end in ("low", "high"))
        told = f"{row['sure']:.0%} → {row['right']:.0%} ({row['count']} {words('reliability.count')})"
        title = element("title", f"{words(f'reliability.{name}')}: {told}")
        if name == "before":
            mark = element("rect", title, x=x - 4, y=y - 4, width=8, height=8, class_="mark")
        else:
            mark = element("circle", title, cx=x, cy=y, r=5, class_="mark")
        drawn += [element("line", x1=x, x2=x, y1=low, y2=high, class_="bar"), mark]
    return element("g", element("path", d=path(places), class_="trace"), joined(drawn), class_=name)
