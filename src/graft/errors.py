"""Errors a person can act on: what was wrong, where, and what to do instead."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class GraftError(Exception):
    """Any problem graft reports in a sentence; the command line prints it without a traceback."""


class DataError(GraftError):
    """Something is wrong with the inputs, the labels, or the way they are laid out."""


class BackboneError(GraftError):
    """A backbone is unknown, cannot be reached, or is not the file it should be."""


class HubError(BackboneError):
    """A backbone lies on a hub that cannot be reached from here, and is not on this machine."""


class ModelError(GraftError):
    """A saved model cannot be written, read, or used on this input."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Give the end of an error sentence: the nearest known names, or all of them when none is near."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=2, cutoff=0.5)
    if near:
        return f"Did you mean {' or '.join(repr(n) for n in near)}?"
    return f"Known: {', '.join(names)}." if names else ""
