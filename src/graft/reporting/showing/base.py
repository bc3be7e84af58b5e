"""What a modality gives to show its samples by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Show:
    """How samples are shown: `mime` of what is kept; `small` and `large` turn one input into bytes of it.

    `small` may be None, where a sample has no small form that says anything; `most` bounds the bytes
    of all small ones, and of all large ones.
    """

    mime: str
    large: Callable[[Any], bytes]
    small: Callable[[Any], bytes] | None = None
    most: int = 1_500_000
