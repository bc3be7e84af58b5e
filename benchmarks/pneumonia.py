"""PneumoniaMNIST: chosen on the official training and validation images, scored once on the official test images."""

import time

from common import need, say

import graft


def main() -> None:
    """Fit and print accuracy and AUROC on the test split with their intervals."""
    start = time.perf_counter()
    model = graft.fit(need("images/pneumonia/pneumoniamnist.npz"))
    assert model.scores is not None
    scores = model.scores.to_dict()
    say(
        data="pneumonia",
        train=model.record["data"]["counts"],
        accuracy=scores["accuracy"],
        auroc=scores["auroc"],
        balanced_accuracy=scores["balanced_accuracy"],
        chosen=model.record["chosen"],
        seconds=round(time.perf_counter() - start, 2),
    )


if __name__ == "__main__":
    main()
