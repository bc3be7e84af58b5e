"""The verbs of `graft`, each a thin shell over a Python function."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from graft.cli import options as o
from graft.cli.adapt_verb import adapt
from graft.cli.curve_verb import curve
from graft.cli.gap_verb import gap
from graft.cli.meta_verb import app as meta_app
from graft.cli.pretrain_verb import pretrain
from graft.cli.rank_verb import rank
from graft.cli.report_verb import Reporter, report

app = typer.Typer(
    name="graft",
    help="A few labelled photos, texts, recordings or table rows in, the best model transfer learning can give out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cache_app = typer.Typer(help="Show, prune or clear the features kept on disk.", no_args_is_help=True)
app.add_typer(cache_app, name="cache")
app.add_typer(meta_app, name="meta")


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
    """A few labelled photos, texts, recordings or table rows in, the best model transfer learning can give out."""


@app.command()
def fit(
    source: o.Source,
    test: o.Test = None,
    adapt_to: o.AdaptTo = None,
    input: o.Input = None,
    target: o.TargetWord = None,
    task: o.TaskName = None,
    group: o.Group = None,
    domain: o.Domain = None,
    target_domain: o.TargetDomain = None,
    modality: o.ModalityName = None,
    sensitivity: o.Sensitivity = None,
    positive: o.Positive = None,
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
    page: o.Page = True,
    watch: o.Watch = False,
    lang: o.Lang = "en",
) -> None:
    """Fit the best model for labelled data, save it, and say how good it is."""
    from graft.cli.show import say_fit
    from graft.cli.target_word import column_or_domain
    from graft.plan.fit import fit as fit_model

    column, domain_to = column_or_domain(target, adapt_to, source)
    place, early = _place(out, source, force)
    with Reporter(page, watch, lang, budget) as reporter:
        model = fit_model(
            source, test=test, adapt_to=domain_to, input=input, target=column, task=task, group=group, domain=domain,
            target_domain=target_domain, modality=modality, sensitivity=sensitivity, positive=positive,
            backbone=backbone or "auto", head=head or "auto", budget=budget, seed=seed, device=device, exact=exact,
            max_skipped=max_skipped, exact_labels=exact_labels, finetune=finetune or "auto", verdict=verdict,
            keep=reporter.keep((lambda model: model.save(place)) if early else None), spare=reporter.spare,
        )  # fmt: skip
        model.save(place, self_contained=self_contained, force=force)
        say_fit(model, place, as_json)
        reporter.done(model, place, quiet=as_json)


def _place(out: Path | None, source: str, force: bool) -> tuple[Path, bool]:
    """Give where the model goes, and whether it may be put there before the fit is done."""
    from graft.model.files import check_free, free_folder, unfinished

    place = out or free_folder(Path("runs"), source)
    check_free(place, force=force)
    return place, unfinished(place) or not place.exists()


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
    together: o.Together = False,
    stream: o.Stream = False,
) -> None:
    """Predict the class, or the number, of new inputs; writes a table to standard output."""
    from graft.cli.show import say_predictions, standard_input
    from graft.model.loading import load
    from graft.model.verbs import gather
    from graft.model.verbs import predict as predict_with

    opened = load(model, device=device)
    source = gather(inputs, opened.modality, standard_input())
    found = predict_with(opened, source, max_skipped=max_skipped, together=together, stream=stream)
    say_predictions(found, "json" if as_json else "jsonl" if jsonl else "csv")


@app.command()
def evaluate(
    model: o.ModelFolder,
    data: o.Source,
    as_json: o.AsJson = False,
    device: o.Device = "auto",
    max_skipped: o.MaxSkipped = 0.05,
    together: o.Together = False,
    stream: o.Stream = False,
) -> None:
    """Score a saved model on labelled data, every figure with a 95 % interval."""
    from graft.cli.show import say_scores
    from graft.model.verbs import evaluate as evaluate_with

    found = evaluate_with(model, data, device=device, max_skipped=max_skipped, together=together, stream=stream)
    say_scores(found, as_json)


app.command()(adapt)
app.command()(gap)
app.command()(rank)
app.command()(curve)
app.command()(pretrain)
app.command()(report)


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
