"""The network head: its gradient and Adam beside torch's, what it learns, and that it needs no torch."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import cross_entropy

from graft.heads import make
from graft.heads.adam import PIECE, Adam
from graft.heads.dense_layers import Layers
from graft.heads.network_training import _dropped


def in_torch(layers, x, kept):
    parts = [torch.from_numpy(part.copy()).requires_grad_() for part in layers.parts(layers.flat)]
    inner = torch.relu(torch.from_numpy(x) @ parts[0] + parts[1])
    inner = inner if kept is None else inner * torch.from_numpy(kept)
    return parts, inner @ parts[2] + parts[3]


@settings(deadline=None, max_examples=30)
@given(
    inputs=st.integers(1, 9),
    width=st.integers(1, 7),
    outputs=st.integers(2, 5),
    count=st.integers(1, 20),
    dropout=st.floats(0, 0.8),
    seed=st.integers(0, 9),
)
def test_gradient_is_that_of_torch(inputs, width, outputs, count, dropout, seed):
    random = np.random.default_rng(seed)
    layers = Layers(inputs, width, outputs)
    layers.draw(random)
    layers.flat += random.normal(0, 0.1, len(layers.flat)).astype(np.float32)
    x = random.standard_normal((count, inputs), dtype=np.float32)
    y = random.integers(0, outputs, count)
    weight = random.random(count, dtype=np.float32)
    kept = _dropped((count, width), dropout, random)
    before = x.copy(), y.copy(), weight.copy(), layers.flat.copy()
    losses = layers.backward(x, y, weight, kept)
    parts, scores = in_torch(layers, x, kept)
    wanted = cross_entropy(scores, torch.from_numpy(y), reduction="none")
    (wanted @ torch.from_numpy(weight)).backward()
    np.testing.assert_allclose(losses, wanted.detach(), atol=2e-5)
    for got, part in zip(layers.parts(layers.gradient), parts, strict=True):
        np.testing.assert_allclose(got, part.grad, atol=2e-5)
    for now, then in zip((x, y, weight, layers.flat), before, strict=True):
        np.testing.assert_array_equal(now, then)
    np.testing.assert_allclose(layers.scores(x), in_torch(layers, x, None)[1].detach(), atol=2e-5)


@pytest.mark.parametrize("size", [1, 7, PIECE, 2 * PIECE + 3])
def test_adam_takes_the_steps_of_torch(size):
    random = np.random.default_rng(size)
    ours = random.standard_normal(size, dtype=np.float32)
    theirs, mean, square = torch.from_numpy(ours.copy()), torch.zeros(size), torch.zeros(size)
    adam, steps = Adam(size, rate=0.01), torch.tensor(0.0)
    for scale in (1.0, 1e-3, 10.0, 1e-6, 1.0):
        gradient = np.float32(scale) * random.standard_normal(size, dtype=np.float32)
        gradient[: size // 3] = 0
        before = gradient.copy()
        adam.step(ours, gradient)
        steps += 1  # what torch.optim.Adam(fused=True) calls; importing that takes seconds
        moments = [torch.from_numpy(gradient.copy())], [mean], [square], [], [steps]
        settings = {"lr": 0.01, "beta1": 0.9, "beta2": 0.999, "weight_decay": 0.0, "eps": 1e-8}
        torch._fused_adam_([theirs], *moments, amsgrad=False, maximize=False, **settings)
        np.testing.assert_allclose(ours, theirs, atol=3e-6)
        np.testing.assert_array_equal(gradient, before)


def test_it_learns_what_no_line_can_from_its_own_seed():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 2))
    y = (X[:, 0] * X[:, 1] > 0).astype(int)
    head = make("network", width=32, dropout=0.1).fit(X, y)
    assert head.score(X, y) > 0.9
    assert 1 <= head.epochs_ <= 200
    same = make("network", width=32, dropout=0.1).fit(X, y)
    other = make("network", width=32, dropout=0.1, seed=1).fit(X, y)
    np.testing.assert_array_equal(same.hidden_, head.hidden_)
    assert not np.array_equal(other.hidden_, head.hidden_)


def test_it_predicts_as_torch_would(make_data):
    X, y = make_data(60, 6, 3)
    head = make("network", width=5).fit(X, y)
    z = torch.from_numpy(((X - head.mean_) * head.inverse_).astype(np.float32))
    inner = torch.relu(z @ torch.from_numpy(head.hidden_) + torch.from_numpy(head.bias_))
    scores = inner @ torch.from_numpy(head.output_) + torch.from_numpy(head.intercept_)
    np.testing.assert_allclose(head.predict_proba(X), torch.softmax(scores, 1).numpy(), atol=1e-5)


def test_heavy_samples_count_for_more(make_data):
    X, y = make_data(200, 6, 2)
    heavy = make("network", width=16).fit(X, y, np.where(y == 1, 50.0, 1.0))
    plain = make("network", width=16).fit(X, y)
    assert heavy.predict_proba(X)[:, 1].mean() > plain.predict_proba(X)[:, 1].mean() + 0.02


@pytest.mark.parametrize("params", [{"width": 0}, {"dropout": 1.0}, {"dropout": -0.1}, {"width": 2.5}])
def test_settings_are_checked(params, make_data):
    with pytest.raises(ValueError, match="width must be a whole number"):
        make("network", **params).fit(*make_data())


def test_dropout_keeps_the_expected_hidden_units():
    kept = _dropped((4000, 50), 0.3, np.random.default_rng(0))
    assert set(np.unique(kept)) == {np.float32(0), np.float32(1 / 0.7)}
    np.testing.assert_allclose(kept.mean(), 1, atol=0.01)
    assert _dropped((3, 2), 0.0, np.random.default_rng(0)) is None


def test_no_head_imports_torch_or_sklearn():
    code = (
        "import sys, numpy as np\nfrom graft.heads import HEADS, make\n"
        "X, y = np.random.default_rng(0).normal(size=(40, 3)), np.arange(40) % 2\n"
        "theirs = 'tfidf-logistic', 'columns-trees', 'columns-trees-regression'\n"
        "for name in set(HEADS) - set(theirs):\n    make(name).fit(X, y).predict(X)\n"
        "print([name for name in ('torch', 'sklearn', 'pandas', 'scipy') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "[]"
