"""The options that several verbs share, said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

Source: TypeAlias = Annotated[
    str, typer.Argument(metavar="SOURCE", help="A folder of photos in class folders, a table, or an .npz file.")
]
ModelFolder: TypeAlias = Annotated[Path, typer.Argument(metavar="MODEL", help="The folder of a saved model.")]
Test: TypeAlias = Annotated[str | None, typer.Option(help="Labelled data used once, at the end, for the scores.")]
Input: TypeAlias = Annotated[str | None, typer.Option(help="The column of a table that holds the text or image path.")]
Target: TypeAlias = Annotated[str | None, typer.Option(help="The column of a table that holds the label.")]
TaskName: TypeAlias = Annotated[str | None, typer.Option(help="classification or regression; else found by looking.")]
Group: TypeAlias = Annotated[str | None, typer.Option(help="A column; samples that share its value stay together.")]
Backbones: TypeAlias = Annotated[
    list[str] | None, typer.Option("--backbone", help="A backbone to use; may be repeated.")
]
Heads: TypeAlias = Annotated[list[str] | None, typer.Option("--head", help="A head to try; may be repeated.")]
Finetune: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--finetune", help="A strategy to try moving weights with; may be repeated; 'never' for none."),
]
Verdict: TypeAlias = Annotated[
    bool | None,
    typer.Option("--verdict/--no-verdict", help="Learn from scratch too, to tell whether transfer helped."),
]
Budget: TypeAlias = Annotated[str, typer.Option(help="The time a fit may take: 90s, 2m, 1h.")]
Out: TypeAlias = Annotated[Path | None, typer.Option(help="Where the model goes; runs/NAME when not given.")]
Force: TypeAlias = Annotated[bool, typer.Option("--force", help="Replace what is there.")]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
Seed: TypeAlias = Annotated[int, typer.Option(min=0, help="The seed of splits and resampling.")]
Device: TypeAlias = Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1 or mps.")]
Exact: TypeAlias = Annotated[bool, typer.Option("--exact", help="Full-size decoding and float32 throughout; slower.")]
MaxSkipped: TypeAlias = Annotated[float, typer.Option(min=0, max=1, help="The share of inputs that may be unreadable.")]
ExactLabels: TypeAlias = Annotated[bool, typer.Option("--exact-labels", help="Keep labels apart that differ by case.")]
SelfContained: TypeAlias = Annotated[bool, typer.Option("--self-contained", help="Save the backbones with the model.")]
