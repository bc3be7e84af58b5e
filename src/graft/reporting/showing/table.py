"""The table of modalities that can be shown; samples of any other are known by name only."""

from __future__ import annotations

from graft.reporting.showing.audio import AUDIO
from graft.reporting.showing.base import Show
from graft.reporting.showing.image import IMAGE
from graft.reporting.showing.row import ROW
from graft.reporting.showing.text import TEXT

SHOWS: dict[str, Show] = {"image": IMAGE, "text": TEXT, "audio": AUDIO, "table": ROW}
