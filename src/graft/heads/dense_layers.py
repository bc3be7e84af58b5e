"""The two dense layers of the network head: scores, their loss and its gradient, in float32."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from graft.heads.losses import softmax_loss

Floats = NDArray[np.float32]


@dataclass(eq=False)
class Layers:
    """scores = relu(x A + a) B + b, all parameters in one vector `flat`, whose gradient is `gradient`.

    `hidden` A is (D, H), `bias` a (H,), `output` B (H, K), `intercept` b (K,); all are views of `flat`.
    """

    inputs: int
    width: int
    outputs: int
    flat: Floats = field(init=False)
    gradient: Floats = field(init=False)

    def __post_init__(self) -> None:
        size = (self.inputs + 1) * self.width + (self.width + 1) * self.outputs
        self.flat, self.gradient = np.zeros(size, np.float32), np.zeros(size, np.float32)
        self.hidden, self.bias, self.output, self.intercept = self.parts(self.flat)
        self._slopes = self.parts(self.gradient)

    def parts(self, flat: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Give views of a vector of all parameters as (D, H), (H,), (H, K) and (K,) arrays."""
        shapes = (self.inputs, self.width), (self.width,), (self.width, self.outputs), (self.outputs,)
        ends = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]
        one, two, three, four = (part.reshape(s) for part, s in zip(np.split(flat, ends), shapes, strict=True))
        return one, two, three, four

    def draw(self, random: np.random.Generator) -> None:
        """Draw He-normal weights for the hidden layer and small ones for the output; biases are zero."""
        self.flat[:] = 0
        for weights, variance in ((self.hidden, 2 / self.inputs), (self.output, 1 / self.width)):
            random.standard_normal(out=weights, dtype=np.float32)
            weights *= np.float32(variance**0.5)

    def scores(self, x: Floats) -> Floats:
        """Give the (n, K) scores of (n, D) inputs, nothing dropped."""
        return self._outer(self._inner(x))

    def backward(self, x: Floats, y: NDArray[np.int64], weight: Floats, kept: Floats | None = None) -> Floats:
        """Give the (n,) cross-entropies of samples, and leave the gradient of sum_i w_i loss_i in `gradient`.

        `kept` (n, H) multiplies the hidden units: zero where a unit is dropped, 1 / (1 - share) where it is not.
        """
        inner = self._inner(x)
        if kept is not None:
            inner *= kept
        scores = self._outer(inner)
        losses = cross_entropy(scores, y)
        scores *= weight[:, None]
        hidden, bias, output, intercept = self._slopes
        np.matmul(inner.T, scores, out=output)
        np.sum(scores, axis=0, out=intercept)
        back = scores @ self.output.T
        if kept is not None:
            back *= kept
        back *= inner > 0
        np.matmul(x.T, back, out=hidden)
        np.sum(back, axis=0, out=bias)
        return losses

    def _inner(self, x: Floats) -> Floats:
        inner: Floats = x @ self.hidden
        inner += self.bias
        np.maximum(inner, 0, out=inner)
        return inner

    def _outer(self, inner: Floats) -> Floats:
        found: Floats = inner @ self.output
        found += self.intercept
        return found


def cross_entropy(scores: Floats, y: NDArray[np.int64]) -> Floats:
    """Give the (n,) losses -log softmax(scores)[y] of (n, K) scores, and turn `scores` into p - onehot(y)."""
    losses: Floats = softmax_loss(scores.T[None], y)[0]
    return losses
