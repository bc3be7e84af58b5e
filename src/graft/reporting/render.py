"""Sections to a page, a card or JSON: templates and words put together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from markupsafe import Markup

from graft.reporting.embedded import embedded
from graft.reporting.figures.curve import curve_figure
from graft.reporting.figures.interval import interval_figure
from graft.reporting.figures.numbers import numbers_figure
from graft.reporting.figures.reliability import reliability_figure
from graft.reporting.run import Run
from graft.reporting.sections.table import SECTIONS
from graft.reporting.shows import Shows
from graft.reporting.wording import worded
from graft.reporting.words import Words
from graft.version import __version__

PAGE = Path(__file__).parent / "page"
FIGURES = {"reliability": reliability_figure, "numbers": numbers_figure, "curve": curve_figure}


def findings(run: Run) -> dict[str, Any]:
    """Give what every section found, by its name; None where one has nothing to say."""
    return {name: section(run) for name, section in SECTIONS.items()}


def as_html(run: Run, shown: Shows, language: str = "en", live: str = "") -> str:
    """Write the page; `live` is where a page that is served asks for news, empty for one that is kept."""
    words, found = Words(language), findings(run)
    page: str = _template("page.html.j2", html=True).render(
        **_context(run, found, words),
        live=live,
        **_files(),
        embedded=embedded(run, found, shown, words),
        figures={name: draw(found[name], words) for name, draw in FIGURES.items() if found[name]},
        interval=interval_figure,
    )
    return page


def as_waiting(language: str, live: str) -> str:
    """Write the page that is seen before there is a model."""
    return str(_template("waiting.html.j2", html=True).render(t=Words(language), live=live, **_files()))


def as_markdown(run: Run, language: str = "en") -> str:
    """Write the model card."""
    text = _template("card.md.j2", html=False).render(**_context(run, findings(run), Words(language)), number=_number)
    return spaced(text.splitlines())


def spaced(lines: list[str]) -> str:
    """Give Markdown with one blank line between paragraphs, and none inside tables, lists and code."""
    out: list[str] = []
    code = False
    for line in (line.strip() for line in lines if line.strip()):
        inside = code or (bool(out) and line[:2] == out[-1][:2] and line[:2] in ("| ", "- "))
        code ^= line.startswith("```")
        out += [line] if inside or not out else ["", line]
    return "\n".join(out) + "\n"


def _files() -> dict[str, Markup]:
    return {name: Markup((PAGE / f"page.{name}").read_text(encoding="utf-8")) for name in ("css", "js")}


def _context(run: Run, found: dict[str, Any], words: Words) -> dict[str, Any]:
    told = worded(run, found, words)
    return {
        "t": words,
        "s": found,
        "sections": list(SECTIONS),
        "words": told,
        "title": told["title"],
        "classes": run.classes,
        "names": run.evidence.names,
        "truths": run.evidence.targets,
        "judged": len(run.judged),
        "asked": run.asked,
        "version": __version__,
    }


def _number(score: dict[str, float | None]) -> str:
    value, low, high = score["value"], score["low"], score["high"]
    if value is None or low is None or high is None:
        return "–"
    return f"{value:.3f} [{low:.3f}, {high:.3f}]"


def _template(name: str, html: bool) -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(PAGE),
        autoescape=html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
