"""Heads on the columns of a table: the encoding, the trees read out of scikit-learn, and what is learned of missing."""

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression

from graft.data.rows import word_code
from graft.heads import make
from graft.heads.columns.encoding import LEVEL, MISSING, NUMBER, dense, encoding_of
from graft.heads.columns.forest import forest_of

RED, BLUE, GREEN = (word_code(word) for word in ("red", "blue", "green"))


def table(rows=120, seed=0):
    rng = np.random.default_rng(seed)
    age, colour = rng.normal(50, 10, rows), rng.choice([RED, BLUE, GREEN], rows)
    score = (age - 50) / 10 + 2 * (colour == RED) + rng.normal(0, 0.5, rows)
    age[rng.random(rows) < 0.2] = np.nan
    return np.column_stack([age, colour, rng.integers(0, 4, rows)]), score


def test_the_encoding_is_what_it_says():
    X = np.array([[1.5, RED, 0], [3, BLUE, 1], [np.nan, RED, 2], [5, np.nan, 0], [np.nan, BLUE, 1], [3, GREEN, 2]])
    encoding = encoding_of(X, np.ones(6))
    assert encoding.kind.tolist() == [NUMBER, MISSING, LEVEL, LEVEL, NUMBER, LEVEL, LEVEL, LEVEL]
    assert encoding.source.tolist() == [0, 0, 1, 1, 2, 2, 2, 2]  # one missing word, one green: too rare for a mark
    Z = encoding.apply(X)
    known = np.array([1.5, 3, 5, 3])
    np.testing.assert_allclose(Z[[0, 1, 3, 5], 0], (known - known.mean()) / known.std())
    assert Z[[2, 4], 0].tolist() == [0, 0]
    assert Z[:, 1].tolist() == [0, 0, 1, 0, 1, 0]
    assert sorted(Z[:, 2:4].sum(axis=0).tolist()) == [2, 2]
    far = encoding.apply(np.array([[1e9, word_code("unheard of"), 7.0]]))
    assert far[0, 0] == 5
    assert far[0, 2:4].tolist() == [0, 0]


def test_nothing_is_learned_from_rows_held_out():
    X, score = table()
    y = (score > 0).astype(int)
    head = make("columns-logistic").fit(X[:80], y[:80])
    before = head.predict_proba(X[:80])
    moved = X.copy()
    moved[80:] *= 100
    np.testing.assert_array_equal(make("columns-logistic").fit(moved[:80], y[:80]).predict_proba(X[:80]), before)


def test_minus_nine_is_missing_for_the_head_too():
    X, score = table()
    y = (score > 0).astype(int)
    marked = np.where(np.isnan(X), -9, X)
    for name in ("columns-logistic", "columns-trees"):
        a, b = make(name).fit(X, y), make(name).fit(marked, y)
        np.testing.assert_allclose(b.predict_proba(marked), a.predict_proba(X))


@pytest.mark.parametrize("classes", [2, 3])
def test_trees_read_out_give_what_scikit_learn_gives(classes):
    X, score = table(200)
    X = X[:, [0, 2]]
    y = np.digitize(score, np.quantile(score, np.arange(1, classes) / classes))
    boosted = HistGradientBoostingClassifier(max_iter=20, early_stopping=False).fit(X, y)
    new = np.column_stack([np.r_[X[:50, 0], np.nan, 1e6, -1e6], np.r_[X[:50, 1], np.nan, 2, np.nan]])
    raw = boosted.decision_function(new).reshape(len(new), -1)
    np.testing.assert_array_equal(forest_of(boosted).scores(new), raw)


def test_trees_of_amounts_read_out_give_what_scikit_learn_gives():
    X, score = table(200)
    boosted = HistGradientBoostingRegressor(max_iter=20, early_stopping=False).fit(X[:, [0, 2]], score)
    np.testing.assert_array_equal(forest_of(boosted).scores(X[:, [0, 2]])[:, 0], boosted.predict(X[:, [0, 2]]))


def test_the_logistic_head_is_the_penalized_fit_of_its_features():
    X, score = table()
    y = (score > 0.5).astype(int)
    head = make("columns-logistic", penalty=0.02).fit(X, y)
    Z = head.encode(X)
    z = (Z - Z.mean(axis=0)) / Z.std(axis=0)
    plain = LogisticRegression(C=1 / (0.02 * len(y)), tol=1e-10, max_iter=10_000).fit(z, y)
    np.testing.assert_allclose(head.predict_proba(X), plain.predict_proba(z), atol=1e-5)


def test_trees_find_what_no_line_does():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 2))
    y = (X[:, 0] * X[:, 1] > 0).astype(int)
    assert make("columns-trees").fit(X[:200], y[:200]).score(X[200:], y[200:]) > 0.8
    assert make("columns-logistic").fit(X[:200], y[:200]).score(X[200:], y[200:]) < 0.7
    r = X[:, 0] * X[:, 1]
    trees, line = (make(name).fit(X[:200], r[:200]) for name in ("columns-trees-regression", "columns-ridge"))
    assert trees.score(X[200:], r[200:]) > 0.5 > line.score(X[200:], r[200:])


def test_a_table_in_which_nothing_varies_predicts_the_shares():
    X, y = np.full((12, 2), 3.0), np.arange(12) % 3 == 0
    for name in ("columns-logistic", "columns-trees"):
        np.testing.assert_allclose(make(name).fit(X, y).predict_proba(X)[:, 1], 1 / 3, atol=0.01)


def test_infinity_is_refused_and_dense_has_no_gaps():
    X, score = table(40)
    broken = X.copy()
    broken[7, 0] = np.inf
    with pytest.raises(ValueError, match="Row 7 of the features contains infinity"):
        make("columns-ridge").fit(broken, score)
    assert np.isfinite(dense(X)).all()


@pytest.mark.parametrize("name", ["columns-trees", "columns-logistic"])
def test_a_column_known_of_the_rows_held_out_alone(name):
    X, score = table(40)
    y = (score > np.median(score)).astype(int)
    groups = np.arange(40) // 4
    for held in range(10):  # one of them is held out whole to count the rounds by
        rare = np.where(groups == held, np.arange(40) + 0.5, np.nan)
        head = make(name).fit(np.column_stack([X, rare]), y, groups=groups)
        assert np.isfinite(head.predict_proba(np.column_stack([X, np.full(40, np.nan)]))).all()
