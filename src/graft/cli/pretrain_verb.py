"""The verb `graft pretrain`: a thin shell over `graft.pretraining.pretrain`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from graft.cli import options as o


def pretrain(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="A folder of images or a table or file of texts, labelled or not.")
    ],
    out: Annotated[Path, typer.Option(help="The folder the backbone goes to; other verbs take it by this name.")],
    backbone: Annotated[
        str, typer.Option(help="conv, conv-84 or random/NAME for random weights; any other name to go on from it.")
    ] = "auto",
    method: Annotated[
        str, typer.Option(help="supervised, vicreg, barlow-twins, simclr, masked; auto looks at the data.")
    ] = "auto",
    epochs: Annotated[int | None, typer.Option(min=1, help="How often to walk over the source.")] = None,
    budget: Annotated[str | None, typer.Option(help="The time it may take: 90s, 10m, 2h.")] = None,
    input: o.Input = None,
    target: o.Target = None,
    force: o.Force = False,
    as_json: o.AsJson = False,
    seed: o.Seed = 0,
    device: o.Device = "auto",
) -> None:
    """Pretrain a backbone of your own; a run that was stopped goes on when the same command is given again."""
    from dataclasses import asdict

    from graft.cli.printing import say_json
    from graft.plan.budget import parse_seconds
    from graft.pretraining.pretrain import pretrain as make

    made = make(
        source,
        out=out,
        backbone=backbone,
        method=method,
        epochs=epochs,
        budget=None if budget is None else parse_seconds(budget),
        seed=seed,
        device=device,
        force=force,
        input=input,
        target=target,
    )
    if as_json:
        say_json({"backbone": str(out), "card": asdict(made.card)})
        return
    print(f"{made.card.name}: {made.card.trained_on}.")
    print(f"{made.card.dim} numbers from {made.card.parameters:,} parameters. Use it with: --backbone {out}")
