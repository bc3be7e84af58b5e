"""Batch norms that follow a stream: the source's statistics and those of what is seen, weighted by their samples."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

from graft.align.test_time.manners import Manner

NORMS = (nn.modules.batchnorm._BatchNorm,)
RECENT = 64.0

Moments = tuple[Tensor, Tensor]


class Variety:
    """How evenly recent predictions use the classes: (H(m) / ln K)^power of their mean m, the past of 64 rows at most.

    Before there is any it is 1.
    """

    def __init__(self, power: float) -> None:
        self._power = power
        self._mean: Tensor | None = None
        self._seen = 0.0

    def take(self, logs: Tensor) -> None:
        """Take in (B, K) log-probabilities."""
        now, past = logs.detach().exp().mean(0), min(self._seen, RECENT)
        self._mean = now if self._mean is None else (past * self._mean + len(logs) * now) / (past + len(logs))
        self._seen = past + len(logs)

    @property
    def value(self) -> float:
        """The number between 0, all of one class, and 1, all classes alike."""
        if self._mean is None:
            return 1.0
        entropy = -float((self._mean * self._mean.clamp(min=1e-12).log()).sum())
        found: float = (max(entropy, 0.0) / math.log(len(self._mean))) ** self._power
        return found


class Following:
    """Sets the statistics of one batch norm in evaluation mode before each batch that enters it.

    What enters is shifted and scaled from moments m, v to the source's m₀, v₀ and then normalised as ever: statistics
    of mean m - (m₀ - μ) √(v / v₀) and variance σ² v / v₀ do both at once, μ and σ² being the norm's own.
    m = (prior · m₀ + n · mₛ) / (prior + n) and v = (prior · (v₀ + (m₀ - m)²) + n · (vₛ + (mₛ - m)²)) / (prior + n):
    the moments of both sets together. mₛ, vₛ pool the stream in the same way, with its past counting for at most
    `memory` samples; n is their number times the variety of predictions. Schneider et al. 2020, Improving robustness
    against common corruptions by covariate shift adaptation (arXiv:2006.16971).
    """

    def __init__(self, norm: Any, manner: Manner, variety: Variety, source: Moments | None = None) -> None:
        self.manner, self.variety = manner, variety
        self.own = norm.running_mean.clone(), norm.running_var.clone()
        self.source = self.own if source is None else source
        self.stream = self.source
        self.seen = 0.0
        self.handle = norm.register_forward_pre_hook(self)

    def __call__(self, norm: Any, inputs: tuple[Tensor, ...]) -> None:
        """Take in a batch (B, C, …) and set the statistics that it is normalised by."""
        past, rows = min(self.seen, self.manner.memory), len(inputs[0])
        self.stream = pooled(self.stream, past, moments(inputs[0]), rows)
        self.seen = past + rows
        mean, var = pooled(self.source, self.manner.prior, self.stream, self.seen * self.variety.value)
        ratio = (var + norm.eps) / (self.source[1] + norm.eps)
        norm.running_mean.copy_(mean - (self.source[0] - self.own[0]) * ratio.sqrt())
        norm.running_var.copy_((self.own[1] + norm.eps) * ratio - norm.eps)


def moments(x: Tensor) -> Moments:
    """Give the (C,) means and variances of (B, C, …) over all else."""
    axes = [axis for axis in range(x.ndim) if axis != 1]
    return x.detach().mean(axes), x.detach().var(axes, unbiased=False)


def pooled(one: Moments, n: float, other: Moments, m: float) -> Moments:
    """Give mean and variance of two sets of n and m samples together, from theirs."""
    a, b = n / (n + m), m / (n + m)
    mean = a * one[0] + b * other[0]
    return mean, a * (one[1] + (one[0] - mean).square()) + b * (other[1] + (other[0] - mean).square())


def follow(network: nn.Module, manner: Manner, variety: Variety, source: list[Moments]) -> list[Following]:
    """Let the first share of a network's batch norms follow; `source` are their moments, in turn, or empty."""
    norms = following(network)
    given: list[Moments | None] = [*source] or [None] * len(norms)
    count = round(manner.depth * len(norms))
    return [Following(norm, manner, variety, known) for norm, known in zip(norms[:count], given[:count], strict=True)]


def following(network: nn.Module) -> list[Any]:
    """Give the batch norms of a network that keep statistics."""
    return [module for module in network.modules() if isinstance(module, NORMS) and module.running_mean is not None]


@torch.no_grad()
def source_moments(network: nn.Module, run: Callable[[], Iterable[Any]]) -> list[Moments]:
    """Give the moments of what enters each batch norm while `run()` goes through batches of the source, all alike."""
    norms = following(network)
    found: dict[int, Moments] = {}
    counts: dict[int, int] = {}

    def take(norm: Any, inputs: tuple[Tensor, ...]) -> None:
        """Pool the moments of one batch with those before."""
        key, rows = id(norm), len(inputs[0])
        before = found.get(key, moments(inputs[0]))
        found[key] = pooled(before, counts.get(key, 0), moments(inputs[0]), rows)
        counts[key] = counts.get(key, 0) + rows

    handles = [norm.register_forward_pre_hook(take) for norm in norms]
    for _ in run():
        pass
    for handle in handles:
        handle.remove()
    return [found[id(norm)] for norm in norms]


@torch.no_grad()
def learn_statistics(network: nn.Module, run: Any) -> None:
    """Replace all statistics of a network's batch norms by those of what `run()` shows it, batch by batch.

    Every batch is normalised by its own, as in training; the kept ones are their mean over batches.
    """
    norms = following(network)
    before = [(norm.momentum, norm.training) for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
        norm.train()
    run()
    for norm, (momentum, mode) in zip(norms, before, strict=True):
        norm.momentum = momentum
        norm.train(mode)
