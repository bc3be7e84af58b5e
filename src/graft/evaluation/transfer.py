"""The transfer verdict: whether starting from a pretrained backbone helped, made no difference, or harmed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from numpy.typing import NDArray

from graft.evaluation.compare import Comparison, compare

Outcome = Literal["helped", "harmed", "made no difference"]
WORDS: dict[str, Outcome] = {"better": "helped", "worse": "harmed", "not told apart": "made no difference"}


@dataclass(frozen=True)
class TransferVerdict:
    """What transfer did to the score, beside training from scratch, and what was chosen beside the frozen head.

    `scratch` compares the chosen model with one of the same data and no pretrained weights; `frozen` compares it with
    the frozen backbone's head, and is None where that is what was chosen.
    """

    outcome: Outcome
    sentence: str
    scratch: Comparison
    frozen: Comparison | None = None

    def to_dict(self) -> dict[str, Any]:
        """Give it as values that JSON can hold."""
        rows = {"scratch": self.scratch} | ({"frozen": self.frozen} if self.frozen else {})
        return {"outcome": self.outcome, "sentence": self.sentence} | {
            name: {
                "metric": c.metric,
                "chosen": c.first,
                name: c.second,
                "difference": c.difference,
                "low": c.low,
                "high": c.high,
            }
            for name, c in rows.items()
        }


def transfer_verdict(
    targets: NDArray[Any],
    chosen: NDArray[Any],
    scratch: NDArray[Any],
    frozen: NDArray[Any] | None = None,
    *,
    learner: str = "a small network",
    groups: NDArray[Any] | None = None,
    seed: int = 0,
) -> TransferVerdict:
    """Compare (N, K) probabilities by accuracy, or (N,) numbers by mean absolute error, on samples none was fitted on.

    The interval is that of the paired difference (`compare`); transfer helped, or harmed, only where it leaves out 0.
    `learner` says in words what was trained from scratch. Raises DataError on bad values.
    """
    metric = "accuracy" if chosen.ndim == 2 else "mae"
    word = "accuracy" if metric == "accuracy" else "mean absolute error"
    first = compare(targets, chosen, scratch, metric, groups=groups, seed=seed)
    second = None if frozen is None else compare(targets, chosen, frozen, metric, groups=groups, seed=seed)
    outcome = WORDS[first.outcome]
    chance = f" that could be told from chance (p = {first.p_value:.2f})" if first.outcome == "not told apart" else ""
    gain = f"{first.difference:+.3f} [{first.low:+.3f}, {first.high:+.3f}]"
    sentence = (
        f"Transfer {outcome}{chance}: {word} {gain} beside {learner} trained from scratch on the same data "
        f"({first.second:.3f})."
    )
    if second is not None:
        gain = f"{second.difference:+.3f} [{second.low:+.3f}, {second.high:+.3f}]"
        sentence += f" Moving weights {WORDS[second.outcome]}: {gain} beside the frozen choice."
    return TransferVerdict(outcome, sentence, first, second)
