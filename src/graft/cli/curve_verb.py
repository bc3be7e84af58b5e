"""`graft curve`: how good a model gets with how many labels, printed as a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graft.cli import options as o

if TYPE_CHECKING:
    from graft.plan.curve import Curve


def curve(
    source: o.Source,
    test: o.Test = None,
    model: Annotated[Path | None, typer.Option(help="A saved model whose heads are fitted anew on each size.")] = None,
    input: o.Input = None,
    target: o.Target = None,
    task: o.TaskName = None,
    group: o.Group = None,
    backbone: Annotated[str | None, typer.Option(help="The backbone; else the best by graft rank.")] = None,
    head: Annotated[str | None, typer.Option(help="The head; else a linear one.")] = None,
    reach: Annotated[float | None, typer.Option(help="A wished accuracy, or RMSE: how many labels it takes.")] = None,
    sizes: Annotated[int, typer.Option(help="How many numbers of labels are tried.")] = 7,
    draws: Annotated[int, typer.Option(help="How often each number of labels is drawn.")] = 5,
    as_json: o.AsJson = False,
    seed: o.Seed = 0,
    device: o.Device = "auto",
    exact: o.Exact = False,
    max_skipped: o.MaxSkipped = 0.05,
) -> None:
    """Show accuracy against the number of labels, and how many labels a wished accuracy would take."""
    from graft.plan.curve import curve as curve_of

    found = curve_of(
        source,
        test=test,
        model=model,
        input=input,
        target=target,
        task=task,
        group=group,
        backbone=backbone,
        head=head,
        reach=reach,
        sizes=sizes,
        draws=draws,
        seed=seed,
        device=device,
        exact=exact,
        max_skipped=max_skipped,
    )
    say_curve(found, as_json)


def say_curve(curve: Curve, as_json: bool) -> None:
    """Print a row for each number of labels, the fitted law, and what a wished score would take."""
    from graft.cli.printing import say_json, table

    if as_json:
        say_json(curve.to_dict())
        return
    for note in curve.notes:
        print(f"· {note}")
    rows = [[f"{p.labels:,}", f"{p.value:.3f}", f"[{p.low:.3f}, {p.high:.3f}]", str(p.draws)] for p in curve.points]
    name = "accuracy" if curve.score == "accuracy" else "RMSE"
    print()
    table(["labels", name, "95 % interval", "draws"], rows)
    print(f"\n{curve.model}, scored on {curve.tested_on} samples that were not learned from.")
    if curve.law is not None:
        error = "1 - accuracy" if curve.score == "accuracy" else "RMSE"
        law = curve.law
        print(f"Fitted law: {error} = {law.scale:.3g} · labels^-{law.slope:.2f} + {law.floor:.3f}")
    if curve.reach is not None:
        print(curve.reach.sentence)
