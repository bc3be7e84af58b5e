"""A square or wide plot with two axes: a frame, ticks with their numbers, a name on each axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from graft.reporting.svg import element, joined

Ticks = Sequence[tuple[float, str]]


@dataclass(frozen=True)
class Axes:
    """A plot of `width` by `height` units whose axes run over `x` and `y` (low, high)."""

    width: int = 380
    height: int = 340
    x: tuple[float, float] = (0.0, 1.0)
    y: tuple[float, float] = (0.0, 1.0)
    left: int = 52
    below: int = 46
    edge: int = 20

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Give the place of a point."""
        across = (x - self.x[0]) / ((self.x[1] - self.x[0]) or 1.0)
        up = (y - self.y[0]) / ((self.y[1] - self.y[0]) or 1.0)
        wide, high = self.width - self.left - self.edge, self.height - self.below - self.edge
        return self.left + across * wide, self.height - self.below - up * high

    def frame(self, x_name: str, y_name: str, x_ticks: Ticks, y_ticks: Ticks) -> Markup:
        """Give the axes with their ticks, each a value and what is written beside it."""
        lines = []
        for value, said in x_ticks:
            px, py = self.at(value, self.y[0])
            lines += [
                element("line", x1=px, x2=px, y1=py, y2=self.edge, class_="grid"),
                element("text", said, x=px, y=py + 16, text_anchor="middle", class_="tick"),
            ]
        for value, said in y_ticks:
            px, py = self.at(self.x[0], value)
            lines += [
                element("line", x1=px, x2=self.width - self.edge, y1=py, y2=py, class_="grid"),
                element("text", said, x=px - 6, y=py + 4, text_anchor="end", class_="tick"),
            ]
        middle_x, middle_y = (self.left + self.width) / 2, (self.height - self.below) / 2
        turned = f"translate(13 {middle_y}) rotate(-90)"
        lines += [
            element("text", x_name, x=middle_x, y=self.height - 8, text_anchor="middle", class_="axis"),
            element("text", y_name, transform=turned, text_anchor="middle", class_="axis"),
        ]
        return joined(lines)

    def drawing(self, label: str, *parts: Markup) -> Markup:
        """Give the whole figure, described by `label` for those who cannot see it."""
        return element(
            "svg", *parts, viewBox=f"0 0 {self.width} {self.height}", role="img", aria_label=label, class_="plot"
        )


def shares(steps: int = 5) -> list[tuple[float, str]]:
    """Give ticks from 0 to 100 %."""
    return [(i / steps, f"{100 * i // steps}%") for i in range(steps + 1)]


def nice(low: float, high: float, count: int = 5) -> list[tuple[float, str]]:
    """Give about `count` ticks at round numbers between two ends."""
    span = (high - low) or 1.0
    step = 10 ** math.floor(math.log10(span / count))
    step *= min((1, 2, 5, 10), key=lambda m: abs(span / (m * step) - count))
    first = math.ceil(low / step)
    return [(i * step, f"{i * step:g}") for i in range(first, math.floor(high / step) + 1)]
