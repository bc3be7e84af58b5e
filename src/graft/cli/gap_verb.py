"""`graft gap`: how far apart two domains are, in sentences."""

from __future__ import annotations

from typing import Annotated

import typer

from graft.cli import options as o


def gap(
    source: o.Source,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="Inputs of the other domain; labels are never read.")],
    input: o.Input = None,
    target: o.Target = None,
    backbone: o.Backbones = None,
    as_json: o.AsJson = False,
    seed: o.Seed = 0,
    device: o.Device = "auto",
    exact: o.Exact = False,
    max_skipped: o.MaxSkipped = 0.05,
) -> None:
    """Say how far another domain lies from labelled data, and whether these cover it."""
    from graft.cli.show_domains import say_gaps
    from graft.plan.gap import gap as gap_between

    found = gap_between(
        source,
        other,
        backbone=backbone or "auto",
        input=input,
        target=target,
        seed=seed,
        device=device,
        exact=exact,
        max_skipped=max_skipped,
    )
    say_gaps(found, as_json)
