"""Random changes of inputs while training: of images, of texts, and of whole batches."""

from graft.train.augment.base import Augment, in_turn
from graft.train.augment.colour import colour_jitter
from graft.train.augment.crop import random_resized_crop
from graft.train.augment.flip import flip
from graft.train.augment.rand_augment import rand_augment
from graft.train.augment.token_dropout import token_dropout

__all__ = ["Augment", "colour_jitter", "flip", "in_turn", "rand_augment", "random_resized_crop", "token_dropout"]
