"""fastai's `vision_learner(...).fine_tune(4)` beside graft's cold fit of the same photos with the same weights.

`--rival-python` names an interpreter that has fastai. Seconds are whole processes'.
"""

import subprocess
import sys

from beside import NETWORK, arguments, beside, tell

EPOCHS = 4


def train(photos: str, weights: str) -> float:
    """Fine-tune as fastai's own guide does and give the accuracy on the validation photos."""
    from fastai.vision.all import ImageDataLoaders, Resize, accuracy, set_seed, vision_learner

    set_seed(0)
    loaders = ImageDataLoaders.from_folder(photos, train="train", valid="val", item_tfms=Resize(224))
    learner = vision_learner(loaders, NETWORK, metrics=accuracy, pretrained_cfg_overlay={"file": weights})
    with learner.no_bar(), learner.no_logging():
        learner.fine_tune(EPOCHS)
        return float(learner.validate()[1])


def main() -> None:
    """Run beside graft, or be the rival."""
    asked = arguments(__doc__)
    if asked.work:
        tell(train(asked.work[0], asked.work[1]))
        return
    there = subprocess.run([asked.rival_python, "-c", "import fastai.vision.all"], capture_output=True).returncode == 0
    if not there:
        sys.exit("fastai is not installed here: pip install fastai, or name an interpreter that has it: --rival-python")
    beside(__file__, asked, "fastai fine_tune(4)")


if __name__ == "__main__":
    main()
