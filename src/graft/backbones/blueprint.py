"""Blueprint: everything a backbone is built from, wherever it came from; what is saved and loaded again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graft.backbones.base import Card

if TYPE_CHECKING:
    from torch import Tensor

PREPROCESSING = ("modality", "sha256", "input_size", "mean", "std", "interpolation", "crop", "max_tokens")


@dataclass(frozen=True, eq=False)
class Blueprint:
    """A kind of network, its configuration in that kind's own words, its float32 weights, and its card.

    `classes` are the names of the classes its own classifier tells apart; `tokenizer` is the text of tokenizer.json.
    """

    kind: str
    card: Card
    config: dict[str, Any] = field(default_factory=dict)
    state: Mapping[str, Tensor] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    tokenizer: str = ""

    def fingerprint(self, numerics: str) -> str:
        """Hash weights, preprocessing and numerics to 32 hexadecimal digits."""
        shown = {name: getattr(self.card, name) for name in PREPROCESSING}
        said = json.dumps([self.kind, shown, self.config, self.tokenizer, numerics], sort_keys=True, default=list)
        return hashlib.blake2b(said.encode("utf-8"), digest_size=16).hexdigest()
