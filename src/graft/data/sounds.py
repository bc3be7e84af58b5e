"""Any recording, as a file has it or as samples with their rate, to one channel at the rate a network hears."""

from __future__ import annotations

import io
import numbers
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.errors import DataError

SOUND_EXTENSIONS = frozenset(
    {".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".aifc", ".au", ".w64"}
)
MARKS = (b"fLaC", b"OggS", b"ID3", b".snd")
BOXES = (b"WAVE", b"AIFF", b"AIFC")
MP3_SYNC = 0xFFE0
SLOWEST_RATE, FASTEST_RATE = 1_000, 1_000_000
LONGEST = 3600.0
BLOCK = 2**18
CHANNELS = 32
WHOLE, UNKNOWN = 0.95, 2**31 - 2**16
SIZES = re.compile(r"^\s*(?:data|SSND) : (\d+) \(should be (\d+)\)", re.MULTILINE)
FULL_SCALE = {"b": 2.0**7, "h": 2.0**15, "i": 2.0**31, "l": 2.0**31, "q": 2.0**31}


def decode_sound(item: Any, rate: int) -> NDArray[np.float32]:
    """Give the (N,) float32 samples of a recording at `rate` a second: the mean of its channels, 1 being full scale.

    `item` is a path, encoded bytes, or samples with their rate: `(samples, rate)` with samples (N,) or (N, channels),
    whole numbers or fractions. Resampled by soxr, a part at a time. Raises DataError with the reason when it cannot be
    read, is cut short, has no samples, is silent throughout, is longer than an hour, or has a rate no recording has.
    """
    name = Path(item).name if isinstance(item, os.PathLike) else "The recording"
    try:
        return _checked(_decoded(item, rate), name)
    except DataError:
        raise
    except Exception as error:
        raise DataError(f"{name} {_reason(error)}") from error


def holds_sound(item: Any) -> bool:
    """Say whether an object in memory is a recording: encoded bytes, a media dictionary, or samples with their rate."""
    if isinstance(item, bytes | bytearray | memoryview):
        start = bytes(item[:12])
        return start.startswith(MARKS) or start[8:] in BOXES or int.from_bytes(start[:2], "big") & MP3_SYNC == MP3_SYNC
    if isinstance(item, dict):
        path, inside = item.get("path"), item.get("bytes")
        named = path is not None and Path(str(path)).suffix.lower() in SOUND_EXTENSIONS
        return named or "array" in item or (inside is not None and holds_sound(inside))
    return split_pair(item) is not None or (getattr(item, "ndim", 0) == 1 and item.dtype.kind in "iuf")


def split_pair(item: Any) -> tuple[NDArray[Any], int] | None:
    """Give samples and rate of a tuple of an array and a number, in either order; None where it is none."""
    if not isinstance(item, tuple) or len(item) != 2:
        return None
    first, second = item
    if isinstance(first, numbers.Real) and isinstance(second, np.ndarray):
        first, second = second, first
    if isinstance(first, np.ndarray) and isinstance(second, numbers.Real):
        return first, int(float(second))
    return None


def _decoded(item: Any, rate: int) -> NDArray[np.float32]:
    pair = split_pair(item)
    if pair is not None:
        samples = _scaled(pair[0])
        return _resampled(iter([samples.mean(axis=1)]), _rate(pair[1], len(samples)), rate)
    if isinstance(item, np.ndarray):
        raise DataError("Samples without their rate cannot be heard: give (samples, rate), such as (samples, 16000).")
    if not isinstance(item, bytes | bytearray | memoryview | os.PathLike):
        raise DataError(f"An input of type {type(item).__name__} is not a path, bytes, or samples with their rate.")
    data = Path(item).read_bytes() if isinstance(item, os.PathLike) else bytes(item)
    if not data:
        raise ValueError("it has no bytes")
    import soundfile

    with soundfile.SoundFile(io.BytesIO(data)) as file:
        own = _rate(file.samplerate, file.frames)
        _check_whole(*_sizes(file.extra_info))
        return _resampled(_blocks(file, own), own, rate)


def _blocks(file: Any, rate: int) -> Iterator[NDArray[np.float32]]:
    """Give the mean of the channels, a part at a time, and no more than the longest recording has."""
    left = int(LONGEST * rate)
    while len(part := file.read(BLOCK, dtype="float32", always_2d=True)):
        left -= len(part)
        if left < 0:
            raise _too_long()
        yield part.mean(axis=1)
    _check_whole(file.frames, int(LONGEST * rate) - left)


def _sizes(told: str) -> tuple[int, int]:
    """Give the bytes of samples that the header says and that there are, from what libsndfile tells of the file."""
    found = SIZES.search(told)
    said, held = map(int, found.groups()) if found else (0, 0)
    return (said, held) if said < UNKNOWN else (0, 0)


def _check_whole(said: int, held: int) -> None:
    """Raise DataError where hardly all is there of what a header says; a stream says nothing, or the most it can."""
    if held < WHOLE * said:
        raise DataError(f"It is cut short: {held / said:.0%} is there of what its header says. Copy the file again.")


def _resampled(blocks: Iterator[NDArray[np.float32]], own: int, rate: int) -> NDArray[np.float32]:
    if own == rate:
        parts = list(blocks)
    else:
        import soxr

        stream = soxr.ResampleStream(own, rate, 1, dtype="float32")
        parts = [stream.resample_chunk(np.ascontiguousarray(block)) for block in blocks]
        parts.append(stream.resample_chunk(np.zeros(0, np.float32), last=True))
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def _scaled(samples: NDArray[Any]) -> NDArray[np.float32]:
    """Give (N, channels) float32 samples: whole numbers over full scale, those without a sign around the middle."""
    if samples.ndim not in (1, 2) or samples.dtype.kind not in "iuf":
        raise DataError(
            f"An array of shape {samples.shape} and type {samples.dtype} is no recording: (samples,) or (samples, "
            "channels) of numbers is expected."
        )
    shaped = samples[:, None] if samples.ndim == 1 else samples
    if shaped.shape[1] > CHANNELS:
        raise DataError(
            f"An array of shape {samples.shape} would be {shaped.shape[1]} channels: give (samples, channels)."
        )
    if samples.dtype.kind == "f":
        return shaped.astype(np.float32)
    if samples.dtype.kind == "u":
        middle = 2.0 ** (8 * samples.dtype.itemsize - 1)
        return ((shaped - middle) / middle).astype(np.float32)
    return (shaped / FULL_SCALE[samples.dtype.char]).astype(np.float32)


def _rate(rate: int, frames: int) -> int:
    if not SLOWEST_RATE <= rate <= FASTEST_RATE:
        raise DataError(
            f"It says {rate} samples a second, and recordings have {SLOWEST_RATE:,} to {FASTEST_RATE:,}: its header, "
            "or the rate given, is wrong."
        )
    if frames > LONGEST * rate:
        raise _too_long()
    return int(rate)


def _too_long() -> DataError:
    return DataError(f"It is longer than {LONGEST / 3600:.0f} hour: cut it into pieces, each with its label.")


def _checked(samples: NDArray[np.float32], name: str) -> NDArray[np.float32]:
    if not len(samples):
        raise DataError(f"{name} holds no samples: the recording is empty.")
    if not np.isfinite(samples).all():
        raise DataError(f"{name} holds samples that are no finite numbers.")
    if not samples.any():
        raise DataError(f"{name} is silent from start to end, so there is nothing to hear in it.")
    return samples


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return f"does not exist (tried {error.filename})."
    if isinstance(error, PermissionError):
        return "may not be read (permission denied)."
    said = str(getattr(error, "error_string", "") or error or type(error).__name__).rstrip(". ")
    if "unknown format" in said.lower() or "not recognised" in said.lower():
        return "is no recording that can be read: its content is of no known format."
    return f"cannot be decoded ({said})."
