"""Adam on one flat vector of parameters, in place and in pieces that stay in the processor's cache."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PIECE = 16_384


class Adam:
    """m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g²; x -= rate * (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps).

    `step` changes the float32 parameters in place. Kingma and Ba 2015, Adam: A Method for Stochastic Optimization.
    """

    def __init__(self, size: int, rate: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8):
        self.rate = rate
        self.betas = betas
        self.eps = eps
        self.steps = 0
        self._mean = np.zeros(size, np.float32)
        self._square = np.zeros(size, np.float32)
        self._room = np.empty(min(size, PIECE), np.float32)

    def step(self, parameters: NDArray[np.float32], gradient: NDArray[np.float32]) -> None:
        """Move (n,) parameters once, against their (n,) gradient.

        What is kept is m / (1 - b1) and v / (1 - b2), which saves two multiplications of everything.
        """
        self.steps += 1
        slow, slower = self.betas
        unit = ((1 - slower) / (1 - slower**self.steps)) ** 0.5
        rate, eps = np.float32(self.rate * (1 - slow) / (1 - slow**self.steps) / unit), np.float32(self.eps / unit)
        for start in range(0, len(parameters), PIECE):
            part = slice(start, start + PIECE)
            g, m, v = gradient[part], self._mean[part], self._square[part]
            room = self._room[: len(g)]
            m *= np.float32(slow)
            m += g
            np.multiply(g, g, out=room)
            v *= np.float32(slower)
            v += room
            np.sqrt(v, out=room)
            room += eps
            np.divide(m, room, out=room)
            room *= rate
            parameters[part] -= room
