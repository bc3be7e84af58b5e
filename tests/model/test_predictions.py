"""Predictions as CSV and JSON Lines hold the same rows."""

import csv
import io
import json

import numpy as np

from graft.model.predictions import Predictions

PREDICTIONS = Predictions(
    ["a,b.jpg", "ünïcode\n.jpg"],
    np.array(["cat", "dog"]),
    ("cat", "dog"),
    np.array([[0.75, 0.25], [0.125, 0.875]]),
)


def test_csv_and_json_lines_agree() -> None:
    table = list(csv.DictReader(io.StringIO(PREDICTIONS.to_csv())))
    lines = [json.loads(line) for line in PREDICTIONS.to_jsonl().splitlines()]
    assert [{k: str(v) for k, v in line.items()} for line in lines] == table
    assert lines[1] == {
        "input": "ünïcode\n.jpg", "prediction": "dog", "confidence": 0.875, "p(cat)": 0.125, "p(dog)": 0.875
    }  # fmt: skip


def test_numbers_have_no_probabilities() -> None:
    numbers = Predictions(["row 1"], np.array([2.5]))
    assert numbers.to_csv() == "input,prediction\nrow 1,2.5\n"
    assert len(numbers) == 1
