"""`graft report`: the page of a run, its card, or all that was found as JSON."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from graft.cli import options as o

if TYPE_CHECKING:
    from graft.model.model import Model

SPARE, MOST_SPARE = 0.06, 0.5
PAGE = 2.5  # times what starting took, on any machine: importing what a page needs, and drawing it


def report(
    run: o.ModelFolder,
    out: Annotated[Path | None, typer.Option(help="Where the page goes; else RUN/report.html.")] = None,
    lang: o.Lang = "en",
    explain: Annotated[bool, typer.Option("--explain", help="Also find what the model looks at.")] = False,
    curve: Annotated[Path | None, typer.Option(help="A learning curve that `graft curve --json` wrote.")] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="The model card, on standard output.")] = False,
    as_json: o.AsJson = False,
    device: o.Device = "auto",
) -> None:
    """Write the page of a fitted run again, from what the fit kept; nothing is embedded again."""
    from graft.cli.printing import say_json
    from graft.reporting import report as reports

    if markdown:
        print(reports.card(run, lang=lang), end="")
    elif as_json:
        say_json(reports.summary(run))
    else:
        print(reports.report(run, out=out, lang=lang, looks=explain, curve=curve, device=device))


def spare_share(late: float, budget: float, page: bool) -> float:
    """Give the share of a budget in seconds to keep, `late` seconds after the command began, for a page or none."""
    needed = late * (1 + PAGE) if page else late
    return min(MOST_SPARE, max(SPARE if page else 0.0, needed / budget))


class Reporter:
    """What `graft fit` does beside fitting: the page, and the same page while it runs. Use it as a context.

    `spare` is the share of the budget that is gone before the fit begins or needed when it is done.
    """

    def __init__(self, wanted: bool, watch: bool, lang: str, budget: str) -> None:
        from graft.cli.started import since
        from graft.plan.budget import Clock

        self.wanted, self.watch, self.lang = wanted, watch, lang
        self.clock = Clock(budget)
        self.late = since()
        self.spare = spare_share(self.late, self.clock.budget, wanted or watch)
        self.live: Any = None
        self.stack = ExitStack()

    def __enter__(self) -> Reporter:
        if self.wanted or self.watch:
            from graft.reporting.words import Words

            Words(self.lang)
        if self.watch:
            from graft.progress import watched
            from graft.reporting.live import Live

            self.live = self.stack.enter_context(Live(self.lang))
            self.stack.enter_context(watched(self.live.step))
            typer.echo(f"Watch the fit at {self.live.address}", err=True)
        return self

    def __exit__(self, *error: Any) -> None:
        self.stack.__exit__(*error)

    def keep(self, save: Callable[[Model], object] | None) -> Callable[[Model], object] | None:
        """Give what is called with each better model: it is saved where it may be, and shown to who watches."""
        if self.live is None:
            return save
        live = self.live

        def both(model: Model) -> None:
            """Save and show."""
            if save is not None:
                save(model)
            live.show(model)

        return both

    def done(self, model: Model, place: Path, quiet: bool) -> None:
        """Write the page of the finished run, where one is wanted, and say where it is; turn to it who watches."""
        if not self.wanted and self.live is None:
            return
        from graft.reporting import report as reports

        if self.wanted:
            page = reports.keep(model, place, lang=self.lang, left=max(0.0, self.clock.left() - self.late))
        else:
            page = reports.page_of(model, lang=self.lang)
        if self.live is not None:
            self.live.finish(page)
        if self.wanted and not quiet:
            print(f"The report is {place / reports.PAGE}")
