"""Random changes of inputs while training: of images, of texts, of recordings, and of whole batches."""

from graft.train.augment.base import Augment, in_turn
from graft.train.augment.colour import colour_jitter
from graft.train.augment.crop import random_resized_crop
from graft.train.augment.flip import flip
from graft.train.augment.gain import gain
from graft.train.augment.noise import noise
from graft.train.augment.rand_augment import rand_augment
from graft.train.augment.shift import shift
from graft.train.augment.spec_augment import spec_augment
from graft.train.augment.token_dropout import token_dropout

__all__ = [
    "Augment",
    "colour_jitter",
    "flip",
    "gain",
    "in_turn",
    "noise",
    "rand_augment",
    "random_resized_crop",
    "shift",
    "spec_augment",
    "token_dropout",
]
