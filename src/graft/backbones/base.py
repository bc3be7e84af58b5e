"""Backbone: a pretrained model with its own preprocessing, and the card that says where it comes from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from graft.backbones.trainable import Trainable

    Matrix = NDArray[np.float32] | csr_matrix


@dataclass(frozen=True)
class Card:
    """Where a backbone comes from and what it expects; enough to cite it and to use it right.

    `parent` is the backbone whose weights it started from, where its own were moved by training. `block` is the layer,
    counted from 1, whose mean state is the embedding, where a network of several has been measured.
    """

    name: str
    modality: str
    source: str
    licence: str
    parameters: int
    dim: int
    sha256: str = ""
    trained_on: str = ""
    input_size: int = 0
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    interpolation: str = ""
    crop: float = 1.0
    max_tokens: int = 0
    parent: str = ""
    block: int = 0


class Backbone(ABC):
    """What every room uses of a pretrained model.

    `prepare` turns one input into what the network reads and may run in several threads at once; `embed` runs the
    network on a batch of those. A row of features is the embedding (`card.dim` numbers) and, from networks that have
    them, `stages` numbers of its stage summaries; where these are `blocks` as wide as the embedding, each can be shown
    alone. The features of an input must not depend on which other inputs share its batch. `runtime` names what the
    network runs in, `device` where; with `exact` all numbers are float32, all decoding is in full. `group` is how many
    prepared inputs `embed` is best handed at once; what is `cheap` is made again rather than looked up.
    """

    card: Card
    class_names: tuple[str, ...] = ()
    cheap: bool = False
    stages: int = 0
    blocks: int = 0
    exact: bool = False
    runtime: str = ""
    device: str = "cpu"
    group: int = 64

    @property
    @abstractmethod
    def fingerprint(self) -> str:
        """Same weights, same preprocessing and same numerics give the same string (32 hexadecimal digits)."""

    @abstractmethod
    def prepare(self, item: Any) -> Any:
        """Decode and preprocess one input; raises DataError with a reason when it cannot be read."""

    @abstractmethod
    def embed(self, batch: Sequence[Any]) -> Matrix:
        """Give the (B, width) float32 features of B prepared inputs; a word-count backbone gives a sparse matrix."""

    @property
    def width(self) -> int:
        """The numbers in a row of features."""
        return self.card.dim + self.stages

    def cost(self, prepared: Any) -> int:
        """Give the relative cost of one prepared input (its tokens, say), by which batches are sorted and filled."""
        return 1

    def class_scores(self, features: NDArray[np.float32]) -> NDArray[np.float32] | None:
        """Give the (N, C) log-probabilities of the classes the backbone was trained on, from its features, or None."""
        return None

    @property
    def module(self) -> torch.nn.Module:
        """The network itself, for fine-tuning; raises BackboneError where there is none."""
        from graft.errors import BackboneError

        raise BackboneError(f"{self.card.name} has no network to fine-tune.")

    def trainable(self) -> Trainable:
        """Give the network as a function with gradients, a new copy; raises BackboneError where there is none."""
        from graft.errors import BackboneError

        raise BackboneError(f"{self.card.name} has no network to fine-tune.")
