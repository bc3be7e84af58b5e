"""The probe against scikit-learn and plain cross-validation, on dense features, word counts and amounts."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from graft.errors import DataError
from graft.evaluation.transferability.left_out import left_out_accuracy
from graft.evaluation.transferability.probe import probe, probe_accuracy
from graft.heads.folds import stratified_folds
from graft.heads.ridge import Ridge
from graft.heads.tfidf_logistic import TfidfLogistic

RANDOM = np.random.default_rng(3)
LABELS = np.arange(60) % 3
FEATURES = RANDOM.normal(size=(3, 6))[LABELS] + 0.8 * RANDOM.normal(size=(60, 6))


def test_probe_is_the_best_held_out_log_likelihood_along_the_path() -> None:
    from sklearn.linear_model import LogisticRegression

    rows = (FEATURES - FEATURES.mean(axis=0)) / FEATURES.std(axis=0)
    folds = stratified_folds(LABELS, 5)
    best = -np.inf
    for penalty in np.geomspace(1e-3, 10, 12):
        logs = 0.0
        for fold in range(5):
            train, held = folds != fold, folds == fold
            head = LogisticRegression(C=1 / (penalty * train.sum()), tol=1e-6, max_iter=200)
            logs += (
                head.fit(rows[train], LABELS[train])
                .predict_log_proba(rows[held])[np.arange(held.sum()), LABELS[held]]
                .sum()
            )
        best = max(best, logs / len(rows))
    assert probe(FEATURES, LABELS) == pytest.approx(best, abs=0.02)


def test_probe_accuracy_counts_held_out_hits() -> None:
    from graft.heads.logistic import Logistic

    folds = stratified_folds(LABELS, 5)
    hits = [
        Logistic().fit(FEATURES[folds != f], LABELS[folds != f]).predict(FEATURES[folds == f]) == LABELS[folds == f]
        for f in range(5)
    ]
    assert probe_accuracy(FEATURES, LABELS) == np.concatenate(hits).mean()


def test_left_out_accuracy_counts_hits_on_samples_that_were_not_shown() -> None:
    rows = (FEATURES - FEATURES.mean(axis=0)) / FEATURES.std(axis=0)
    path = Ridge().fit(FEATURES, LABELS)
    hits = 0
    for i in range(60):
        keep = np.arange(60) != i
        shown, shares = rows[keep] - rows[keep].mean(axis=0), np.eye(3)[LABELS[keep]]
        gram = shown.T @ shown + path.penalty_ * np.eye(6)
        coef = np.linalg.solve(gram, shown.T @ (shares - shares.mean(axis=0)))
        hits += int(np.argmax(shares.mean(axis=0) + (rows[i] - rows[keep].mean(axis=0)) @ coef) == LABELS[i])
    assert left_out_accuracy(FEATURES, LABELS) == hits / 60


def test_left_out_accuracy_of_word_counts_is_that_of_folds_at_one_penalty() -> None:
    counts = csr_matrix(RANDOM.poisson(0.5, size=(60, 20)).astype(np.float32))
    penalty, folds = TfidfLogistic().fit(counts, LABELS).penalty_, stratified_folds(LABELS, 5)
    hits = 0
    for fold in range(5):
        head = TfidfLogistic(penalty=penalty).fit(counts[folds != fold], LABELS[folds != fold])
        hits += int(np.sum(head.predict(counts[folds == fold]) == LABELS[folds == fold]))
    assert left_out_accuracy(counts, LABELS) == hits / 60


def test_word_counts_are_probed_by_tf_idf() -> None:
    counts = RANDOM.poisson(0.3, size=(60, 20)).astype(np.float32)
    counts[np.arange(60), LABELS] += 3
    sparse = csr_matrix(counts)
    before = sparse.copy()
    assert probe(sparse, LABELS) > -0.5 > probe(sparse, RANDOM.permutation(LABELS))
    assert probe_accuracy(sparse, LABELS) > 0.9
    assert (sparse != before).nnz == 0


def test_amounts_are_probed_by_the_variance_explained_when_each_is_left_out() -> None:
    y = FEATURES @ np.arange(6.0) + RANDOM.normal(size=60)
    rows = (FEATURES - FEATURES.mean(axis=0)) / FEATURES.std(axis=0)
    best = np.inf
    for penalty in np.geomspace(1e-3, 1e3, 200):
        square = 0.0
        for i in range(60):
            keep = np.arange(60) != i
            mean, centre = y[keep].mean(), rows[keep].mean(axis=0)
            shown = rows[keep] - centre
            coef = np.linalg.solve(shown.T @ shown + penalty * np.eye(6), shown.T @ (y[keep] - mean))
            square += (y[i] - mean - (rows[i] - centre) @ coef) ** 2
        best = min(best, square / 60)
    assert probe(FEATURES, y) == pytest.approx(1 - best / y.var(), abs=0.01)


@pytest.mark.parametrize("score", [probe, probe_accuracy])
def test_classes_of_one_sample_each_cannot_be_held_out(score: object) -> None:
    with pytest.raises(DataError, match="the only one of its class"):
        score(FEATURES[:3], np.arange(3))  # type: ignore[operator]


def test_amounts_on_word_counts_are_refused() -> None:
    with pytest.raises(DataError, match="choose a text encoder"):
        probe(csr_matrix(FEATURES), FEATURES[:, 0])


def test_amounts_that_are_all_the_same_are_refused() -> None:
    with pytest.raises(DataError, match="nothing to tell apart"):
        probe(FEATURES, np.ones(60))
