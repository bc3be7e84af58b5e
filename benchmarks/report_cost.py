"""What the report costs: its share of the time of a fit of hymenoptera, with an empty cache and with a warm one."""

import tempfile
import time
from pathlib import Path

from common import need, say

import graft
from graft.extract.cache import Cache
from graft.reporting.report import PAGE, keep


def main() -> None:
    """Print the seconds of fit and report, the share, and the size of the page."""
    folder = need("images/hymenoptera")
    with tempfile.TemporaryDirectory() as place:
        cache = Cache(Path(place) / "cache")
        for state in ("empty", "warm"):
            start = time.perf_counter()
            model = graft.fit(folder / "train", test=folder / "val", cache=cache)
            run = model.save(Path(place) / state)
            fitted = time.perf_counter() - start
            start = time.perf_counter()
            keep(model, run)
            spent = time.perf_counter() - start
            say(
                cache=state,
                fit=round(fitted, 2),
                report=round(spent, 2),
                share=round(spent / (fitted + spent), 4),
                megabytes=round((run / PAGE).stat().st_size / 1e6, 2),
            )


if __name__ == "__main__":
    main()
