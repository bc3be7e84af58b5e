"""The words of a page, from one table of languages; what a fit recorded stays in the words it was recorded in."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from graft.errors import GraftError, did_you_mean

TABLE = Path(__file__).parent / "words.toml"
LANGUAGES = {"en": "English", "zh": "中文"}


@functools.cache
def table() -> Mapping[str, Mapping[str, str]]:
    """Give the table: key, language, words."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


class Words:
    """The words of one language: `words(key, name=value)` fills the braces; `{name:.1%}` formats as Python does."""

    def __init__(self, language: str = "en") -> None:
        if language not in LANGUAGES:
            raise GraftError(f"A report cannot be written in {language!r}. {did_you_mean(language, LANGUAGES)}")
        self.language = language

    def __call__(self, key: str, **values: Any) -> str:
        """Give the words of a key, their braces filled in."""
        return table()[key][self.language].format(**values)

    def has(self, key: str) -> bool:
        """Say whether the table knows a key."""
        return key in table()

    def under(self, prefix: str) -> dict[str, str]:
        """Give all words whose key begins with `prefix`, which is cut off; their braces stay."""
        return {k.removeprefix(prefix): row[self.language] for k, row in table().items() if k.startswith(prefix)}
