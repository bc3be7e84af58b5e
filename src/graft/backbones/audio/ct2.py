"""Arrays out of a CTranslate2 file (`model.bin`, versions 5 and 6), without CTranslate2."""

from __future__ import annotations

import math
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from graft.errors import BackboneError

VERSIONS = (5, 6)
TYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}
MOST_NAME, MOST_RANK = 4096, 8


def read_ct2(path: Path, prefix: str = "") -> tuple[str, dict[str, NDArray[np.generic]]]:
    """Give the name of the network and its arrays by name, those that begin with `prefix`, without it.

    The file is a version, the name, a revision and the number of arrays; then for each its name, rank, shape, type,
    bytes and values, all little-endian; at the end come other names for arrays, which are left aside. The arrays are
    mapped, not read. Raises BackboneError when the file is of another form, cut short, or in a type not known here.
    """
    try:
        data = np.memmap(path, np.uint8, "r")
        return _Reader(data).read(prefix)
    except (OSError, ValueError, struct.error, UnicodeDecodeError) as error:
        raise BackboneError(f"{path} is no CTranslate2 file that can be read ({error}).") from error


class _Reader:
    def __init__(self, data: NDArray[np.uint8]) -> None:
        self.data = data
        self.place = 0

    def read(self, prefix: str) -> tuple[str, dict[str, NDArray[np.generic]]]:
        version = self.number("I")
        if version not in VERSIONS:
            raise ValueError(f"version {version}, known are {' and '.join(map(str, VERSIONS))}")
        name, _ = self.text(), self.number("I")
        arrays: dict[str, NDArray[np.generic]] = {}
        for _ in range(self.number("I")):
            key, values = self.text(), self.array()
            if key.startswith(prefix):
                arrays[key.removeprefix(prefix)] = values
        return name, arrays

    def number(self, form: str) -> int:
        size = struct.calcsize(form)
        found: int = struct.unpack("<" + form, self.bytes(size).tobytes())[0]
        return found

    def text(self) -> str:
        length = self.number("H")
        if length > MOST_NAME:
            raise ValueError(f"a name of {length} letters")
        return self.bytes(length).tobytes().rstrip(b"\0").decode("utf-8")

    def array(self) -> NDArray[np.generic]:
        rank = self.number("B")
        if rank > MOST_RANK:
            raise ValueError(f"an array of {rank} dimensions")
        shape = tuple(self.number("I") for _ in range(rank))
        kind, size = self.number("B"), self.number("I")
        if kind not in TYPES:
            raise ValueError(f"numbers of the type {kind}, known are {', '.join(map(str, TYPES))}")
        values = self.bytes(size)
        if size != math.prod(shape) * np.dtype(TYPES[kind]).itemsize:
            raise ValueError(f"{size} bytes for an array of shape {shape}")
        return np.frombuffer(values, np.dtype(TYPES[kind]).newbyteorder("<")).reshape(shape)

    def bytes(self, size: int) -> NDArray[np.uint8]:
        if self.place + size > len(self.data):
            raise ValueError("it is cut short")
        self.place += size
        return self.data[self.place - size : self.place]
