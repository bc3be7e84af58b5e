"""Text files in whatever encoding they came, and what is no text at all."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from graft.errors import DataError

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
FOREIGN = (
    (b"PK\x03\x04", "a zip or Excel file: save it as CSV"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "compressed with gzip: unpack it"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"PAR1", "a Parquet file: name it .parquet"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file: save it as CSV"),
)
NULS = 0.4
STRAY = 0.1


def read_text(path: Path, notes: list[str]) -> str:
    """Read a file as text: by its byte order mark, else as UTF-8, else as UTF-16 or Windows-1252, and note which.

    A few stray bytes in a file that is otherwise UTF-8 do not make it another encoding. Raises DataError for a file
    that cannot be opened or is binary.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}).") from error
    for start, what in FOREIGN:
        if data.startswith(start):
            raise DataError(f"{path} is no text but {what}.")
    text, encoding = decoded(data)
    if "\0" in text:
        raise DataError(f"{path} is a binary file, not text.")
    if encoding != "utf-8":
        notes.append(f"{path.name} is not in UTF-8 and was read as {encoding}.")
    elif stray := text.count("\N{REPLACEMENT CHARACTER}"):
        notes.append(
            f"{path.name} is in UTF-8 but for {stray} characters, which are shown as \N{REPLACEMENT CHARACTER}."
        )
    return text


def decoded(data: bytes) -> tuple[str, str]:
    """Give the text of bytes and the encoding that was taken."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace"), encoding
    first = data[:200]
    for encoding, odd in (("utf-16-le", 1), ("utf-16-be", 0)):
        if first and first[odd::2].count(0) > NULS * len(first):
            return data.decode(encoding, "replace"), encoding
    text = data.decode("utf-8", "replace")
    stray = text.count("\N{REPLACEMENT CHARACTER}")
    if not stray or stray <= STRAY * len(re.findall(r"[^\x00-\x7f]", text)):
        return text, "utf-8"
    try:
        return data.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"
