"""What is printed about domains: scores on those left out whole, and what came of adapting to a target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from graft.cli.printing import say_json, table

if TYPE_CHECKING:
    from graft.plan.gap import DomainGap


def say_domains(domains: Mapping[str, Any]) -> None:
    """Print what to expect of an unseen domain, where there are several labelled ones."""
    if not domains:
        return
    counts = ", ".join(f"{name} {count}" for name, count in domains["counts"].items())
    print(f"\n{len(domains['counts'])} labelled domain{'s' * (len(domains['counts']) != 1)}: {counts}")
    rows = domains["left_out"]
    if rows:
        names = list(rows[0]["scores"])
        shown = (
            [row["domain"], str(row["samples"]), *(_interval(row["scores"][name]) for name in names)] for row in rows
        )
        table(["domain left out whole", "samples", *(name.replace("_", " ") for name in names)], shown)
    for note in domains["notes"]:
        print(note)


def say_adaptation(adaptation: Mapping[str, Any]) -> None:
    """Print what was tried for the target, the evidence, and the verdict."""
    if not adaptation:
        return
    how = "from the model alone, without its source" if adaptation["source_free"] else "with the labelled source"
    print(f"\nadapting to {adaptation['target'] or 'the target'} ({adaptation['samples']} inputs), {how}")
    for note in adaptation["notes"]:
        print(f"· {note}")
    for member in adaptation["members"]:
        print(f"  {member}")
    print(adaptation["verdict"])
    test = adaptation.get("test")
    if test:
        before, after = (test[name]["accuracy"] for name in ("source_only", "adapted"))
        said = f"accuracy {before:.3f} before, {after:.3f} after"
        print(f"On the {test['samples']} test samples, by which nothing was chosen: {said}.")


def say_gaps(gaps: list[DomainGap], as_json: bool) -> None:
    """Print the domain report of each backbone."""
    if as_json:
        say_json({"gaps": [found.to_dict() for found in gaps]})
        return
    for number, found in enumerate(gaps):
        print(f"{chr(10) * bool(number)}{found.source} → {found.target}, seen by {found.backbone}")
        for note in found.notes:
            print(f"· {note}")


def _interval(score: Mapping[str, float]) -> str:
    return f"{score['value']:.3f} [{score['low']:.3f}, {score['high']:.3f}]"
