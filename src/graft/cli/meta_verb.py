"""`graft meta train` and `graft meta evaluate`: networks that learn from a few samples a class."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from graft.cli import options as o

app = typer.Typer(help="Train a backbone on many small tasks, and judge backbones on such.", no_args_is_help=True)

Ways = Annotated[int, typer.Option(min=2, help="The classes of a task.")]
Shots = Annotated[int, typer.Option(min=1, help="The labelled samples of each class of a task.")]
Turns = Annotated[bool, typer.Option("--turns", help="Characters turned by quarters count as more classes.")]
Source = Annotated[str, typer.Argument(metavar="SOURCE", help="Class folders, also inside others, or a table.")]


@app.command()
def train(
    source: Source,
    out: Annotated[Path, typer.Option(help="The folder the backbone goes to; other verbs take it by this name.")],
    ways: Ways = 5,
    shots: Shots = 1,
    queries: Annotated[int, typer.Option(min=1, help="The samples of each class that a task is judged on.")] = 5,
    method: Annotated[
        str,
        typer.Option(help="protonet, cosine-protonet, maml, first-order-maml, reptile, anil, meta-sgd or pretrained."),
    ] = "protonet",
    backbone: Annotated[str, typer.Option(help="conv, conv-84, random/NAME; or a name to go on from.")] = "auto",
    held: Annotated[
        list[str] | None, typer.Option(help="A class or folder of classes to watch, not to learn on; may be repeated.")
    ] = None,
    turns: Turns = False,
    warp: Annotated[
        bool, typer.Option("--warp", help="See every image of a task through a random affine map, as suits drawings.")
    ] = False,
    parts: Annotated[int, typer.Option(min=0, help="Only the last so many parts of the network move; 0: all.")] = 0,
    epochs: Annotated[
        int | None, typer.Option(min=1, help="How often 50 batches of tasks are drawn; 20, or what the budget allows.")
    ] = None,
    budget: Annotated[str | None, typer.Option(help="The time it may take: 90s, 10m, 2h.")] = None,
    force: o.Force = False,
    as_json: o.AsJson = False,
    seed: o.Seed = 0,
    device: o.Device = "auto",
) -> None:
    """Meta-train a backbone; a run that was stopped goes on when the same command is given again."""
    from dataclasses import asdict

    from graft.cli.printing import say_json
    from graft.meta.train import meta_train
    from graft.plan.budget import parse_seconds

    seconds = None if budget is None else parse_seconds(budget)
    made = meta_train(source, out=out, ways=ways, shots=shots, queries=queries, method=method, backbone=backbone,
                      held=held or 0.2, turns=turns, warp=warp, parts=parts, epochs=epochs, budget=seconds, seed=seed,
                      device=device, force=force)  # fmt: skip
    if as_json:
        say_json({"backbone": str(out), "card": asdict(made.card)})
        return
    print(f"{made.card.name}: {made.card.trained_on}.")
    print(f"Judge it on classes it has not seen: graft meta evaluate {out} SOURCE. Use it with: --backbone {out}")


@app.command()
def evaluate(
    backbone: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="The folder or name of any backbone; shape-matching for drawings, untrained."
        ),
    ],
    source: Source,
    ways: Ways = 5,
    shots: Shots = 1,
    queries: Annotated[int, typer.Option(min=1, help="The samples of each class that a task is judged on.")] = 10,
    method: Annotated[
        str | None, typer.Option(help="How to adapt; as the backbone was meta-trained to when not given.")
    ] = None,
    classes: Annotated[
        list[str] | None, typer.Option("--class", help="A class or folder of classes to draw from; may be repeated.")
    ] = None,
    turns: Turns = False,
    episodes: Annotated[int, typer.Option(min=2, help="How many tasks are drawn.")] = 600,
    as_json: o.AsJson = False,
    seed: o.Seed = 0,
    device: o.Device = "auto",
) -> None:
    """Judge a backbone by its accuracy over many tasks, with a 95 % interval."""
    from graft.cli.printing import say_json
    from graft.meta.evaluate import meta_evaluate

    judged = meta_evaluate(backbone, source, ways=ways, shots=shots, queries=queries, method=method, classes=classes,
                           turns=turns, episodes=episodes, seed=seed, device=device)  # fmt: skip
    if as_json:
        say_json(judged.to_dict())
        return
    print(judged)
