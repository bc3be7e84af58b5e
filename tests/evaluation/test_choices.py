"""Choosing, blending and comparing: the sums done again plainly, and no harm."""

import numpy as np
import pytest
from scipy import stats

from graft.errors import DataError
from graft.evaluation.blend import blend, blend_weights, cross_blend
from graft.evaluation.choose import Trial, choose, paired_error
from graft.evaluation.compare import compare, sign_flip
from graft.evaluation.probability import log_loss, log_of
from graft.evaluation.ranking import auroc

RNG = np.random.default_rng(0)
NOISE = RNG.normal(size=200)


def test_the_simplest_within_one_paired_standard_error_is_kept() -> None:
    base = RNG.exponential(size=200)
    trials = [
        Trial("big", 3, base - 0.01 + 0.3 * NOISE),
        Trial("small", 1, base),
        Trial("poor", 0, base + 1 + 0.1 * NOISE),
        Trial("other", 3, base + 0.0001),
    ]
    before = [trial.losses.copy() for trial in trials]
    choice = choose(trials)
    means = [float(t.losses.mean()) for t in trials]
    best = int(np.argmin(means))
    errors = [float(np.std(t.losses - trials[best].losses, ddof=1) / np.sqrt(200)) for t in trials]
    assert (choice.index, choice.name) == (1, "small")
    np.testing.assert_allclose(choice.losses, means)
    np.testing.assert_allclose(choice.worse_by, np.subtract(means, means[best]))
    np.testing.assert_allclose(choice.errors, errors, atol=1e-15)
    assert choice.verdicts[1].startswith("kept: ")
    assert (
        choice.verdicts[2] == f"dropped: worse than {trials[best].name} by {choice.worse_by[2]:.3f} ± {errors[2]:.3f}"
    )
    assert choice.verdicts[0].startswith("dropped: not better than the simpler small by more than its noise (")
    for trial, then in zip(trials, before, strict=True):
        np.testing.assert_array_equal(trial.losses, then)


def test_a_small_but_steady_gain_is_taken() -> None:
    base = RNG.exponential(size=200)
    steady = choose([Trial("small", 1, base), Trial("big", 2, base - 0.01 + 0.001 * NOISE)])
    assert steady.name == "big"
    assert steady.verdicts[1].startswith("kept: the lowest loss")
    assert steady.verdicts[0].startswith("dropped: worse than big by 0.010 ± 0.000")


def test_groups_make_the_same_gain_uncertain() -> None:
    gain = np.repeat([0.5, -0.3, 0.2, -0.3], 50)
    trials = [Trial("small", 1, np.ones(200)), Trial("big", 2, 1 - gain)]
    groups = np.repeat(["a", "b", "c", "d"], 50)
    assert choose([trials[0], Trial("big", 2, 1 - gain - 0.02)]).name == "big"
    assert choose([trials[0], Trial("big", 2, 1 - gain - 0.02)], groups=groups).name == "small"
    expected = np.sqrt(4 / 3 * sum((50 * (g - gain.mean())) ** 2 for g in (0.5, -0.3, 0.2, -0.3))) / 200
    assert paired_error(gain, np.repeat(np.arange(4), 50)) == pytest.approx(expected)


def test_equally_simple_goes_by_loss_and_missing_losses_are_left_out() -> None:
    a, b = np.array([1.0, 1.0, np.nan, 50.0]), np.array([0.5, 1.4, 0.0, np.inf])
    choice = choose([Trial("a", 1, a), Trial("b", 1, b)])
    assert choice.name == "b"
    assert choice.losses == (1.0, 0.95)
    assert choice.verdicts[0] == "dropped: no simpler than b, and its loss is not lower"
    assert choose([Trial("a", 1, a)]).name == "a"
    assert choose([Trial("a", 1, a), Trial("b", 1, b)], groups=np.zeros(4)) == choice


def test_no_choice_gets_a_sentence() -> None:
    for trials, sentence in (
        ([], "no candidate"),
        ([Trial("a", 1, np.ones(2)), Trial("b", 1, np.ones(3))], "different numbers"),
        ([Trial("a", 1, np.full(2, np.nan))], "No sample has a finite loss"),
    ):
        with pytest.raises(DataError, match=sentence):
            choose(trials)


def outputs(n: int = 150, k: int = 3, m: int = 4) -> tuple[list[np.ndarray], np.ndarray]:
    rng = np.random.default_rng(1)
    y = rng.integers(0, k, n)
    found = []
    for strength in np.linspace(0.5, 2, m):
        p = np.exp(rng.normal(size=(n, k)) + strength * np.eye(k)[y])
        found.append(np.log(p / p.sum(axis=1, keepdims=True)))
    return found, y


def plain_loss(logs: list[np.ndarray], y: np.ndarray, w: np.ndarray) -> float:
    p = np.prod([np.exp(out) ** weight for out, weight in zip(logs, w, strict=True)], axis=0)
    p /= p.sum(axis=1, keepdims=True)
    return float(-np.mean(np.log(p[np.arange(len(y)), y])))


def test_greedy_selection_plainly() -> None:
    logs, y = outputs()
    before = [out.copy() for out in logs]
    picks: list[int] = []
    path = []
    for _ in range(6):
        losses = [plain_loss(logs, y, np.bincount([*picks, i], minlength=4) / (len(picks) + 1)) for i in range(4)]
        picks.append(int(np.argmin(losses)))
        path.append(min(losses))
    kept = picks[: int(np.argmin(path)) + 1]
    weights = blend_weights(logs, y, steps=6)
    np.testing.assert_allclose(weights, np.bincount(kept, minlength=4) / len(kept))
    assert weights.sum() == pytest.approx(1)
    assert log_loss(y, np.exp(blend(logs, weights))) == pytest.approx(min(path))
    assert min(path) < min(plain_loss([out], y, np.ones(1)) for out in logs)
    for now, then in zip(logs, before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_a_blend_of_numbers_is_their_mean() -> None:
    rng = np.random.default_rng(0)
    y = rng.normal(size=100)
    a, b = y + rng.normal(size=100), y + rng.normal(size=100)
    weights = blend_weights([a, b, y + 9], y)
    assert weights[2] == 0
    np.testing.assert_allclose(blend([a, b, y + 9], weights), weights[0] * a + weights[1] * b)
    assert np.mean((blend([a, b], weights[:2]) - y) ** 2) < min(np.mean((a - y) ** 2), np.mean((b - y) ** 2))


def test_cross_blend_fits_its_weights_without_the_fold() -> None:
    logs, y = outputs()
    folds = np.r_[-1, np.arange(149) % 3]
    logs = [np.where((folds == -1)[:, None], np.nan, out) for out in logs]
    out = cross_blend(logs, y, folds, steps=5)
    assert np.isnan(out[0]).all()
    for f in range(3):
        weights = blend_weights([log[(folds != f) & (folds >= 0)] for log in logs], y[(folds != f) & (folds >= 0)], 5)
        np.testing.assert_allclose(out[folds == f], blend([log[folds == f] for log in logs], weights))


def test_a_useless_candidate_gets_no_weight_and_bad_input_a_sentence() -> None:
    logs, y = outputs()
    np.testing.assert_array_equal(blend_weights([logs[3], np.log(np.full((150, 3), 1 / 3))], y)[1:], 0)
    with pytest.raises(DataError, match="same shape"):
        blend_weights([logs[0], logs[1][:, :2]], y)
    with pytest.raises(DataError, match="No sample has a prediction"):
        blend_weights([np.full((150, 3), np.nan)], y)


def test_the_sign_flip_test_of_zeros_and_ones_is_mcnemars() -> None:
    differences = np.r_[np.ones(7), -np.ones(2), np.zeros(30)]
    expected = stats.binomtest(7, 9).pvalue
    assert sign_flip(differences, np.arange(39)) == pytest.approx(expected)
    many = np.r_[np.ones(40), -np.ones(22)]
    assert sign_flip(many, np.arange(62)) == pytest.approx(stats.binomtest(40, 62).pvalue, abs=0.01)
    assert sign_flip(np.zeros(5), np.arange(5)) == 1
    assert sign_flip(np.ones(10), np.zeros(10, dtype=int)) == 1


def pair(n: int = 200) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    y = rng.integers(0, 2, n)
    good, poor = (1 / (1 + np.exp(-(strength * (y - 0.5) + rng.normal(size=n)))) for strength in (3.0, 0.3))
    return y, np.stack([1 - good, good], axis=1), np.stack([1 - poor, poor], axis=1)


@pytest.mark.parametrize("metric", ["accuracy", "macro_f1", "auroc", "log_loss", "brier"])
def test_a_better_model_is_called_better_both_ways(metric: str) -> None:
    y, good, poor = pair()
    one, other = compare(y, good, poor, metric), compare(y, poor, good, metric)
    assert (one.outcome, other.outcome) == ("better", "worse")
    assert one.difference == pytest.approx(one.first - one.second) == pytest.approx(-other.difference)
    assert one.low < one.difference < one.high
    assert one.verdict.startswith("the first is better than the second: ")
    same = compare(y, good, good, metric, names=("transfer", "from scratch"))
    assert (same.outcome, same.difference) == ("not told apart", 0)
    assert same.verdict.startswith("transfer cannot be told apart from from scratch")


def test_the_difference_of_areas_plainly() -> None:
    y, good, poor = pair()
    expected = auroc(y == 1, good[:, 1]) - auroc(y == 1, poor[:, 1])
    assert compare(y, good, poor, "auroc").difference == pytest.approx(float(expected))


def test_few_differing_samples_prove_nothing() -> None:
    y = np.zeros(50, dtype=int)
    right = np.tile([0.9, 0.1], (50, 1))
    worse = right.copy()
    worse[:5] = [0.1, 0.9]
    found = compare(y, right, worse, "accuracy")
    assert found.low > 0
    assert found.p_value == pytest.approx(2 / 2**5)
    assert found.outcome == "not told apart"


def test_groups_and_numbers() -> None:
    rng = np.random.default_rng(0)
    y = rng.normal(size=90)
    good, poor = y + 0.1 * rng.normal(size=90), y + rng.normal(size=90)
    assert compare(y, good, poor, "rmse").outcome == "better"
    assert compare(y, good, poor, "r2").outcome == "better"
    assert compare(y, good, poor, "mae", groups=np.arange(90) // 45).outcome == "not told apart"
    assert compare(y, good, poor, "mae", groups=np.zeros(90)).outcome == "not told apart"


def test_an_unknown_score_gets_a_sentence() -> None:
    y, good, poor = pair(10)
    with pytest.raises(DataError, match="Did you mean 'accuracy'"):
        compare(y, good, poor, "acuracy")
    with pytest.raises(DataError, match="first predictions"):
        compare(y, good[:3, 1], poor[:, 1], "mae")


def test_log_of_is_never_infinite() -> None:
    assert np.isfinite(log_of(np.array([0.0, 1e-300, 1.0]))).all()
