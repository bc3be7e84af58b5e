"""A value with its interval on a line from 0 to 1, small enough for a cell of a table."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from graft.reporting.svg import element

WIDE, HIGH = 132, 18


def interval_figure(score: Mapping[str, float | None]) -> Markup:
    """Draw {"value", "low", "high"}; nothing where the value is undefined."""
    value, low, high = score["value"], score["low"], score["high"]
    if value is None:
        return Markup("–")
    parts = [element("line", x1=2, x2=WIDE - 2, y1=HIGH / 2, y2=HIGH / 2, class_="grid")]
    if low is not None and high is not None:
        parts.append(element("line", x1=_x(low), x2=_x(high), y1=HIGH / 2, y2=HIGH / 2, class_="range"))
    parts.append(element("circle", cx=_x(value), cy=HIGH / 2, r=4.5, class_="mark"))
    return element("svg", *parts, viewBox=f"0 0 {WIDE} {HIGH}", class_="interval", aria_hidden="true")


def _x(share: float) -> float:
    return 4 + share * (WIDE - 8)
