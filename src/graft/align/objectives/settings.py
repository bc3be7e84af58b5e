"""The domain objectives by name, with their strengths: what is known of them without loading torch."""

from __future__ import annotations

from typing import NamedTuple


class Setting(NamedTuple):
    """How strongly an objective counts beside the source's cross-entropy, and whether that grows along `ramp`.

    Adversarial ones grow by their reversed gradient alone.
    """

    strength: float
    grows: bool


SETTINGS: dict[str, Setting] = {
    "mmd": Setting(1.0, grows=True),
    "jan": Setting(1.0, grows=True),
    "deep-coral": Setting(10.0, grows=False),
    "dann": Setting(1.0, grows=False),
    "cdan": Setting(1.0, grows=False),
    "mdd": Setting(1.0, grows=False),
    "fixmatch": Setting(1.0, grows=False),
    "minimum-confusion": Setting(1.0, grows=False),
    "nuclear-norm": Setting(1.0, grows=False),
    "information": Setting(0.3, grows=False),
}
