"""Where graft keeps what it can make again: features, and which files were checked."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """Give the folder of everything that can be made again: GRAFT_CACHE, or the system's place for caches."""
    if named := os.environ.get("GRAFT_CACHE"):
        return Path(named).expanduser()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        return (Path(base) if base else Path.home() / "AppData" / "Local") / "graft" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "graft"
    named = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(named) if Path(named).is_absolute() else Path.home() / ".cache") / "graft"
