"""A small pair of domains: three classes, the target turned, moved and of other shares."""

import numpy as np
import pytest

from graft.align.domains import Source, Target
from graft.align.even import Even


def head_maker() -> Even:
    return Even(penalty=0.01)


@pytest.fixture
def pair() -> tuple[Source, Target, np.ndarray]:
    """Give 90 source rows, 75 target rows in 8 dimensions, and the target's labels, which no method sees."""
    draw = np.random.default_rng(3)
    means = 4 * np.eye(3, 8)
    y, yt = np.repeat([0, 1, 2], 30), np.repeat([0, 1, 2], [35, 25, 15])
    S = means[y] + draw.standard_normal((90, 8))
    turn = np.linalg.qr(np.eye(8) + 0.15 * draw.standard_normal((8, 8)))[0]
    turn = turn * np.sign(np.diag(turn))
    T = (means[yt] + draw.standard_normal((75, 8))) @ turn + 1.5
    return Source(S, y), Target(T), yt


@pytest.fixture
def wide() -> tuple[Source, Target, np.ndarray]:
    """Give the same kind of pair in 60 dimensions, where rows are brought to unit length."""
    draw = np.random.default_rng(5)
    means = 3 * np.eye(3, 60)
    y, yt = np.repeat([0, 1, 2], 20), np.repeat([0, 1, 2], [20, 15, 10])
    S = means[y] + 0.4 * draw.standard_normal((60, 60))
    T = means[yt] + 0.4 * draw.standard_normal((45, 60)) + np.linspace(0, 1, 60)
    return Source(S, y), Target(T), yt


@pytest.fixture
def mistaken(wide: tuple[Source, Target, np.ndarray]) -> tuple[Source, Target, np.ndarray]:
    """Give the wide pair, many of its target rows looking like the first class."""
    source, target, yt = wide
    return source, Target(target.X + 2.5 * np.eye(60)[0] - np.eye(60)[1]), yt
