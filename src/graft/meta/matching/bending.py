"""Bending one drawing onto another: an affine map and a few displacements, found by gradient descent, and what is left.

In the spirit of elastic matching (Burr 1981) and of deformable templates (Jain et al. 1996, Object matching using
deformable templates), with the directional chamfer distance as the energy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from graft.meta.matching.drawing import Drawings

KNOTS = 4
STARTS = (0.0,)


@dataclass(frozen=True)
class Bending:
    """How far and how long: `rigid` steps of the affine map alone, then `elastic` ones with the knots too.

    A point that is d pixels off costs d^2 / (d^2 + radius^2). `affine` and `knots` weigh the squares of what moves;
    `starts` are turns in degrees to begin from, of which the one that leaves least counts. Chosen on the five alphabets
    of Omniglot's small background set, by 20-way one-shot tasks.
    """

    rigid: int = 40
    elastic: int = 30
    radius: float = 6.0
    affine: float = 0.05
    knots: float = 4.0
    rate: float = 0.06
    knot_rate: float = 0.02
    starts: tuple[float, ...] = STARTS

    @property
    def steps(self) -> int:
        """All steps."""
        return self.rigid + self.elastic

    def rates(self, step: int) -> tuple[float, float]:
        """Give the rates of the affine map and of the knots at a step."""
        last = step > 0.85 * self.steps
        if step < self.rigid:
            return self.rate, 0.0
        return self.rate * (0.1 if last else 0.4), self.knot_rate * (0.3 if last else 1.0)


class Pairs:
    """B pairs of drawings: `first` of `one` and `second` of `other`, with the maps between them as they are now."""

    def __init__(self, one: Drawings, other: Drawings, first: Tensor, second: Tensor, turn: float = 0.0) -> None:
        self.one, self.other, self.first, self.second = one, other, first, second
        c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
        begin = torch.tensor([c - 1, -s, s, c - 1, 0.0, 0.0])
        self.maps = begin.repeat(len(first), 1).requires_grad_()
        self.knots = torch.zeros(len(first), 2, 2, KNOTS, KNOTS, requires_grad=True)
        self.points = one.points[first], other.points[second]
        self.hats = hats(self.points[0]), hats(self.points[1])

    @property
    def matrix(self) -> Tensor:
        """The (B, 2, 2) matrices of the affine maps."""
        return self.maps[:, :4].view(-1, 2, 2) + torch.eye(2)

    def offsets(self) -> tuple[Tensor, Tensor]:
        """Give (B, P) distances: of the first's points, mapped, from the second's strokes, and the other way round.

        The way back is the inverse of the affine map, with knots of its own.
        """
        matrix, shift = self.matrix, self.maps[:, None, 4:]
        a, b, c, d = matrix.flatten(1).T
        size = (a * d - b * c).clamp(min=0.2)
        inverse = torch.stack([d, -b, -c, a], 1).view(-1, 2, 2) / size[:, None, None]
        there = self.points[0] @ matrix.transpose(1, 2) + shift + bent(self.hats[0], self.knots[:, 0])
        back = (self.points[1] - shift) @ inverse.transpose(1, 2) + bent(self.hats[1], self.knots[:, 1])
        return (
            looked_up(self.other.fields, self.second, self.one.bins[self.first], there),
            looked_up(self.one.fields, self.first, self.other.bins[self.second], back),
        )

    def effort(self) -> tuple[Tensor, Tensor]:
        """Give (B,) squares of the affine maps' moves, shifts by half, and of the knots'."""
        turned, shifted = self.maps[:, :4].square().sum(1), self.maps[:, 4:].square().sum(1)
        return turned + 0.5 * shifted, 4 * self.knots.square().mean((1, 2, 3, 4))


def energies(one: Drawings, other: Drawings, first: Tensor, second: Tensor, how: Bending) -> Tensor:
    """Give the (B,) energies that B pairs are left with once each is bent as well as it goes; 0 for equal drawings."""
    return torch.stack([_descended(Pairs(one, other, first, second, turn), how) for turn in how.starts]).amin(0)


def _descended(pairs: Pairs, how: Bending) -> Tensor:
    with torch.enable_grad():
        optimizer = torch.optim.Adam([{"params": [pairs.maps]}, {"params": [pairs.knots]}])
        for step in range(how.steps):
            for group, rate in zip(optimizer.param_groups, how.rates(step), strict=True):
                group["lr"] = rate
            optimizer.zero_grad()
            torch.autograd.backward(energy(pairs, how).sum())
            optimizer.step()
    with torch.no_grad():
        return energy(pairs, how)


def energy(pairs: Pairs, how: Bending) -> Tensor:
    """Give the (B,) energies as the pairs are bent now: mean costs of both ways, and the weighted efforts."""
    there, back = pairs.offsets()
    turned, bent_by = pairs.effort()
    return cost(there, how.radius) + cost(back, how.radius) + how.affine * turned + how.knots * bent_by


def cost(away: Tensor, radius: float) -> Tensor:
    """Give (B,) means of d^2 / (d^2 + t^2), t the radius, which no outlier raises above 1 (Geman and McClure 1985)."""
    square = away.square()
    return (square / (square + radius**2)).mean(1)


def hats(points: Tensor) -> tuple[Tensor, Tensor]:
    """Give the weights (B, P, KNOTS) of the knots' columns and rows at points, piecewise linear."""
    place = (points.clamp(-1, 1) + 1) / 2 * (KNOTS - 1)
    weights = (1 - (place[..., None] - torch.arange(KNOTS)).abs()).relu()
    return weights[:, :, 0], weights[:, :, 1]


def bent(weights: tuple[Tensor, Tensor], knots: Tensor) -> Tensor:
    """Give the (B, P, 2) displacements by (B, 2, KNOTS, KNOTS) knots."""
    return torch.einsum("bpi,bpj,bdij->bpd", weights[1], weights[0], knots)


def looked_up(fields: Tensor, number: Tensor, bins: Tensor, points: Tensor) -> Tensor:
    """Give (B, P) distances at points, bilinear in the field of a point's direction; outside, the way back is added."""
    side = fields.shape[-1]
    place = (points + 1) * ((side - 1) / 2)
    outside = (place - (side - 1)).relu() + (-place).relu()
    inside = place.clamp(0, side - 1.001)
    corner = inside.floor()
    x, y = (inside - corner).unbind(2)
    at = corner.long()
    start = ((number[:, None] * fields.shape[1] + bins) * side + at[..., 1]) * side + at[..., 0]
    flat = fields.flatten()
    above = flat[start] * (1 - x) + flat[start + 1] * x
    below = flat[start + side] * (1 - x) + flat[start + side + 1] * x
    return above * (1 - y) + below * y + outside.sum(2)
