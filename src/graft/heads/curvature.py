"""The curvature that L-BFGS has seen: the last steps and changes of gradient of many problems, in compact form."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Memory:
    """The last m steps S and changes of gradient Y of each of P problems, (P, m, n) each, in a ring.

    A pair without positive curvature is kept as zeros and counts for nothing. Beside them, oldest first, stand the
    inverse of R, the upper triangle of S Y', its diagonal D, and Y Y'; a new pair adds a row and a column to each.
    """

    def __init__(self, length: int, problems: int, size: int) -> None:
        self._steps = np.zeros((problems, length, size))
        self._changes = np.zeros((problems, length, size))
        self._inverse = np.zeros((problems, length, length))
        self._inner = np.zeros((problems, length, length))
        self._diagonal = np.zeros((problems, length, 1))
        self._scale = np.ones((problems, 1, 1))
        self._order = np.arange(length)

    def add(self, step: NDArray[np.float64], change: NDArray[np.float64]) -> None:
        """Remember a (P, ...) pair in place of the oldest."""
        step, change = step.reshape(len(step), -1), change.reshape(len(change), -1)
        slot = self._order[0]
        self._order = np.roll(self._order, -1)
        curvature, square = np.vecdot(step, change), np.vecdot(change, change)
        good = curvature > 1e-14 * square
        np.multiply(step, good[:, None], out=self._steps[:, slot])
        np.multiply(change, good[:, None], out=self._changes[:, slot])
        self._scale[good, 0, 0] = curvature[good] / square[good]
        column = self._changes[:, slot, :, None]
        crossed, squares = (self._steps @ column)[:, self._order], (self._changes @ column)[:, self._order]
        for held in (self._inverse, self._inner, self._diagonal):
            held[:, :-1] = held[:, 1:].copy()
        for held in (self._inverse, self._inner):
            held[:, :, :-1] = held[:, :, 1:].copy()
        last = np.where(good, curvature, 1.0)[:, None, None]
        self._inverse[:, -1, :] = 0
        self._inverse[:, :-1, -1:] = -self._inverse[:, :-1, :-1] @ crossed[:, :-1] / last
        self._inverse[:, -1, -1] = 1 / last[:, 0, 0]
        self._diagonal[:, -1] = crossed[:, -1]
        self._inner[:, :, -1] = self._inner[:, -1, :] = squares[:, :, 0]

    def keep(self, which: NDArray[np.bool_]) -> None:
        """Drop the problems that are finished."""
        self._steps, self._changes, self._scale = self._steps[which], self._changes[which], self._scale[which]
        self._inverse, self._inner, self._diagonal = self._inverse[which], self._inner[which], self._diagonal[which]

    def forget(self, which: NDArray[np.bool_]) -> None:
        """Forget all pairs of these problems."""
        if which.any():
            self._steps[which] = self._changes[which] = 0
            self._inverse[which] = self._inner[which] = self._diagonal[which] = 0
            self._scale[which] = 1

    def descent(self, gradient: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give minus the inverse curvature H times the (P, ...) gradient g.

        H g = c g + S' a - c Y' u, with c the inverse curvature along the last pair, u = R⁻¹ S g and
        a = R⁻ᵀ ((D + c Y Y') u - c Y g).
        Byrd, Nocedal and Schnabel 1994, Representations of quasi-Newton matrices, equation 3.1.
        """
        g, c = gradient.reshape(len(gradient), -1, 1), self._scale
        along, across = (self._steps @ g)[:, self._order], (self._changes @ g)[:, self._order]
        u = self._inverse @ along
        a = self._inverse.transpose(0, 2, 1) @ (self._diagonal * u + c * (self._inner @ u - across))
        weights = np.empty((2, *a.shape))
        weights[0, :, self._order], weights[1, :, self._order] = a.transpose(1, 0, 2), (c * u).transpose(1, 0, 2)
        found = self._changes.transpose(0, 2, 1) @ weights[1] - self._steps.transpose(0, 2, 1) @ weights[0] - c * g
        descent: NDArray[np.float64] = found.reshape(gradient.shape)
        return descent
