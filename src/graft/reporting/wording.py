"""Sentences of the opening and of the data section, from what the sections found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graft.reporting.run import Run
from graft.reporting.words import Words

NAMED = 12
COMPARED = ("image", "text")
MOODS = {"helped": "good", "harmed": "bad"}


def worded(run: Run, found: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Give the words that the templates put in their places."""
    answer, data = found["answer"], found["data"]
    counts = [count for row in data["counts"] for count in row["parts"].values()]
    return {
        "title": words(_known(words, "title", run.modality)),
        "does": _does(answer, words),
        "right": _right(run, answer, words),
        "rest": _rest(answer, words),
        "on": _on(answer, words),
        "tiles": {name: _tile(name, score) for name, score in (answer["scores"] or {}).items()},
        "transfer": _transfer(answer, words),
        "adapted": _adapted(answer["adapted"]),
        "cost": _cost(answer, words),
        "next": [
            {"said": words(piece["key"], run=run.asked, **piece["values"]), "leads": piece["leads"]}
            for piece in answer["next"]
        ],
        "data": _data(data, words),
        "most": max(counts, default=1) or 1,
    }


def duration(seconds: float) -> str:
    """Write seconds as people read them: 8.2 s, 3 min 20 s, 1 h 5 min."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _known(words: Words, prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if words.has(f"{prefix}.{name}") else f"{prefix}.other"


def _does(answer: Mapping[str, Any], words: Words) -> str:
    classes = answer["classes"]
    if not classes:
        return words("answer.does.number")
    told = ", ".join(classes[:NAMED])
    if len(classes) > NAMED:
        told = words("answer.andmore", shown=told, more=len(classes) - NAMED)
    return words(_known(words, "answer.does", answer["modality"]), count=len(classes), classes=told)


def _right(run: Run, answer: Mapping[str, Any], words: Words) -> str:
    scores = answer["scores"]
    if not scores:
        if not len(run.judged) or not run.classes:
            return ""
        value = 1 - float(run.wrong[run.judged].mean())
        return words("answer.right.early", value=value, count=len(run.judged))
    name, key = ("accuracy", "answer.right") if "accuracy" in scores else ("mae", "answer.off")
    score = scores[name]
    shown = score if name == "accuracy" else {end: f"{value:.4g}" for end, value in score.items() if value is not None}
    if any(score[end] is None for end in ("value", "low", "high")):
        return ""
    return words(key, **{str(end): value for end, value in shown.items()})


def _rest(answer: Mapping[str, Any], words: Words) -> list[str]:
    chance = [] if answer["chance"] is None else [words("answer.chance", value=answer["chance"])]
    return [*chance, *([_on(answer, words)] if answer["scores"] else [])]


def _on(answer: Mapping[str, Any], words: Words) -> str:
    source = answer["scored_on"]
    if not source:
        return ""
    key = f"source.{source}"
    return words("answer.on", count=answer["samples"], source=words(key) if words.has(key) else source)


def _tile(name: str, score: Mapping[str, float | None]) -> dict[str, str]:
    def said(value: float | None) -> str:
        """Write one end."""
        return "–" if value is None else f"{value:.3f}" if abs(value) < 1000 else f"{value:.4g}"

    return {end: said(value) for end, value in score.items()}


def _transfer(answer: Mapping[str, Any], words: Words) -> dict[str, str]:
    found = answer["transfer"]
    if not found:
        can = bool(answer["classes"]) and answer["modality"] in COMPARED
        return {"mood": "", "head": "", "rest": words("transfer.unknown" if can else "transfer.none")}
    row, outcome = found["scratch"], found["outcome"]
    values = {"difference": row["difference"], "low": row["low"], "high": row["high"], "scratch": row["scratch"]}
    return {
        "mood": MOODS.get(outcome, ""),
        "head": words(f"transfer.{outcome}") + ".",
        "rest": words("transfer.by", **values),
    }


def _adapted(found: Mapping[str, Any] | None) -> dict[str, str] | None:
    if not found:
        return None
    return {"mood": "good" if found["adapted"] else "", "rest": str(found["verdict"])}


def _cost(answer: Mapping[str, Any], words: Words) -> str:
    if answer["seconds"] is None:
        return ""
    return words(
        "answer.cost",
        seconds=duration(answer["seconds"]),
        embedded=answer["embedded"],
        parameters=f"{answer['parameters']:,}",
        chosen=answer["chosen"],
    )


def _data(data: Mapping[str, Any], words: Words) -> str:
    parts = [words("data.part", count=count, part=words(f"js.{part}")) for part, count in data["parts"].items()]
    told = ", ".join(parts)
    return words("data.from", source=data["source"], told=told) if data["source"] else f"{told}."
