"""Which of a person's classes a backbone already knows."""

import pytest

from graft.plan.known import known_classes, singular, words

OWN = ["ant, emmet, pismire", "bee", "bee eater", "mountain bike, all-terrain bike", "laptop, laptop computer", "fly"]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("ants", {"ants": [0]}),
        ("Bees", {"Bees": [1]}),
        ("bike", {"bike": [3]}),
        ("laptop_computer", {"laptop_computer": [4]}),
        ("LaptopComputers", {"LaptopComputers": [4]}),
        ("flies", {"flies": [5]}),
        ("wasps", {}),
        ("---", {}),
    ],
)
def test_known_classes(name: str, wanted: dict[str, list[int]]) -> None:
    assert known_classes([name], OWN) == wanted


def test_words_and_singular() -> None:
    assert words("back_packs") == ("back", "pack")
    assert words("") == ()
    assert [singular(w) for w in ("boxes", "glass", "cactus", "berries", "bus", "iris")] == [
        "box", "glass", "cactus", "berry", "bus", "iris"
    ]  # fmt: skip
