"""`graft adapt`: a saved model for another domain, from unlabelled inputs of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from graft.cli import options as o


def adapt(
    model: o.ModelFolder,
    unlabelled: Annotated[
        str, typer.Argument(metavar="UNLABELLED", help="Inputs of the domain the model is for; labels are never read.")
    ],
    out: Annotated[Path, typer.Option(help="Where the adapted model goes.")],
    source: Annotated[
        str | None, typer.Option(help="The labelled data it was fitted on, where they are at hand; not needed.")
    ] = None,
    test: o.Test = None,
    force: o.Force = False,
    self_contained: o.SelfContained = False,
    as_json: o.AsJson = False,
    seed: o.Seed = 0,
    device: o.Device = "auto",
    max_skipped: o.MaxSkipped = 0.05,
) -> None:
    """Adapt a saved model to another domain, or keep it as it is where the evidence does not do."""
    from graft.cli.printing import say_json
    from graft.cli.show_domains import say_adaptation
    from graft.model.files import check_free
    from graft.model.verbs import adapt as adapt_with

    check_free(out, force=force)
    made = adapt_with(model, unlabelled, source=source, test=test, seed=seed, device=device, max_skipped=max_skipped)
    made.save(out, self_contained=self_contained, force=force)
    scores = made.scores if test is not None else None
    if as_json:
        found = made.record["adaptation"]
        say_json({"model": str(out), "adaptation": found, "scores": scores.to_dict() if scores else None})
        return
    say_adaptation(made.record["adaptation"])
    if scores:
        print(f"\n{scores.table()}")
    print(f"\nThe model is in {out}")
