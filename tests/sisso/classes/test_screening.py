"""Screening for classes: scores against a slow twin, bounds that hold, ties, weights, workers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matgenes._core.tasks import workers
from matgenes.sisso.classes import _codes as _class_codes
from matgenes.sisso.classes import _screening as _class_screening
from matgenes.sisso.classes._screening import ClassScreen, select
from matgenes.sisso.space._space import build_space

NONE = np.zeros(0, np.int64)


def slow_score(f, classes, weights, score):
    """By definition, every threshold and every pair of samples tried."""
    total, means = 0.0, []
    for p, q in itertools.combinations(np.unique(classes), 2):
        low, high = f[classes == p], f[classes == q]
        v, w = weights[classes == p], weights[classes == q]
        same = 1e-10 * np.abs(f).max()
        if score == "overlap":
            start, stop = max(low.min(), high.min()), min(low.max(), high.max())
            both = max(low.max(), high.max()) - min(low.min(), high.min())
            means.append((1 - (stop - start) / both) / 2)
            for x, u in ((low, v), (high, w)):
                total += u[(x < start - same) | (x > stop + same)].sum()
            continue
        order = np.sign(np.round((high[None] - low[:, None]) / same / 2)) if same else np.zeros((len(low), len(high)))
        area = v @ (order + 1) / 2 @ w / v.sum() / w.sum()
        means.append(max(area, 1 - area))
        if score == "one_cut":
            x = np.sort(np.r_[low, high])
            cuts = np.r_[-np.inf, (x[1:] + x[:-1])[np.diff(x) > same] / 2, np.inf]
            right = [v[low < cut].sum() + w[high > cut].sum() for cut in cuts]
            total += max(max(right), v.sum() + w.sum() - min(right))
    return total + np.mean(means)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    score=st.sampled_from(["overlap", "one_cut", "auc"]),
    operators=st.sampled_from([["*", "/"], ["+", "-", "|-|"], ["*", "+", "log", "^2"]]),
    n_classes=st.integers(2, 3),
    is_discrete=st.booleans(),
    is_weighted=st.booleans(),
)
def test_selects_what_the_twin_selects(twin, seed, score, operators, n_classes, is_discrete, is_weighted):
    rng = np.random.default_rng(seed)
    n = 70
    x = rng.integers(-2, 4, (4, n)) if is_discrete else rng.uniform(-1, 3, (4, n))
    columns = dict(zip("abcd", x.astype(float), strict=True))
    classes = rng.permutation(np.arange(n) % n_classes)
    weights = rng.uniform(0.5, 2, n) if is_weighted else np.ones(n)
    weights[:5] = 0
    space = build_space(list(columns), np.stack(list(columns.values())), None, operators, 2)
    found = select(space, ClassScreen.of(space, classes, weights, score), 25, NONE)
    used = weights > 0
    slow = twin(columns, None, operators, 2)
    scores = {f.text: slow_score(f.values[used], classes[used], weights[used], score) for f in slow.features}
    for id_, reached in zip(found.ids.tolist(), found.scores, strict=True):
        assert reached == pytest.approx(scores[space.text(id_)], abs=1e-8)
    kept = []  # one of each set of equal features, best first
    for feature in sorted(slow.features, key=lambda f: (-round(scores[f.text], 9), f.complexity, f.text)):
        if len(kept) < 25 and not any(abs(np.corrcoef(feature.values, k.values)[0, 1]) > 1 - 1e-10 for k in kept):
            kept.append(feature)
    np.testing.assert_allclose(found.scores, [scores[f.text] for f in kept], atol=1e-8)


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    score=st.sampled_from(["overlap", "one_cut", "auc"]),
    operators=st.sampled_from([["*", "/"], ["+", "-", "|-|"]]),
    size=st.sampled_from([1e2, 1e4, 1e6]),
    is_weighted=st.booleans(),
)
def test_values_far_from_zero_lose_no_feature(twin, seed, score, operators, size, is_weighted):
    """Single precision and codes see little of a spread that is a millionth of the mean; the bounds must allow for it."""
    rng = np.random.default_rng(seed)
    n = 200
    x = rng.normal(size=(4, n)) + size * rng.choice([-1.0, 1.0, 1.3], (4, 1))
    columns = dict(zip("abcd", x, strict=True))
    classes = (x[0] / x[0].mean() - x[1] / x[1].mean() + rng.normal(size=n) / size > 0).astype(np.int64)
    weights = rng.uniform(0.5, 2, n) if is_weighted else np.ones(n)
    space = build_space(list(columns), x, None, operators, 2, bounds=(1e-12, 1e30))
    found = select(space, ClassScreen.of(space, classes, weights, score), 15, NONE)
    np.testing.assert_allclose(found.scores, [slow_score(v, classes, weights, score) for v in found.values], atol=1e-8)
    for feature in twin(columns, None, operators, 2, bounds=(1e-12, 1e30)).features:
        if slow_score(feature.values, classes, weights, score) > found.scores[-1] + 1e-8:
            assert max(abs(np.corrcoef(feature.values, v)[0, 1]) for v in found.values) > 1 - 1e-6, feature.text


@pytest.mark.parametrize("score", ["overlap", "one_cut", "auc"])
def test_pieces_and_workers_do_not_change_the_answer(monkeypatch, score):
    rng = np.random.default_rng(3)
    x = rng.uniform(0.5, 3, (5, 90))
    classes = (x[0] * x[1] > x[2] * rng.uniform(0.8, 1.2, 90)).astype(np.int64)
    space = build_space(list("abcde"), x, None, ["+", "-", "*", "/"], 2)
    screen = ClassScreen.of(space, classes, np.ones(90), score)
    whole = select(space, screen, 40, NONE)
    monkeypatch.setattr(_class_screening, "TASK_SIZE", 3000)
    monkeypatch.setattr(_class_screening, "PIECE_ROWS", 50)
    monkeypatch.setattr(_class_codes, "ROWS", 7)
    monkeypatch.setattr(_class_codes, "COLUMNS", 11)
    with workers(2):
        shared = select(space, screen, 40, NONE)
    np.testing.assert_array_equal(shared.ids, whole.ids)
    np.testing.assert_array_equal(shared.scores, whole.scores)
    assert (np.diff(whole.scores) <= 0).all()


def test_exclude_takes_out_equal_features_too():
    rng = np.random.default_rng(1)
    x = rng.uniform(0.5, 3, (3, 60))
    classes = (x[0] / x[1] > 1).astype(np.int64)
    space = build_space(list("abc"), x, None, ["*", "/"], 2)
    screen = ClassScreen.of(space, classes, np.ones(60), "auc")
    first = select(space, screen, 10, NONE)
    assert first.scores[0] == pytest.approx(1)
    second = select(space, screen, 10, first.ids)
    alike = np.abs(np.corrcoef(np.r_[first.values, second.values])) > 1 - 1e-9
    assert alike.sum() == 20
