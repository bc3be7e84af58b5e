"""No transfer at all: the control that says what starting from pretrained weights was worth."""

from __future__ import annotations

from graft.finetune.strategy import Stage, Strategy, View
from graft.train import Recipe

SCRATCH = Strategy(
    "scratch",
    "a network with random weights, all of it trained on these samples alone",
    (Stage(),),
    Recipe(rate=3e-3, epochs=20, warm_up=0.1, weight_decay=0.05, clip=1.0),
    head="random",
    view=View(augment=("flip",)),
    norms_follow=True,
)
