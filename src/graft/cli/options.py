"""The options that several verbs share, said once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

Source: TypeAlias = Annotated[
    str, typer.Argument(metavar="SOURCE", help="A folder of photos or recordings in class folders, a table, an .npz.")
]
ModelFolder: TypeAlias = Annotated[Path, typer.Argument(metavar="MODEL", help="The folder of a saved model.")]
Test: TypeAlias = Annotated[str | None, typer.Option(help="Labelled data used once, at the end, for the scores.")]
Input: TypeAlias = Annotated[str | None, typer.Option(help="The column of a table that holds the text or file path.")]
Target: TypeAlias = Annotated[
    str | None, typer.Option("--target", "--label", help="The column of a table that holds the label.")
]
TargetWord: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--target",
        "--label",
        help="The column of a table that holds the label; or, where it is the path of a folder or file, unlabelled "
        "data of the domain to adapt to, as --adapt-to.",
    ),
]
AdaptTo: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="PATH", help="Unlabelled data of the domain that the model is for; labels in it are never read."
    ),
]
Domain: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--domain-column",
        help="The column that says which domain a sample is of; for a folder: folders (DOMAIN/CLASS/…) or none.",
    ),
]
TargetDomain: TypeAlias = Annotated[
    str | None,
    typer.Option(help="The domain of the table that the model is for; choices and scores are made on its rows alone."),
]
ModalityName: TypeAlias = Annotated[
    str | None, typer.Option("--modality", help="text, image, audio or table; else found by looking.")
]
Sensitivity: TypeAlias = Annotated[
    float | None, typer.Option(help="The share of the positive class to find; the threshold for it is kept and scored.")
]
Positive: TypeAlias = Annotated[
    str | None, typer.Option(help="The class that --sensitivity is to find; of two classes the second.")
]
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
Together: TypeAlias = Annotated[
    bool,
    typer.Option("--together", help="Bring answers of like inputs to agree: for many inputs, from few labels."),
]
Stream: TypeAlias = Annotated[
    bool, typer.Option("--stream", help="Follow how inputs look, in their order: another light, camera or room.")
]
ExactLabels: TypeAlias = Annotated[bool, typer.Option("--exact-labels", help="Keep labels apart that differ by case.")]
SelfContained: TypeAlias = Annotated[bool, typer.Option("--self-contained", help="Save the backbones with the model.")]
Page: TypeAlias = Annotated[
    bool,
    typer.Option("--report/--no-report", help="Write report.html beside the model; it holds small copies of samples."),
]
Watch: TypeAlias = Annotated[
    bool, typer.Option("--watch", help="Serve the report to this machine's browser while the fit runs.")
]
Lang: TypeAlias = Annotated[str, typer.Option("--lang", help="The language of the report: en or zh.")]
