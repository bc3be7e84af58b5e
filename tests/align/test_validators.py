"""Scores without target labels, evaluated a second time plainly, and that they tell a good answer from a bad one."""

import dataclasses

import numpy as np
import pytest

from graft.align.algebra import log_softmax
from graft.align.aligned import Aligned, logs_of
from graft.align.domains import Source, Target
from graft.align.even import Even
from graft.align.methods import METHODS
from graft.align.validators.circular import learned_back
from graft.align.validators.density import neighbourhood_density
from graft.align.validators.importance import deep_embedded, importance_weighted
from graft.align.validators.information import information
from graft.align.validators.mixing import mixing
from graft.align.validators.neighbours import agreement
from graft.align.validators.separation import separation
from graft.align.validators.table import VALIDATORS
from graft.align.weighting.discriminative import domain_ratio


@pytest.fixture
def fitted(wide) -> tuple[Aligned, Source, Target]:
    source, target, _ = wide
    return METHODS["standardize"](source, target, lambda: Even(penalty=0.01), 0), source, target


def unit(X):
    X = X - X.mean(axis=0)
    return X / np.linalg.norm(X, axis=1, keepdims=True)


@pytest.mark.parametrize("name", ["circular", "separation", "neighbours", "mixing", "neighbourhood-density"])
def test_a_random_answer_scores_lower(name, fitted):
    right, source, target = fitted
    draw = np.random.default_rng(0)
    wrong = dataclasses.replace(right, target=log_softmax(3 * draw.standard_normal(right.target.shape)))
    assert VALIDATORS[name](right, source, target, 0) > VALIDATORS[name](wrong, source, target, 0)


def test_they_repeat_themselves_and_read_no_label(fitted):
    for name, validator in VALIDATORS.items():
        assert validator(*fitted, 0) == validator(*fitted, 0), name


def test_importance_weighted_and_deep_embedded(fitted):
    right, source, _ = fitted
    S, T = right.space
    loss = -logs_of(right.head, S)[np.arange(60), source.y]
    w = np.minimum(domain_ratio(S, T, 0), 20)
    assert importance_weighted(*fitted) == pytest.approx(-(w * loss).sum() / w.sum())
    eta = -np.cov(w * loss, w, bias=True)[0, 1] / np.var(w)
    assert deep_embedded(*fitted) == pytest.approx(-((w * loss).mean() + eta * w.mean() - eta))


def test_neighbourhood_density(fitted):
    p = np.exp(fitted[0].target)
    p = p / np.linalg.norm(p, axis=1, keepdims=True)
    entropies = []
    for i in range(len(p)):
        near = np.exp(np.array([p[i] @ p[j] for j in range(len(p)) if j != i]) / 0.05)
        share = near / near.sum()
        entropies.append(-(share * np.log(share)).sum())
    assert neighbourhood_density(*fitted) == pytest.approx(np.mean(entropies))


def test_information(fitted):
    p = np.exp(fitted[0].target)
    mean = p.mean(axis=0)
    assert information(*fitted) == pytest.approx(-(mean * np.log(mean)).sum() + (p * np.log(p)).sum(axis=1).mean())


def test_learned_back(fitted):
    right, source, target = fitted
    S, T, labels = unit(source.X), unit(target.X), right.target.argmax(axis=1)
    C = np.stack([unit_row(T[labels == k].sum(axis=0)) for k in range(3)])
    called = (S @ C.T).argmax(axis=1)
    plain = np.mean([(called[source.y == k] == k).mean() for k in range(3)])
    assert learned_back(source, target, right.target) == pytest.approx(plain)
    one = np.log(np.full((45, 3), 1e-6) + np.array([1.0, 0, 0]))
    assert learned_back(source, target, one) == pytest.approx(1 / 3)


def unit_row(x):
    return x / np.linalg.norm(x)


def test_agreement():
    draw = np.random.default_rng(1)
    X, labels = draw.standard_normal((20, 3)), draw.integers(0, 2, 20)
    cos = unit(X) @ unit(X).T
    near = [sorted((j for j in range(20) if j != i), key=lambda j: -cos[i, j])[:5] for i in range(20)]
    same = np.mean([[labels[j] == labels[i] for j in near[i]] for i in range(20)])
    chance = sum((labels == k).mean() ** 2 for k in (0, 1))
    assert agreement(X, labels) == pytest.approx((same - chance) / (1 - chance))
    assert agreement(X, np.zeros(20, dtype=int)) == 0


def test_separation(fitted):
    right, _, target = fitted
    T, labels = unit(target.X), right.target.argmax(axis=1)
    plain = []
    for i in range(45):
        own = T[(labels == labels[i]) & (np.arange(45) != i)].sum(axis=0)
        others = [T[i] @ unit_row(T[labels == k].sum(axis=0)) for k in range(3) if k != labels[i]]
        plain.append(T[i] @ unit_row(own) - max(others))
    assert separation(*fitted) == pytest.approx(np.mean(plain))


def test_mixing(fitted):
    right, _, target = fitted
    order, labels = np.random.default_rng(0).permutation(45), right.target.argmax(axis=1)
    hits: dict[bool, list[bool]] = {True: [], False: []}
    for i in range(45):
        row = 0.55 * target.X[i] + 0.45 * target.X[order[i]]
        hits[bool(labels[i] == labels[order[i]])].append(right.predict_log_proba(row[None]).argmax() == labels[i])
    assert mixing(*fitted) == pytest.approx((np.mean(hits[True]) + np.mean(hits[False])) / 2)
