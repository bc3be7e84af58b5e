"""A stream: predictions of one batch after another by a network that adapts to them on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from graft.align.algebra import Floats
from graft.align.test_time.entropy import Entropy
from graft.align.test_time.manners import manner
from graft.align.test_time.statistics import Variety, follow, source_moments
from graft.backbones import trained
from graft.backbones.base import Backbone
from graft.errors import GraftError
from graft.heads.base import Head
from graft.heads.linear import LinearClassifier

NORMS = (nn.modules.batchnorm._NormBase, nn.LayerNorm, nn.GroupNorm, nn.RMSNorm)
ROWS = 32


class Stream:
    """Predicts and adapts, without labels and without source data; batches of any size, one class or many.

    `method` is statistics (the norms' statistics alone), tent (Wang et al. 2021, Tent, arXiv:2006.10726) or eata (Niu
    et al. 2022, Efficient Test-Time Model Adaptation without Forgetting, arXiv:2204.02610: it learns from sure rows
    that are unlike the moving mean of predictions, so that a stream of one class teaches nothing). Beside the paper,
    statistics are pooled with the source's, the less the fewer classes are predicted, and a pull to the source's
    parameters stands for its Fisher weights, which need source data. `reference` are some inputs of the source, fifty
    or more: a head fitted on a frozen backbone knows features by the backbone's own statistics, so that what changed is
    told against the source, not against what the backbone was pretrained on. Raises GraftError for another method, or a
    head that is no linear classifier on the embedding alone.
    """

    def __init__(
        self, backbone: Backbone, head: Head, method: str = "eata", device: str = "cpu", reference: Sequence[Any] = ()
    ) -> None:
        self._manner = manner(method)
        self._backbone, self._method = backbone, method
        if not isinstance(head, LinearClassifier) or head.n_features_in_ != backbone.card.dim:
            raise GraftError(
                "Adapting at test time needs a linear classifier on the backbone's embedding alone, such as 'logistic'."
            )
        self._coef, self._intercept = (
            torch.from_numpy(np.asarray(part, dtype=np.float32)).to(device) for part in (head.coef_, head.intercept_)
        )
        self._device = device
        self._body = backbone.trainable().requires_grad_(False).to(device).eval()
        self._variety = Variety(self._manner.even)
        self._following = False
        self._source = source_moments(self._body.network, lambda: self._walk(reference)) if len(reference) else []
        norms = [module for module in self._body.network.modules() if isinstance(module, NORMS)]
        parameters = [p for norm in norms for p in norm.parameters(recurse=False)] if self._manner.rate else []
        self._entropy = Entropy(parameters, self._manner) if parameters else None

    def predict_log_proba(self, inputs: Sequence[Any]) -> Floats:
        """Give the (B, K) log-probabilities of a batch by the network as it was, then let it learn from them.

        Raises DataError where an input cannot be read.
        """
        states = self._states(inputs)
        if not self._following:
            self._begin(*states)
        with torch.set_grad_enabled(self._entropy is not None):
            logs = self._scores(*states).log_softmax(1)
            self._variety.take(logs)
            if self._entropy is not None:
                self._entropy.learn(logs)
        return np.asarray(logs.detach().double().cpu().numpy(), dtype=np.float64)

    def _begin(self, *states: Tensor) -> None:
        """Look at the first batch with the source's statistics, and let the norms follow from then on."""
        with torch.no_grad():
            self._variety.take(self._scores(*states).log_softmax(1))
        follow(self._body.network, self._manner, self._variety, self._source)
        self._following = True

    def _states(self, inputs: Sequence[Any]) -> tuple[Tensor, ...]:
        states = self._body.collate([self._backbone.prepare(item) for item in inputs])
        return tuple(state.to(self._device) for state in states)

    def _walk(self, inputs: Sequence[Any]) -> Iterator[Tensor]:
        for start in range(0, len(inputs), ROWS):
            yield self._body(*self._states(inputs[start : start + ROWS]))

    def _scores(self, *states: Tensor) -> Tensor:
        return linear(self._body(*states), self._coef, self._intercept)

    def backbone(self) -> Backbone:
        """Give a backbone with the weights and statistics as they are now."""
        card = self._backbone.card
        told = f"{card.trained_on or card.name}, then adapted to a stream"
        return trained(self._backbone, self._body, name=f"{card.name}+{self._method}", trained_on=told)


def adapt_stream(
    backbone: Backbone,
    head: Head,
    batches: Iterable[Sequence[Any]],
    method: str = "eata",
    device: str = "cpu",
    reference: Sequence[Any] = (),
) -> Iterator[Floats]:
    """Give the (B, K) log-probabilities of each batch of inputs in turn; what `Stream` says holds."""
    stream = Stream(backbone, head, method, device, reference)
    return (stream.predict_log_proba(batch) for batch in batches)
