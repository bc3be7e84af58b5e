"""The verbs of `graft`, each a thin shell over a Python function."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from graft.cli import options as o
from graft.cli.curve_verb import curve
from graft.cli.pretrain_verb import pretrain
from graft.cli.rank_verb import rank

app = typer.Typer(
    name="graft",
    help="A few labelled photos or texts in, the best model transfer learning can give out, with honest numbers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cache_app = typer.Typer(help="Show, prune or clear the features kept on disk.", no_args_is_help=True)
app.add_typer(cache_app, name="cache")


def _version(wanted: bool) -> None:
    if wanted:
        from graft.version import __version__

        print(f"graft {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it and stop.")
    ] = False,
) -> None:
    """A few labelled photos or texts in, the best model transfer learning can give out, with honest numbers."""


@app.command()
def fit(
    source: o.Source,
    test: o.Test = None,
    input: o.Input = None,
    target: o.Target = None,
    task: o.TaskName = None,
    group: o.Group = None,
    backbone: o.Backbones = None,
    head: o.Heads = None,
    budget: o.Budget = "2m",
    out: o.Out = None,
    force: o.Force = False,
    self_contained: o.SelfContained = False,
    as_json: o.AsJson = False,
    seed: o.Seed = 0,
    device: o.Device = "auto",
    exact: o.Exact = False,
    max_skipped: o.MaxSkipped = 0.05,
    exact_labels: o.ExactLabels = False,
    finetune: o.Finetune = None,
    verdict: o.Verdict = None,
) -> None:
    """Fit the best model for labelled data, save it, and say how good it is."""
    from graft.cli.show import say_fit
    from graft.model.files import check_free, free_folder, unfinished
    from graft.plan.fit import fit as fit_model

    place = out or free_folder(Path("runs"), source)
    check_free(place, force=force)
    early = unfinished(place) or not place.exists()
    model = fit_model(
        source,
        test=test,
        input=input,
        target=target,
        task=task,
        group=group,
        backbone=backbone or "auto",
        head=head or "auto",
        budget=budget,
        seed=seed,
        device=device,
        exact=exact,
        max_skipped=max_skipped,
        exact_labels=exact_labels,
        finetune=finetune or "auto",
        verdict=verdict,
        keep=(lambda model: model.save(place)) if early else None,
    )
    model.save(place, self_contained=self_contained, force=force)
    say_fit(model, place, as_json)


@app.command()
def predict(
    model: o.ModelFolder,
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUTS", help="Files, folders or a table; - reads lines of standard input.")
    ],
    jsonl: Annotated[bool, typer.Option("--jsonl", help="JSON Lines instead of CSV.")] = False,
    as_json: o.AsJson = False,
    device: o.Device = "auto",
    max_skipped: o.MaxSkipped = 1.0,
) -> None:
    """Predict the class, or the number, of new inputs; writes a table to standard output."""
    from graft.cli.show import say_predictions, standard_input
    from graft.model.loading import load
    from graft.model.verbs import gather
    from graft.model.verbs import predict as predict_with

    opened = load(model, device=device)
    source = gather(inputs, opened.modality, standard_input())
    say_predictions(
        predict_with(opened, source, max_skipped=max_skipped), "json" if as_json else "jsonl" if jsonl else "csv"
    )


@app.command()
def evaluate(
    model: o.ModelFolder,
    data: o.Source,
    as_json: o.AsJson = False,
    device: o.Device = "auto",
    max_skipped: o.MaxSkipped = 0.05,
) -> None:
    """Score a saved model on labelled data, every figure with a 95 % interval."""
    from graft.cli.show import say_scores
    from graft.model.verbs import evaluate as evaluate_with

    say_scores(evaluate_with(model, data, device=device, max_skipped=max_skipped), as_json)


app.command()(rank)
app.command()(curve)
app.command()(pretrain)


@app.command()
def backbones(as_json: o.AsJson = False) -> None:
    """List the backbones: source, licence, size, and which are on this machine."""
    from graft.backbones import entries
    from graft.cli.show import say_backbones

    say_backbones(entries(), as_json)


@app.command()
def example(
    name: Annotated[str | None, typer.Argument(help="Which data set; without it they are listed.")] = None,
    folder: Annotated[Path | None, typer.Argument(help="Where it goes; NAME when not given.")] = None,
    force: o.Force = False,
) -> None:
    """Write a real data set that installed packages ship, to have something to fit."""
    from graft.cli.show import say_examples
    from graft.data.examples import EXAMPLES
    from graft.data.examples import example as write_example

    if name is None:
        say_examples(EXAMPLES)
        return
    print(write_example(name, folder or Path(name), force=force))


@cache_app.command("show")
def cache_show(as_json: o.AsJson = False) -> None:
    """Show what is kept: per backbone, how many inputs and how much disk."""
    from graft.cli.show import say_cache
    from graft.extract.cache import Cache

    say_cache(Cache(), as_json)


@cache_app.command("prune")
def cache_prune(
    limit: Annotated[
        str, typer.Option(help="Keep at most this much, least recently used first out: 500MB, 2GB.")
    ] = "1GB",
) -> None:
    """Drop the least recently used features until the rest fits."""
    from graft.cli.show import parse_bytes, say_cache
    from graft.extract.cache import Cache

    cache = Cache()
    cache.prune(parse_bytes(limit))
    say_cache(cache, as_json=False)


@cache_app.command("clear")
def cache_clear() -> None:
    """Drop all features; the next fit embeds again."""
    from graft.cli.show import say_cache
    from graft.extract.cache import Cache

    cache = Cache()
    cache.clear()
    say_cache(cache, as_json=False)
