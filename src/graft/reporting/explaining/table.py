"""The table of modalities whose samples can be explained."""

from __future__ import annotations

from graft.reporting.explaining.audio import moments
from graft.reporting.explaining.base import Cut
from graft.reporting.explaining.columns import columns
from graft.reporting.explaining.image import tiles
from graft.reporting.explaining.text import runs

CUTS: dict[str, Cut] = {"image": tiles, "text": runs, "audio": moments, "table": columns}
