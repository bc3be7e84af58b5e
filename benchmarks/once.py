"""Embedded once: a second fit embeds nothing, and after ten new photos it embeds ten."""

import os
import shutil
import tempfile
import time
from pathlib import Path

from common import need, say

import graft


def fit(folder: Path) -> dict[str, float]:
    """Fit with one backbone and give how many inputs were embedded and the seconds it took."""
    start = time.perf_counter()
    model = graft.fit(folder, backbone="efficientnet-lite0")
    return {"embedded": model.record["embedded"], "seconds": round(time.perf_counter() - start, 2)}


def main() -> None:
    """Fit 235 photos, again, and again with ten more, in an empty cache."""
    photos = sorted(need("images/hymenoptera/train").rglob("*.jpg"))
    with tempfile.TemporaryDirectory() as temporary:
        os.environ["GRAFT_CACHE"] = f"{temporary}/cache"
        folder = Path(temporary) / "photos"
        for photo in photos[:-10]:
            (folder / photo.parent.name).mkdir(parents=True, exist_ok=True)
            shutil.copy(photo, folder / photo.parent.name)
        first, second = fit(folder), fit(folder)
        for photo in photos[-10:]:
            shutil.copy(photo, folder / photo.parent.name)
        say(data="embedded once", first=first, second=second, after_ten_new=fit(folder))


if __name__ == "__main__":
    main()
