"""What people read about domains and adapting."""

import json

import numpy as np
import pytest

from graft.align.distance.discrepancy import Discrepancy
from graft.align.domain_gap import Gap
from graft.cli.show_domains import say_adaptation, say_domains, say_gaps
from graft.plan.gap import DomainGap

SCORE = {"value": 0.9, "low": 0.8, "high": 0.95}
LEFT = {"domain": "dusk", "samples": 24, "chosen": "x", "scores": {"accuracy": SCORE}}


def test_domains_left_out_are_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    say_domains({"counts": {"day": 30, "dusk": 24}, "left_out": [LEFT], "notes": ["What to expect."]})
    said = capsys.readouterr().out
    assert "2 labelled domains: day 30, dusk 24" in said
    assert "dusk                   24       0.900 [0.800, 0.950]" in said
    assert "What to expect." in said
    say_domains({})
    say_domains({"counts": {"day": 1}, "left_out": [], "notes": []})
    assert capsys.readouterr().out == "\n1 labelled domain: day 1\n"


def test_an_adaptation_says_how_why_and_the_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    found = {
        "target": "night", "samples": 24, "source_free": False, "members": ["one · embedding · shot"],
        "notes": ["Neighbours agree."], "verdict": "Adapted: 3 of 24 …",
        "test": {"samples": 20, "source_only": {"accuracy": 0.5}, "adapted": {"accuracy": 0.75}},
    }  # fmt: skip
    say_adaptation(found)
    said = capsys.readouterr().out
    assert "adapting to night (24 inputs), with the labelled source" in said
    assert said.index("Neighbours agree.") < said.index("one · embedding · shot") < said.index("Adapted: 3 of 24")
    assert "On the 20 test samples, by which nothing was chosen: accuracy 0.500 before, 0.750 after." in said
    say_adaptation(found | {"source_free": True, "test": {}})
    assert "from the model alone, without its source" in capsys.readouterr().out
    say_adaptation({})
    assert capsys.readouterr().out == ""


def test_gaps_are_sentences_or_json(capsys: pytest.CaptureFixture[str]) -> None:
    measured = Gap(0.5, Discrepancy(0.1, 0.005), np.array([0.2, np.nan]), np.array([[0.5, 0.6], [0.5, 0.4]]), 0.1, ())
    gap = DomainGap("net", "day", "night", ("a", "b"), measured, ("The domains are somewhat apart.",))
    say_gaps([gap, gap], as_json=False)
    said = capsys.readouterr().out
    assert said.count("day → night, seen by net") == 2
    assert "· The domains are somewhat apart." in said
    say_gaps([gap], as_json=True)
    (found,) = json.loads(capsys.readouterr().out)["gaps"]
    assert found["moved"] == {"a": 0.2, "b": None}
    assert found["shares"]["a"] == {"source": 0.5, "target": 0.6}
    assert found["mmd"] == {"squared": 0.1, "p_value": 0.005}
