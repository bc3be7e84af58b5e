"""One layer of a network run straight from its weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor


class Layer(NamedTuple):
    """A convolution with its batch norm folded in, whether ReLU6 follows, and whether one kernel does both."""

    weight: Tensor
    bias: Tensor
    stride: int
    relu: bool
    fused: bool
