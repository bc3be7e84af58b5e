"""The strategies there are: one row each, no code.

Rates are AdamW's for batches of 16, chosen on validation parts: PneumoniaMNIST with EfficientNet-Lite0 and Blitzer
reviews with MiniLM. Images are not changed at random: on X-rays that made validation worse within these few epochs.
"""

from __future__ import annotations

from dataclasses import replace

from graft.finetune.strategy import Hold, Stage, Strategy, View
from graft.train import Recipe

BASE = Recipe(rate=2e-4, epochs=4, warm_up=0.1, weight_decay=0.01, clip=1.0)
HEAD = replace(BASE, rate=1e-3, epochs=20)
LOW_RANK = replace(BASE, rate=5e-4)
CLASSIC = Recipe(rate=1e-4, epochs=10, warm_up=0.0, weight_decay=0.0, clip=0.0, optimizer="adam", final_rate=1.0)
FEW = Recipe(rate=6e-4, epochs=6, warm_up=0.1, weight_decay=0.01, clip=1.0)
ALL, DECAYED = Stage(), Stage(decay=0.75)

ROWS = (
    Strategy("head-only", "a linear head alone, on features computed once", (Stage("head"),), HEAD, head="random"),
    Strategy("full", "everything at one rate, the head from nothing", (ALL,), BASE, head="random", head_rate=5.0),
    Strategy("last-blocks", "the last third of the depths and the head; what comes before runs once",
             (Stage("last", depth=1 / 3, decay=0.9),), replace(BASE, rate=3e-4)),
    Strategy("lp-ft", "the head fitted on frozen features, then all moves (Kumar et al. 2022, arXiv:2202.10054)",
             (ALL,), BASE, head_rate=0.5),
    Strategy("gradual", "one more third of the depths in every stage (Howard and Ruder 2018, arXiv:1801.06146)",
             (Stage("head", 0.1), Stage("last", 0.3, depth=1 / 3), Stage("last", 0.3, depth=2 / 3), Stage("all", 0.3)),
             BASE),
    Strategy("layer-decay", "each depth moves at 0.75 times the rate of the next (Clark et al. 2020, arXiv:2003.10555)",
             (DECAYED,), replace(BASE, rate=3e-4)),
    Strategy("surgical", "the first third alone, where inputs look different (Lee et al. 2023, arXiv:2210.11466)",
             (Stage("first", depth=1 / 3),), BASE, head_rate=0.1),
    Strategy("bitfit", "biases alone (Ben Zaken et al. 2022, arXiv:2106.10199)", (Stage("biases"),), LOW_RANK),
    Strategy("norm-only", "gains and biases of norms alone (Frankle et al. 2021, arXiv:2003.00152)",
             (Stage("norms"),), LOW_RANK),
    Strategy("lora", "low-rank matrices beside dense layers, merged at the end (Hu et al. 2022, arXiv:2106.09685)",
             (Stage("low-rank", rank=8),), LOW_RANK),
    Strategy("l2-sp", "all moves, pulled back to where it was (Li et al. 2018, arXiv:1802.01483)", (DECAYED,),
             replace(BASE, rate=3e-4, weight_decay=0.0), holds=(Hold("l2-sp", 0.01),)),
    Strategy("delta", "all moves, features that matter stay (Li et al. 2019, arXiv:1901.09229)", (DECAYED,),
             replace(BASE, rate=3e-4), holds=(Hold("delta", 0.01),)),
    Strategy("bss", "all moves, small singular values of features shrink (Chen et al. 2019, NeurIPS)", (DECAYED,),
             replace(BASE, rate=3e-4), holds=(Hold("bss", 0.001),)),
    Strategy("co-tuning", "all moves, the old classes stay in use (You et al. 2020, NeurIPS)", (DECAYED,),
             replace(BASE, rate=3e-4), holds=(Hold("co-tuning", 0.5),)),
    Strategy("wise-ft", "lp-ft, then mixed with the weights of the start (Wortsman et al. 2022, arXiv:2109.01903)",
             (ALL,), BASE, head_rate=0.5, ending="wise"),
    Strategy("soup", "layer-decay, then a mean of the weights on the way (Wortsman et al. 2022, arXiv:2203.05482)",
             (DECAYED,), replace(BASE, rate=3e-4), ending="soup"),
    Strategy("classic", "frozen body, dense 1024 relu, softmax, Adam 1e-4: the recipe of many tutorials with VGG16",
             (Stage("head"),), CLASSIC, head="dense"),
    Strategy("contrastive", "few texts: pairs of a class together, others apart, then a logistic head "
             "(Khosla et al. 2020, arXiv:2004.11362)", (Stage("last", depth=0.4),), FEW, loss="contrastive",
             view=View(batch=64)),
)  # fmt: skip
STRATEGIES: dict[str, Strategy] = {row.name: row for row in ROWS}
