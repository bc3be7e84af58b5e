"""The names people give to training, validation and test data."""

from __future__ import annotations

from graft.data.dataset import Part

PARTS: dict[str, Part] = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
}


def part_named(name: object) -> Part | None:
    """Give the part a folder or a value of a split column stands for, or None."""
    return PARTS.get(str(name).strip().casefold())
