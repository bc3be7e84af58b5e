"""Photos as small JPEGs: a thumbnail for every sample, a larger one for those that are looked at."""

from __future__ import annotations

import io
from typing import Any

from graft.data.images import decode
from graft.reporting.showing.base import Show

SMALL, LARGE, SHORT = 72, 256, 0.7


def thumbnail(item: Any, side: int) -> bytes:
    """Give a JPEG whose longer side has `side` pixels at most (small pictures grow to a quarter of it)."""
    from PIL.Image import Resampling

    picture = decode(item, at_least=round(SHORT * side))
    scale = side / max(picture.size)
    if scale < 1:
        picture = picture.resize(
            (max(1, round(picture.width * scale)), max(1, round(picture.height * scale))),
            Resampling.BILINEAR,
            reducing_gap=2.0,
        )
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=60 if side <= SMALL else 75)
    return out.getvalue()


def small(item: Any) -> bytes:
    """Give the thumbnail that is seen beside a pointer."""
    return thumbnail(item, SMALL)


def large(item: Any) -> bytes:
    """Give the picture that is looked at."""
    return thumbnail(item, LARGE)


IMAGE = Show("image/jpeg", large, small)
