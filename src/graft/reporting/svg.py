"""SVG by small functions: elements as strings that are safe to put into a page."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

Number = float | int


def element(tag: str, *inside: str | Markup, **attributes: str | Number | None) -> Markup:
    """Give one element; `class_` and `text_anchor` become class and text-anchor, None leaves an attribute out."""
    told = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(_short(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{tag}{told}>{''.join(str(escape(part)) for part in inside)}</{tag}>")


def joined(parts: Iterable[Markup]) -> Markup:
    """Give elements one after the other."""
    return Markup("".join(parts))


def path(points: Iterable[tuple[Number, Number]]) -> str:
    """Give the path through points."""
    return "M" + "L".join(f"{_short(x)} {_short(y)}" for x, y in points)


def _short(value: str | Number) -> str:
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")
