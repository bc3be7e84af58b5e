"""The README of a saved model, written from what happened and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graft.version import __version__

if TYPE_CHECKING:
    from graft.model.kept import Kept


def model_card(model: Kept) -> str:
    """Give the model card in Markdown: what it does, its scores, data, choices, backbones and how to use it."""
    sections = [_head(model), _scores(model), _data(model), _choices(model), _backbones(model), _use(model)]
    return "\n".join(section for section in sections if section)


def _head(model: Kept) -> str:
    goal = f"one of {len(model.classes)} classes" if model.classes else "a number"
    lines = [f"# A graft model: {model.modality} → {goal}", ""]
    if model.classes:
        shown = ", ".join(f"`{c}`" for c in model.classes[:50])
        more = f" and {len(model.classes) - 50} more" if len(model.classes) > 50 else ""
        lines += [f"Classes: {shown}{more}.", ""]
    return "\n".join(lines)


def _scores(model: Kept) -> str:
    if model.record.get("unfinished"):
        return "Unfinished: the fit was stopped before this model was scored.\n"
    if model.scores is None:
        return ""
    lines = [f"## How good it is ({model.scores.source}, {model.scores.n} samples)", ""]
    lines += ["| score | value | 95 % interval |", "| --- | --- | --- |"]
    for name, score in model.scores.values.items():
        lines.append(f"| {name.replace('_', ' ')} | {score.value:.3f} | {score.low:.3f} to {score.high:.3f} |")
    return "\n".join([*lines, ""])


def _data(model: Kept) -> str:
    data: dict[str, Any] = model.record.get("data", {})
    if not data:
        return ""
    lines = ["## The data it learned from", "", f"{data.get('source', '')}: {data.get('samples', 0)} samples.", ""]
    for name, count in data.get("counts", {}).items():
        lines.append(f"- {name}: {count}")
    lines += [f"- {note}" for note in model.record.get("notes", [])]
    return "\n".join([*lines, ""])


def _choices(model: Kept) -> str:
    trials = model.record.get("trials", [])
    if not trials:
        return ""
    lines = [
        "## What was tried",
        "",
        "| candidate | loss | accuracy | seconds | verdict |",
        "| --- | --- | --- | --- | --- |",
    ]
    for t in trials:
        accuracy = "" if t.get("accuracy") is None else f"{t['accuracy']:.3f}"
        lines.append(f"| {t['name']} | {t['loss']:.4f} | {accuracy} | {t['seconds']:.2f} | {t['verdict']} |")
    return "\n".join([*lines, ""])


def _backbones(model: Kept) -> str:
    lines = ["## Backbones", "", "| name | source | licence | parameters | sha256 |", "| --- | --- | --- | --- | --- |"]
    for backbone in model.backbones.values():
        c = backbone.card
        lines.append(f"| {c.name} | {c.source} | {c.licence} | {c.parameters:,} | `{c.sha256[:16]}` |")
    return "\n".join([*lines, ""])


def _use(model: Kept) -> str:
    versions = ", ".join(f"{k} {v}" for k, v in model.record.get("versions", {}).items())
    return "\n".join(
        [
            "## How to use it",
            "",
            "```python",
            "import graft",
            'model = graft.load("this-folder")',
            "model.predict([...])",
            "```",
            "",
            f"Written by graft {__version__}{' with ' + versions if versions else ''}.",
            "",
        ]
    )
