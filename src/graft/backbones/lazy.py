"""Tensors that are read when the first of them is asked for: a converted network runs without them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


class LazyTensors(Mapping[str, "Tensor"]):
    """A mapping that `read` fills once, when it is first looked into."""

    def __init__(self, read: Callable[[], Mapping[str, Tensor]]) -> None:
        self._read = read

    @cached_property
    def _tensors(self) -> Mapping[str, Tensor]:
        return self._read()

    def __getitem__(self, key: str) -> Tensor:
        return self._tensors[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tensors)

    def __len__(self) -> int:
        return len(self._tensors)
