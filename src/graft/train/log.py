"""The log a program can read: one JSON object a line, in a file that a resumed run cuts back to its checkpoint."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class Log:
    """Appends to `path`, or nowhere when that is None."""

    def __init__(self, path: Path | None) -> None:
        self.path = path

    def write(self, kind: str, facts: Mapping[str, Any]) -> None:
        """Append one line; numbers that are not finite become null, as JSON has none."""
        if self.path is None:
            return
        finite = {key: None if isinstance(v, float) and not math.isfinite(v) else v for key, v in facts.items()}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"kind": kind, **finite}) + "\n")

    @property
    def size(self) -> int:
        """The bytes written so far."""
        return self.path.stat().st_size if self.path is not None and self.path.exists() else 0

    def cut(self, size: int) -> None:
        """Forget what came after the first `size` bytes."""
        if self.path is not None and self.size > size:
            os.truncate(self.path, size)
