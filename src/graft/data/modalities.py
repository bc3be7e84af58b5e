"""The table of modalities: everything the readers know about a kind of input."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from graft.data.images import IMAGE_EXTENSIONS, holds_image
from graft.data.sounds import SOUND_EXTENSIONS, holds_sound
from graft.errors import DataError, did_you_mean


@dataclass(frozen=True)
class Modality:
    """One kind of input: how its files end, what messages call it, which column names promise it.

    `by_path` says what a string in a table means: the path of a file (true) or the input itself (false).
    `dims` are the numbers of dimensions one input may have as an array, `example` is the name of a file; `holds` says
    whether an object in memory is one such input.
    """

    name: str
    noun: str
    nouns: str
    extensions: frozenset[str]
    columns: tuple[str, ...]
    by_path: bool
    dims: tuple[int, ...] = ()
    example: str = ""
    holds: Callable[[Any], bool] = lambda item: isinstance(item, str)

    def is_file(self, name: str) -> bool:
        """Say whether a string ends as the files of this modality do."""
        low = PurePath(name.rstrip()).name.lower()
        return "\n" not in name and low.endswith(tuple(self.extensions)) and not low.startswith(".")

    def may_be(self, item: Any) -> bool:
        """Say whether an object is an input of this modality: a path that ends like its files, or what it `holds`."""
        if isinstance(item, str | os.PathLike):
            return self.is_file(os.fspath(item))
        return self.holds(item)


IMAGE = Modality(
    name="image",
    noun="image",
    nouns="images",
    extensions=IMAGE_EXTENSIONS,
    columns=("image", "img", "image_path", "img_path", "path", "file", "filename", "file_name", "filepath",
             "file_path", "image_file", "image_name", "photo", "picture"),
    by_path=True,
    dims=(2, 3),
    example="image.jpg",
    holds=holds_image,
)  # fmt: skip

AUDIO = Modality(
    name="audio",
    noun="recording",
    nouns="recordings",
    extensions=SOUND_EXTENSIONS,
    columns=("audio", "sound", "recording", "clip", "speech", "wav", "audio_path", "audio_file", "path", "file",
             "filename", "file_name", "filepath", "file_path"),
    by_path=True,
    example="recording.wav",
    holds=holds_sound,
)  # fmt: skip

TEXT = Modality(
    name="text",
    noun="text",
    nouns="texts",
    extensions=frozenset({".txt"}),
    columns=("text", "sentence", "review", "review_text", "content", "comment", "message", "document", "body",
             "utterance", "description", "tweet", "question"),
    by_path=False,
)  # fmt: skip

TABLE = Modality(
    name="table",
    noun="row",
    nouns="rows of numbers and categories",
    extensions=frozenset(),
    columns=(),
    by_path=False,
    dims=(1,),
)

MODALITIES: dict[str, Modality] = {modality.name: modality for modality in (TEXT, AUDIO, IMAGE, TABLE)}


def by_path() -> list[Modality]:
    """Give the modalities whose inputs are files, those told by their content first; images are what is left."""
    return [modality for modality in MODALITIES.values() if modality.by_path]


def modality_named(name: str) -> Modality:
    """Give the modality of this name; raises DataError with the nearest names."""
    if name not in MODALITIES:
        raise DataError(f"There is no modality {name!r}. {did_you_mean(name, MODALITIES)}")
    return MODALITIES[name]
