"""Ants and bees: `graft.fit` with nothing chosen; 245 photos to learn from, 153 to be scored on."""

import time

from common import need, say

import graft


def main() -> None:
    """Fit and print accuracy with its interval, what was chosen, and the seconds it took."""
    folder = need("images/hymenoptera")
    start = time.perf_counter()
    model = graft.fit(folder / "train", test=folder / "val")
    assert model.scores is not None
    say(
        data="hymenoptera",
        accuracy=model.scores.to_dict()["accuracy"],
        chosen=model.record["chosen"],
        known=model.record["known_classes"],
        embedded=model.record["embedded"],
        seconds=round(time.perf_counter() - start, 2),
    )


if __name__ == "__main__":
    main()
