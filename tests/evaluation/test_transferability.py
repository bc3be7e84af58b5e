"""Each transferability score against its formula, evaluated a second time, plainly; and what all of them share."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import multivariate_normal

from graft.errors import DataError
from graft.evaluation.transferability.gbc import gbc
from graft.evaluation.transferability.h_score import h_score
from graft.evaluation.transferability.leep import leep
from graft.evaluation.transferability.logme import logme
from graft.evaluation.transferability.n_leep import n_leep
from graft.evaluation.transferability.table import SCORES
from graft.evaluation.transferability.transrate import transrate

RANDOM = np.random.default_rng(0)
LABELS = np.repeat([0, 1, 2], [9, 11, 10])
CENTRES = RANDOM.normal(size=(3, 5))
FEATURES = CENTRES[LABELS] + 0.7 * RANDOM.normal(size=(30, 5))
WIDE = FEATURES @ RANDOM.normal(size=(5, 40)) + 0.1 * RANDOM.normal(size=(30, 40))
OWN = np.exp(FEATURES) / np.exp(FEATURES).sum(axis=1, keepdims=True)
ON_FEATURES = sorted(set(SCORES) - {"leep"})


@pytest.mark.parametrize("features", [FEATURES, WIDE], ids=["tall", "wide"])
def test_logme_is_the_best_log_evidence_of_each_class(features: np.ndarray) -> None:
    found = []
    for label in range(3):
        y = (label == LABELS).astype(float)

        def evidence(logs: np.ndarray, y: np.ndarray = y) -> float:
            a, b = np.exp(logs)
            covariance = np.eye(30) / b + features @ features.T / a
            return -float(multivariate_normal.logpdf(y, np.zeros(30), covariance)) / 30

        found.append(-min(minimize(evidence, [s, 1.0], method="Nelder-Mead").fun for s in (0.0, 3.0)))
    assert logme(features, LABELS) == pytest.approx(np.mean(found), abs=1e-4)


def test_logme_of_amounts_is_the_evidence_of_the_amounts() -> None:
    y = FEATURES @ np.array([1.0, -2.0, 0.5, 0.0, 3.0]) + 0.1 * RANDOM.normal(size=30)
    assert logme(FEATURES, y) > logme(FEATURES, RANDOM.permutation(y)) + 0.5


@pytest.mark.parametrize("features", [FEATURES, WIDE], ids=["tall", "wide"])
def test_h_score_is_the_trace_with_ledoit_and_wolfs_covariance(features: np.ndarray) -> None:
    from sklearn.covariance import ledoit_wolf

    covariance, share = ledoit_wolf(features)
    means = np.stack([features[label == LABELS].mean(axis=0) for label in range(3)])[LABELS]
    between = np.cov(means.T, bias=True)
    assert 0 < share < 1
    assert h_score(features, LABELS) == pytest.approx(np.trace(np.linalg.inv(covariance) @ ((1 - share) * between)))


def test_gbc_is_minus_the_overlaps_of_spherical_clouds() -> None:
    total = 0.0
    clouds = []
    for label in range(3):
        rows = FEATURES[label == LABELS]
        mean = rows.mean(axis=0)
        clouds.append((mean, np.mean((rows - mean) ** 2)))
    for i in range(3):
        for j in range(3):
            if i != j:
                (m, v), (k, w) = clouds[i], clouds[j]
                both = (v + w) / 2
                one = np.sum((m - k) ** 2) / both / 8
                total += np.exp(-one - 0.5 * np.log(both**5 / np.sqrt(v**5 * w**5)))
    assert gbc(FEATURES, LABELS) == pytest.approx(-total)


def test_gbc_looks_at_64_principal_coordinates() -> None:
    wide = np.concatenate([100 * RANDOM.normal(size=(200, 64)), 1e-3 * RANDOM.normal(size=(200, 80))], axis=1)
    labels = np.arange(200) % 2
    assert gbc(wide, labels) == pytest.approx(gbc(wide[:, :64], labels), rel=1e-6)


@pytest.mark.parametrize("features", [FEATURES, WIDE], ids=["tall", "wide"])
def test_transrate_is_the_coding_rate_less_that_of_the_classes(features: np.ndarray) -> None:
    def rate(rows: np.ndarray) -> float:
        return 0.5 * np.linalg.slogdet(np.eye(rows.shape[1]) + rows.T @ rows / (len(rows) * 1e-4))[1]

    rows = features - features.mean(axis=0)
    wanted = rate(rows) - sum(np.mean(label == LABELS) * rate(rows[label == LABELS]) for label in range(3))
    assert transrate(features, LABELS) == pytest.approx(wanted)


def plain_leep(own: np.ndarray, labels: np.ndarray) -> float:
    total = 0.0
    for i in range(len(own)):
        expected = 0.0
        for z in range(own.shape[1]):
            joint = sum(own[j, z] for j in range(len(own)) if labels[j] == labels[i]) / len(own)
            expected += joint / (own[:, z].sum() / len(own)) * own[i, z]
        total += np.log(expected)
    return total / len(own)


def test_leep_is_the_mean_log_of_expected_conditionals() -> None:
    assert leep(OWN, LABELS) == pytest.approx(plain_leep(OWN, LABELS))


def test_leep_of_own_classes_that_never_occur_is_that_without_them() -> None:
    assert leep(np.c_[OWN, np.zeros(30)], LABELS) == pytest.approx(leep(OWN, LABELS))


def test_n_leep_is_leep_of_a_mixture_on_principal_coordinates() -> None:
    from sklearn.decomposition import PCA
    from sklearn.mixture import GaussianMixture

    kept = PCA(0.8, svd_solver="full").fit_transform(FEATURES) / FEATURES.std(axis=0, ddof=0).__pow__(2).sum() ** 0.5
    mixture = GaussianMixture(15, covariance_type="diag", random_state=0).fit(kept)
    assert n_leep(FEATURES, LABELS) == pytest.approx(plain_leep(mixture.predict_proba(kept), LABELS), abs=0.05)


@pytest.mark.parametrize("name", ON_FEATURES)
def test_classes_that_lie_apart_score_higher_than_shuffled_ones(name: str) -> None:
    features = CENTRES[LABELS] * 3 + RANDOM.normal(size=(30, 5))
    shuffled = np.random.default_rng(1).permutation(LABELS)
    assert SCORES[name].of(features, LABELS) > SCORES[name].of(features, shuffled)


@pytest.mark.parametrize("name", sorted(SCORES))
def test_what_is_handed_over_stays_as_it_was(name: str) -> None:
    own = SCORES[name].own_classes
    features, labels = (OWN if own else WIDE.astype(np.float32)).copy(), LABELS.copy()
    before = features.copy()
    SCORES[name].of(features, labels)
    assert np.array_equal(features, before)
    assert np.array_equal(labels, LABELS)


@pytest.mark.parametrize("name", sorted(SCORES))
def test_names_of_classes_serve_as_well_as_numbers(name: str) -> None:
    features = OWN if SCORES[name].own_classes else FEATURES
    named = np.array(["ant", "bee", "wasp"])[LABELS]
    assert SCORES[name].of(features, named) == SCORES[name].of(features, LABELS)


@pytest.mark.parametrize("name", sorted(SCORES))
def test_two_samples_of_two_classes_each_are_enough(name: str) -> None:
    rows = [0, 1, 9, 10]
    features = OWN if SCORES[name].own_classes else WIDE
    assert np.isfinite(SCORES[name].of(features[rows], LABELS[rows]))


@pytest.mark.parametrize("name", sorted({*ON_FEATURES} - {"probe", "probe-accuracy"}))
def test_a_class_of_one_sample_and_constant_features_do_no_harm(name: str) -> None:
    labels = np.r_[LABELS[:-1], 3]
    assert np.isfinite(SCORES[name].of(FEATURES, labels))
    assert np.isfinite(SCORES[name].of(np.ones((30, 4)), labels))


@pytest.mark.parametrize("name", sorted(SCORES))
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda X, y: (np.where(np.arange(X.size).reshape(X.shape) == X.shape[1] * 4, np.nan, X), y), "Row 4 of the"),
        (lambda X, y: (X, np.zeros_like(y)), "one class"),
        (lambda X, y: (X, y[:-1]), "targets have shape"),
        (lambda X, y: (X[:, 0], y), "features have shape"),
        (lambda X, y: (X[:1], y[:1]), "features have shape"),
    ],
    ids=["nan", "one class", "short", "vector", "one sample"],
)
def test_bad_input_gets_a_sentence(name: str, spoil: object, said: str) -> None:
    features = OWN if SCORES[name].own_classes else FEATURES
    with pytest.raises(DataError, match=said):
        SCORES[name].of(*spoil(features, LABELS))  # type: ignore[operator]


@pytest.mark.parametrize("name", sorted(name for name, rating in SCORES.items() if not rating.amounts))
def test_amounts_are_refused_where_there_is_no_score_for_them(name: str) -> None:
    with pytest.raises(DataError, match="amounts"):
        SCORES[name].of(OWN, OWN[:, 0])


def test_leep_refuses_what_are_no_probabilities() -> None:
    with pytest.raises(DataError, match="Row 0 of the features is no set of probabilities"):
        leep(FEATURES, LABELS)


@pytest.mark.parametrize("name", sorted(name for name, rating in SCORES.items() if not rating.sparse))
def test_word_counts_are_refused_where_there_is_no_score_for_them(name: str) -> None:
    from scipy.sparse import csr_matrix

    with pytest.raises(DataError, match="dense features but got a sparse matrix"):
        SCORES[name].of(csr_matrix(FEATURES), LABELS)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 4), st.integers(1, 12))
def test_scores_keep_within_their_bounds(seed: int, classes: int, width: int) -> None:
    random = np.random.default_rng(seed)
    labels = np.arange(24) % classes
    features = random.normal(size=(24, width)) + random.normal(size=(classes, width))[labels]
    assert 0 <= h_score(features, labels) <= classes - 1
    assert -classes * (classes - 1) <= gbc(features, labels) <= 0
    assert transrate(features, labels) >= -1e-9
    assert n_leep(features, labels) <= 1e-9
    shifted = features @ np.linalg.qr(random.normal(size=(width, width)))[0] + 5
    for score in (h_score, gbc, transrate):
        assert score(shifted, labels) == pytest.approx(score(features, labels), rel=1e-6, abs=1e-6)
