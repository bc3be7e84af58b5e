"""What every head promises, whichever it is."""

import copy
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.exceptions import NotFittedError as SklearnNotFitted
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from graft.errors import ModelError
from graft.heads import HEADS, make

NAMES = list(HEADS)
CLASSIFIERS = [name for name in NAMES if not HEADS[name].regression]
COUNTS = "tfidf-logistic"
SAMPLED = ("network", "nearest-neighbours", "columns-trees", "columns-trees-regression")  # which count rows, too
EXACT = {
    "logistic": {"penalty": 0.05},
    "columns-logistic": {"penalty": 0.05},
    "tfidf-logistic": {"penalty": 1e-3, "min_df": 1},
}


def small(name, rows=36, classes=3, seed=0):
    rng = np.random.default_rng(seed)
    y = np.arange(rows) % classes
    if name == COUNTS:
        return rng.poisson(0.3 + 1.5 * np.eye(classes, 12)[y]).astype(np.float32), y
    X = rng.normal(size=(rows, 6)) + 1.5 * rng.normal(size=(classes, 6))[y]
    return X, (X[:, 0] * 2 + y if HEADS[name].regression else y)


def quick(name):
    return make(name, width=8) if name == "network" else make(name)


def outputs(head, X):
    return head.predict(X) if head.regression else head.predict_proba(X)


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


def test_fit_returns_self_and_learns_something(name):
    X, y = small(name, 90)
    head = quick(name)
    assert head.fit(X, y) is head
    assert head.score(X, y) > 0.7
    assert head.n_features_in_ == X.shape[1]


def test_inputs_are_unchanged(name):
    X, y = small(name)
    weight, groups = np.linspace(0.5, 2, len(y)), np.arange(len(y)) // 2
    given_ = [copy.deepcopy(each) for each in (X, y, weight, groups)]
    head = quick(name).fit(X, y, sample_weight=weight, groups=groups)
    outputs(head, X)
    for before, after in zip(given_, (X, y, weight, groups), strict=True):
        np.testing.assert_array_equal(before, after)


def test_fitting_twice_gives_the_same_bits(name):
    X, y = small(name)
    a, b = quick(name).fit(X, y).state(), quick(name).fit(X, y).state()
    assert all(np.array_equal(a[key], b[key]) for key in a)


@settings(deadline=None, max_examples=8)
@given(seed=st.integers(0, 10_000), rows=st.integers(10, 40), words=st.booleans(), classes=st.integers(2, 4))
@pytest.mark.parametrize("each", NAMES)
def test_state_round_trip_predicts_bit_for_bit(each, seed, rows, words, classes):
    X, y = small(each, rows, classes, seed)
    if words and not HEADS[each].regression:
        y = np.array([f"klasse {label} é" for label in y])
    head = quick(each).fit(X, y)
    state = {
        key: np.frombuffer(value.tobytes(), value.dtype).reshape(value.shape) for key, value in head.state().items()
    }
    assert all(value.dtype != object for value in state.values())
    back = HEADS[each]().load_state(state)
    np.testing.assert_array_equal(outputs(back, X), outputs(head, X))
    np.testing.assert_array_equal(back.predict(X), head.predict(X))


def test_state_that_does_not_fit_is_refused(name):
    X, y = small(name)
    state = quick(name).fit(X, y).state()
    first = next(iter(state))
    with pytest.raises(ModelError, match=f"missing or unknown array {first}"):
        make(name).load_state({key: value for key, value in state.items() if key != first})
    with pytest.raises(ModelError, match="unknown array surprise"):
        make(name).load_state({**state, "surprise": np.zeros(1)})
    wide = next(key for key, letters in HEADS[name].learned.items() if letters)
    with pytest.raises(ModelError, match="of shape"):
        make(name).load_state({**state, wide: np.zeros((2, 2, 2))})


def test_shapes_that_disagree_are_refused():
    X, y = small("ridge")
    state = make("ridge").fit(X, y).state()
    with pytest.raises(ModelError, match=r"intercept_ of shape \(7,\), not \(K=3\)"):
        make("ridge").load_state({**state, "intercept_": np.zeros(7)})


def test_scikit_learn_tools_take_it(name):
    X, y = small(name, 48)
    head = quick(name)
    assert clone(head).get_params() == head.get_params()
    assert is_regressor(head) == HEADS[name].regression
    assert is_classifier(head) != HEADS[name].regression
    pipe = make_pipeline(FunctionTransformer(), head)
    method = "predict" if head.regression else "predict_proba"
    assert len(cross_val_predict(pipe, X, y, cv=3, method=method)) == len(y)
    assert cross_val_score(head, X, y, cv=3).mean() > 0.3


@pytest.mark.parametrize(
    ("each", "grid"),
    [
        ("logistic", {"penalty": [0.01, None]}),
        ("lda", {"class_weight": [None, "balanced"]}),
        ("nearest-neighbours", {"k": [1, 3]}),
    ],
)
def test_grid_search_takes_its_parameters(each, grid):
    X, y = small(each, 48)
    search = GridSearchCV(make(each), grid, cv=3).fit(X, y)
    assert set(search.best_params_) == set(grid)


def test_bad_input_gets_a_sentence(name):
    X, y = small(name)
    head = quick(name)
    broken = X.copy()
    broken[4, 2] = np.inf if HEADS[name].takes_missing else np.nan
    with pytest.raises(ValueError, match=r"Row 4 of the features contains (NaN|infinity)"):
        head.fit(broken, y)
    with pytest.raises(ValueError, match=r"Reshape your data"):
        head.fit(X[:, 0], y)
    with pytest.raises(ValueError, match="0 feature"):
        head.fit(X[:, :0], y)
    with pytest.raises(ValueError, match="There are 36 samples but the targets have shape"):
        head.fit(X, y[:-1])
    with pytest.raises(ValueError, match="target y is None"):
        head.fit(X, None)
    with pytest.raises(ValueError, match=r"1 sample\(s\)"):
        head.fit(X[:1], y[:1])
    with pytest.raises(ValueError, match="Complex data not supported"):
        head.fit(X + 1j, y)
    for weight in (-np.ones(36), np.zeros(36), np.full(36, np.inf)):
        with pytest.raises(ValueError, match="Sample weights must be"):
            head.fit(X, y, sample_weight=weight)
    with pytest.raises(ValueError, match="sample weights have shape"):
        head.fit(X, y, sample_weight=np.ones(3))


def test_predicting_is_checked_too(name):
    X, y = small(name)
    with pytest.raises(ModelError, match="not fitted yet"):
        quick(name).predict(X)
    with pytest.raises((SklearnNotFitted, AttributeError)):
        quick(name).predict(X)
    with pytest.raises(ModelError, match="not fitted yet"):
        quick(name).state()
    head = quick(name).fit(X, y)
    with pytest.raises(ValueError, match=f"X has 2 features, but Head is expecting {X.shape[1]} features"):
        head.predict(X[:, :2])
    broken = X.copy()
    broken[1, 1] = np.inf
    with pytest.raises(ValueError, match="Row 1"):
        head.predict(broken)


@pytest.mark.parametrize("each", CLASSIFIERS)
def test_targets_of_a_classifier_are_checked(each):
    X, y = small(each)
    with pytest.raises(ValueError, match="All samples are of one class"):
        quick(each).fit(X, np.full(36, "cat"))
    with pytest.raises(ValueError, match="All samples are of one class"):
        quick(each).fit(X, y, sample_weight=(y == 1).astype(float))
    with pytest.raises(ValueError, match="continuous targets"):
        quick(each).fit(X, y + 0.5)
    with pytest.raises(ValueError, match="mix NoneType, str"):
        quick(each).fit(X, np.array(["a", "b", None] * 12, dtype=object))


def test_targets_of_a_regressor_are_checked():
    X, y = small("ridge-regression")
    y = y.copy()
    y[5] = np.nan
    with pytest.raises(ValueError, match="Target 5 is NaN or infinity"):
        make("ridge-regression").fit(X, y)


@pytest.mark.parametrize("each", CLASSIFIERS)
def test_names_of_classes_and_probabilities(each):
    X, y = small(each, 60)
    names = np.array(["zebra", "ant", "ähre"])[y]
    head = quick(each).fit(X, names.astype(object))
    assert head.classes_.tolist() == sorted(set(names))
    assert head.classes_.dtype.kind == "U"
    p = head.predict_proba(X)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    assert p.min() > 0
    assert set(head.predict(X)) <= set(names)


@pytest.mark.parametrize("each", [name for name in NAMES if name not in SAMPLED])
def test_weight_two_is_the_sample_twice(each):
    X, y = small(each)
    weight = 1.0 + np.arange(len(y)) % 2
    twice = np.repeat(np.arange(len(y)), weight.astype(int))
    a = make(each, **EXACT.get(each, {})).fit(X, y, sample_weight=weight)
    b = make(each, **EXACT.get(each, {})).fit(X[twice], y[twice], groups=twice)
    np.testing.assert_allclose(outputs(a, X), outputs(b, X), rtol=2e-4, atol=1e-6)


def test_weight_zero_is_no_sample(name):
    X, y = small(name)
    weight = (np.arange(len(y)) % 4 != 0).astype(float)
    a = quick(name).fit(X, y, sample_weight=weight)
    b = quick(name).fit(X[weight > 0], y[weight > 0])
    np.testing.assert_array_equal(outputs(a, X), outputs(b, X))


@pytest.mark.parametrize("each", [name for name in NAMES if name != COUNTS])
def test_memory_maps_integers_and_constant_columns(each, tmp_path):
    X, y = small(each)
    X = np.column_stack([X, np.full(len(X), 0.3)]).astype(np.float32)
    np.save(tmp_path / "features.npy", X)
    mapped = np.load(tmp_path / "features.npy", mmap_mode="r")
    a, b = quick(each).fit(X, y), quick(each).fit(mapped, y)
    np.testing.assert_array_equal(outputs(a, X), outputs(b, mapped))
    moved = X.copy()
    moved[:, -1] = 50
    np.testing.assert_allclose(outputs(a, moved), outputs(a, X))
    quick(each).fit((10 * X).astype(np.int64), y)
    quick(each).fit(X.tolist(), y.tolist())


@pytest.mark.parametrize("each", [name for name in NAMES if name != COUNTS])
def test_sparse_features_are_refused_with_the_way_out(each):
    X, y = small(each)
    with pytest.raises(ValueError, match="use 'tfidf-logistic'"):
        quick(each).fit(csr_matrix(X), y)


@pytest.mark.parametrize("each", CLASSIFIERS)
def test_one_sample_a_class_is_enough_to_fit(each):
    X, y = small(each)
    params = {"min_df": 1} if each == COUNTS else {}
    head = make(each, **params).fit(X[:3], y[:3])
    assert np.isfinite(head.predict_proba(X)).all()


@pytest.mark.parametrize("each", [name for name in CLASSIFIERS if "class_weight" in make(name).get_params()])
def test_balanced_raises_the_rare_class(each):
    rng = np.random.default_rng(3)
    y = (np.arange(240) % 8 == 0).astype(int)
    X = rng.poisson(1 + 0.4 * np.eye(2, 12)[y]) if each == COUNTS else rng.normal(size=(240, 6)) + 0.5 * y[:, None]
    fixed = {"min_df": 1} if each == COUNTS else {}
    plain = make(each, **fixed).fit(X, y).predict_proba(X)[:, 1].mean()
    assert make(each, class_weight="balanced", **fixed).fit(X, y).predict_proba(X)[:, 1].mean() > plain
    with pytest.raises(ValueError, match="class_weight 'odd' is unknown"):
        make(each, class_weight="odd").fit(X, y)


def test_names_are_checked_at_the_door():
    assert all(HEADS[name].name == name for name in NAMES)
    with pytest.raises(ModelError, match="Did you mean 'logistic'"):
        make("logistics")
    with pytest.raises(ModelError, match="Did you mean 'penalty'"):
        make("logistic", penalti=1.0)
    ranks = [HEADS[name].rank for name in ("nearest-mean", "lda", "ridge", "logistic", "nearest-neighbours", "network")]
    assert ranks == sorted(set(ranks))


def test_a_saved_head_predicts_without_scikit_learn_scipy_or_torch():
    code = (
        "import sys, numpy as np; from graft.heads import make; "
        "s = dict(classes_=np.arange(2), coef_=np.eye(2), intercept_=np.zeros(2)); "
        "print(make('logistic').load_state(s).predict(np.eye(2))); "
        "print([m for m in ('sklearn', 'scipy', 'torch', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[0 1]", "[]"]
