"""The compact memory of L-BFGS beside the two-loop recursion of Nocedal 1980, problem by problem."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graft.heads.curvature import Memory


def two_loops(pairs, gradient):
    q, alphas = gradient.copy(), []
    for step, change in reversed(pairs):
        alphas.append(step @ q / (step @ change))
        q -= alphas[-1] * change
    if pairs:
        step, change = pairs[-1]
        q *= step @ change / (change @ change)
    for (step, change), alpha in zip(pairs, reversed(alphas), strict=True):
        q += (alpha - change @ q / (step @ change)) * step
    return -q


@settings(deadline=None, max_examples=40)
@given(
    length=st.integers(1, 5),
    events=st.lists(st.sampled_from(["add", "add", "add", "bad", "forget"]), max_size=12),
    seed=st.integers(0, 99),
)
def test_it_descends_as_the_recursion_does(length, events, seed):
    random = np.random.default_rng(seed)
    problems, shape = 3, (2, 4)
    memory, plain = Memory(length, problems, 8), [[] for _ in range(problems)]
    roots = random.normal(size=(problems, 8, 8))
    curvature = roots @ roots.transpose(0, 2, 1) + np.eye(8)
    for event in events:
        if event == "forget":
            memory.forget(np.array([False, True, False]))
            plain[1] = []
            continue
        step = random.normal(size=(problems, 8))
        change = (curvature @ step[:, :, None])[:, :, 0]
        if event == "bad":
            change[2] *= -1
        before = step.copy(), change.copy()
        memory.add(step.reshape(problems, *shape), change.reshape(problems, *shape))
        np.testing.assert_array_equal(step, before[0])
        np.testing.assert_array_equal(change, before[1])
        for number, seen in enumerate(plain):
            seen.append((step[number], change[number]))
            plain[number] = seen[-length:]
    gradient = random.normal(size=(problems, *shape))
    found = memory.descent(gradient)
    for number, seen in enumerate(plain):
        good = [pair for pair in seen if pair[0] @ pair[1] > 0]
        if good or not seen:
            np.testing.assert_allclose(
                found[number].ravel(), two_loops(good, gradient[number].ravel()), rtol=1e-6, atol=1e-9
            )
    memory.keep(np.array([True, False, True]))
    np.testing.assert_allclose(memory.descent(gradient[[0, 2]]), found[[0, 2]], rtol=1e-12)
