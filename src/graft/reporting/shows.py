"""Shows: the samples of a report as bytes, small for all and large for those looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from graft.errors import GraftError
from graft.reporting.picks import listed, picks
from graft.reporting.run import Run
from graft.reporting.showing.table import SHOWS

WORKERS, BATCH = 2, 64


@dataclass(frozen=True)
class Shows:
    """Bytes of the kind `mime` by sample; a sample may have none."""

    mime: str = ""
    small: Mapping[int, bytes] = field(default_factory=dict)
    large: Mapping[int, bytes] = field(default_factory=dict)


def shows(run: Run) -> Shows:
    """Make them from the inputs that are still at hand; nothing where they are not, or cannot be shown."""
    show, inputs = SHOWS.get(run.modality), run.evidence.inputs
    if show is None or inputs is None:
        return Shows()
    chosen = picks(run)
    large = _within(show.most, _made(show.large, inputs, chosen.large().tolist()))
    if show.small is None:
        return Shows(show.mime, {}, large)
    return Shows(show.mime, _within(show.most, _made(show.small, inputs, listed(run, chosen).tolist())), large)


def _within(most: int, made: Iterable[tuple[int, bytes]]) -> dict[int, bytes]:
    """Take what comes first while there is room for it."""
    kept: dict[int, bytes] = {}
    for index, one in made:
        most -= len(one)
        if most < 0:
            break
        kept[index] = one
    return kept


def _made(make: Callable[[Any], bytes], inputs: Any, wanted: list[int]) -> Iterable[tuple[int, bytes]]:
    def one(index: int) -> bytes | None:
        """Give the bytes of one sample, or None where it can no longer be read."""
        try:
            return make(inputs[index])
        except GraftError:
            return None

    with ThreadPoolExecutor(WORKERS) as pool:
        for start in range(0, len(wanted), BATCH):
            part = wanted[start : start + BATCH]
            for index, made in zip(part, pool.map(one, part), strict=True):
                if made is not None:
                    yield index, made
