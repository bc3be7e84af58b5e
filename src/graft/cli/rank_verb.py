"""`graft rank`: which backbone suits the data, printed as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from graft.cli import options as o

if TYPE_CHECKING:
    from graft.plan.ranking import Ranking


def rank(
    source: o.Source,
    input: o.Input = None,
    target: o.Target = None,
    task: o.TaskName = None,
    group: o.Group = None,
    backbone: o.Backbones = None,
    score: Annotated[
        str,
        typer.Option(
            help="auto, or left-out-accuracy, probe, probe-accuracy, logme, h-score, n-leep, leep, gbc, transrate."
        ),
    ] = "auto",
    samples: Annotated[int, typer.Option(help="At most so many samples are embedded with each backbone.")] = 300,
    as_json: o.AsJson = False,
    seed: o.Seed = 0,
    device: o.Device = "auto",
    exact: o.Exact = False,
    max_skipped: o.MaxSkipped = 0.05,
) -> None:
    """Rank backbones for labelled data from a few hundred samples, without training any."""
    from graft.plan.rank import rank as rank_backbones

    ranking = rank_backbones(
        source,
        backbones=backbone,
        score=score,
        samples=samples,
        max_skipped=max_skipped,
        exact=exact,
        device=device,
        seed=seed,
        group=group,
        task=task,
        target=target,
        input=input,
    )
    say_ranking(ranking, as_json)


def say_ranking(ranking: Ranking, as_json: bool) -> None:
    """Print the backbones, best first, with what each costs."""
    from graft.cli.printing import say_json, table

    if as_json:
        say_json(ranking.to_dict())
        return
    for note in ranking.notes:
        print(f"· {note}")
    rows = [
        [
            row.name,
            "-" if row.score is None else f"{row.score:.4g}",
            f"{row.seconds:.1f}",
            f"{row.megabytes:.0f}",
            f"{row.parameters / 1e6:.1f}",
            row.licence,
            row.note,
        ]
        for row in ranking.rows
    ]
    table(["backbone", ranking.score, "seconds", "MB", "million parameters", "licence", ""], rows)
    print(f"\nHigher is better; measured on {ranking.samples} samples. Next: graft fit --backbone {ranking.best} …")
