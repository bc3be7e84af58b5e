"""Recordings as short clips that a browser plays: 8 bits, one channel, 8,000 samples a second."""

from __future__ import annotations

import io
import wave
from typing import Any

import numpy as np

from graft.data.sounds import decode_sound
from graft.reporting.showing.base import Show

RATE, LONGEST = 8000, 4


def clip(item: Any) -> bytes:
    """Give the first four seconds of a recording as a WAV file, as loud as it can be."""
    samples = decode_sound(item, RATE)[: RATE * LONGEST]
    loud = samples / max(float(np.abs(samples).max()), 1e-6)
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(RATE)
        file.writeframes(np.rint(loud * 127 + 128).astype(np.uint8).tobytes())
    return out.getvalue()


AUDIO = Show("audio/wav", clip, clip)
