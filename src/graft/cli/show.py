"""What the verbs print: tables for people, one JSON object for machines."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from graft.cli.printing import say_json, table
from graft.cli.show_domains import say_adaptation, say_domains
from graft.errors import GraftError

if TYPE_CHECKING:
    from graft.backbones.catalogue import Entry
    from graft.evaluation.scores import Scores
    from graft.extract.cache import Cache
    from graft.model.model import Model
    from graft.model.predictions import Predictions


NUMBERS = (("loss", 4), ("seconds", 1))


def standard_input() -> TextIO:
    """Give standard input, with bytes that are no UTF-8 kept as Python keeps them in file names."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")
    return sys.stdin


def say_fit(model: Model, place: Path, as_json: bool) -> None:
    """Print what a fit found: notes, what was tried, the scores, where the model is."""
    record = model.record
    if as_json:
        scores = model.scores.to_dict() if model.scores else None
        say_json({"model": str(place), "scores": scores, "classes": list(model.classes), "record": record})
        return
    for note in record["notes"]:
        print(f"· {note}")
    for left_out in record["skipped"][:10]:
        print(f"· left out {left_out['name']}: {left_out['reason']}")
    if len(record["skipped"]) > 10:
        print(f"· … and {len(record['skipped']) - 10} more inputs left out; all are in {place / 'model.json'}")
    print()
    rows = [[t["name"], f"{t['loss']:.4f}", f"{t['seconds']:.1f}", t["verdict"]] for t in record["trials"]]
    if rows:
        table(["candidate", "loss", "seconds", "verdict"], rows)
    say_moved(record["moved"])
    say_domains(record.get("domains", {}))
    say_adaptation(record.get("adaptation", {}))
    print(f"\nchosen: {record['chosen']}")
    if model.scores:
        print(model.scores.table())
    if record["transfer"]:
        print(f"\n{record['transfer']['sentence']}")
    print(f"\n{record['seconds']:.1f} s, {record['embedded']} inputs embedded. The model is in {place}")


def say_moved(moved: Mapping[str, Any]) -> None:
    """Print the race of fine-tuning strategies, and its winner beside the frozen choice."""
    if not moved.get("trials"):
        return
    print()
    rows = (
        [t["name"], str(t["epochs"]), *("-" if t[n] is None else f"{t[n]:.{d}f}" for n, d in NUMBERS), t["verdict"]]
        for t in moved["trials"]
    )
    table(["moving weights", "epochs", *(name for name, _ in NUMBERS), "verdict"], rows)
    if moved.get("choice"):
        print(f"\non the {moved['judged_on']} samples that judge both:")
        table(["choice", "loss", "verdict"], ([c["name"], f"{c['loss']:.4f}", c["verdict"]] for c in moved["choice"]))


def say_scores(scores: Scores, as_json: bool) -> None:
    """Print scores with their intervals."""
    if as_json:
        say_json({"scores": scores.to_dict()})
    else:
        print(scores.table())


def say_predictions(predictions: Predictions, form: str) -> None:
    """Print a table of predictions on standard output, and what was left out on standard error."""
    if form == "json":
        skipped = [{"input": s.name, "reason": s.reason} for s in predictions.skipped]
        say_json({"predictions": list(predictions.rows()), "skipped": skipped})
    else:
        sys.stdout.write(predictions.to_jsonl() if form == "jsonl" else predictions.to_csv())
    for left_out in predictions.skipped:
        print(f"graft: left out {left_out.name}: {left_out.reason}", file=sys.stderr)


def say_backbones(entries: Iterable[Entry], as_json: bool) -> None:
    """Print the catalogue of backbones."""
    if as_json:
        say_json({"backbones": [entry.to_dict() for entry in entries]})
        return
    header = ["name", "kind", "numbers", "MB", "licence", "here", "source"]
    table(
        header,
        (
            [e.name, e.modality, str(e.dim), f"{e.megabytes:.0f}", e.licence, "yes" if e.here() else "no", e.source]
            for e in entries
        ),
    )
    print(
        "\nAlso: any timm image model (timm/NAME), any Hugging Face text encoder (hf/ORG/NAME), a folder of weights "
        "such as graft pretrain writes, and random/NAME, the same network with random weights."
    )


def say_examples(examples: Mapping[str, Any]) -> None:
    """Print the names of the examples with a line on each."""
    table(["name", "what it is"], ([name, getattr(e, "description", str(e))] for name, e in examples.items()))


def say_cache(cache: Cache, as_json: bool) -> None:
    """Print what the cache holds."""
    rows = cache.summary()
    if as_json:
        say_json({"folder": str(cache.folder), "backbones": rows})
        return
    print(cache.folder)
    table(
        ["backbone", "inputs", "MB"],
        ([r["name"] or r["fingerprint"], str(r["rows"]), f"{r['bytes'] / 1e6:.1f}"] for r in rows),
    )


def parse_bytes(size: str) -> int:
    """Give the bytes in `500MB`, `2GB` or `1000`; raises GraftError on anything else."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?\s*", size.lower())
    if not found:
        raise GraftError(f"{size!r} is not a size. Write it as 500MB or 2GB.")
    return int(float(found[1]) * 1000 ** " kmgt".index(found[2] or " "))
