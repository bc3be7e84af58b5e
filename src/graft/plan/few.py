"""What counts as few labels: so few that choosing by them would be noise."""

from __future__ import annotations

FEW = 32


def few_labels(count: int, n_classes: int) -> bool:
    """Say whether `count` labels are 32 a class or less; never of amounts, which have no classes."""
    return 0 < count <= FEW * n_classes
