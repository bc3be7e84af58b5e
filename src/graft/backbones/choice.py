"""Which runtime a network gets: the fastest by a short measurement, remembered for each machine and backbone."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import json
import platform
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from numpy.typing import NDArray

from graft.backbones.files import replace
from graft.backbones.home import cache_folder
from graft.backbones.runtime import Runtime, usable_cores
from graft.errors import BackboneError, did_you_mean

RUNTIMES = ("auto", "torch", "openvino")
ROUNDS = 4


class Engine(NamedTuple):
    """A runtime ready to run `rows` rows a call to `width` numbers each; `sample` is one such call, to time it by."""

    runtime: Runtime
    rows: int
    width: int
    sample: tuple[NDArray[Any], ...]
    name: str = ""


Makers = Mapping[str, Callable[[], Engine]]


def choose(fingerprint: str, wanted: str, makers: Makers) -> Engine:
    """Build the wanted engine, or with `auto` the one that takes the least time for a row.

    `makers` name their runtime before a stroke (`torch`, `torch/128`). Loading does not count: a stored graph is loaded
    in a fraction of the time that importing torch takes, so what wins on many inputs wins on few. The choice is
    remembered in the cache folder, so that the features of a backbone stay the same on a machine. A wanted runtime that
    cannot run here gives way to the choice. Raises BackboneError when `wanted` is no runtime.
    """
    if wanted.split("/")[0] not in RUNTIMES:
        raise BackboneError(f"{wanted!r} is no runtime. {did_you_mean(wanted, RUNTIMES)}")
    able = {name: make for name, make in makers.items() if wanted in (name, name.split("/")[0])} or makers
    if len(able) == 1:
        (only,) = able
        return able[only]()._replace(name=only)
    note = cache_folder() / "runtimes" / f"{_key(fingerprint, sorted(able))}.json"
    remembered = _read(note)
    if remembered in able:
        return able[remembered]()._replace(name=remembered)
    engines = {name: make() for name, make in able.items()}
    seconds = _seconds_a_row(engines)
    chosen = min(engines, key=lambda name: seconds[name])
    with contextlib.suppress(OSError):
        note.parent.mkdir(parents=True, exist_ok=True)
        replace(note, json.dumps({"chosen": chosen, "seconds_a_row": seconds}).encode("ascii"))
    return engines[chosen]._replace(name=chosen)


def machine() -> str:
    """Describe what the speed of a runtime depends on: the processor, its cores, and the libraries' versions."""
    parts = [platform.machine(), platform.processor(), str(usable_cores())]
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").split("\n\n")[0].splitlines()
        parts += [line for line in lines if line.startswith(("model name", "flags", "Features", "CPU part"))]
    for library in ("torch", "openvino"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            parts.append(f"{library} {importlib.metadata.version(library)}")
    return "\n".join(parts)


def _seconds_a_row(engines: Mapping[str, Engine]) -> dict[str, float]:
    """Time calls in turns; in processor seconds on a processor, which other work does not lengthen."""
    seconds = dict.fromkeys(engines, float("inf"))
    for engine in engines.values():
        _call(engine)
    for _ in range(ROUNDS):
        for name, engine in engines.items():
            elsewhere = getattr(engine.runtime, "device", "cpu") != "cpu"
            clock = time.perf_counter if elsewhere else time.process_time
            start = clock()
            _call(engine)
            seconds[name] = min(seconds[name], (clock() - start) / engine.rows)
    return seconds


def _call(engine: Engine) -> None:
    engine.runtime(*engine.sample)


def _key(fingerprint: str, names: list[str]) -> str:
    said = "\n".join([fingerprint, *names, machine()])
    return hashlib.blake2b(said.encode("utf-8"), digest_size=16).hexdigest()


def _read(note: Path) -> str:
    with contextlib.suppress(OSError, ValueError, AttributeError):
        return str(json.loads(note.read_text(encoding="ascii")).get("chosen"))
    return ""
