"""The table of modalities: everything the readers know about a kind of input."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from graft.data.images import IMAGE_EXTENSIONS
from graft.errors import DataError, did_you_mean


@dataclass(frozen=True)
class Modality:
    """One kind of input: how its files end, what messages call it, which column names promise it.

    `by_path` says what a string in a table means: the path of a file (true) or the input itself (false).
    `dims` are the numbers of dimensions one input may have as an array.
    """

    name: str
    noun: str
    nouns: str
    extensions: frozenset[str]
    columns: tuple[str, ...]
    by_path: bool
    dims: tuple[int, ...] = ()

    def is_file(self, name: str) -> bool:
        """Say whether a string ends as the files of this modality do."""
        return "\n" not in name and PurePath(name.strip()).suffix.lower() in self.extensions


IMAGE = Modality(
    name="image",
    noun="image",
    nouns="images",
    extensions=IMAGE_EXTENSIONS,
    columns=("image", "img", "image_path", "img_path", "path", "file", "filename", "file_name", "filepath",
             "file_path", "image_file", "image_name", "photo", "picture"),
    by_path=True,
    dims=(2, 3),
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

MODALITIES: dict[str, Modality] = {modality.name: modality for modality in (TEXT, IMAGE)}


def modality_named(name: str) -> Modality:
    """Give the modality of this name; raises DataError with the nearest names."""
    if name not in MODALITIES:
        raise DataError(f"There is no modality {name!r}. {did_you_mean(name, MODALITIES)}")
    return MODALITIES[name]
