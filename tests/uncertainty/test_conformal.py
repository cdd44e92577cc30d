"""Conformal intervals: the stated coverage on exchangeable rows, under covariate shift, by definition, and bad input."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from matgenes._core.errors import InputError
from matgenes.models import ExtraTrees, LinearBaseline, random_folds
from matgenes.uncertainty import Conformal, density_ratio

LEVEL = 0.9


def rows(n, seed, shift=0.0):
    """x uniform (shifted by an exponential tilt), y = x^2 with noise that grows with x."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 1, (n, 1)) if not shift else rng.beta(1 + shift, 1, (n, 1))
    return x, x[:, 0] ** 2 + (0.05 + 0.3 * x[:, 0]) * rng.normal(size=n)


@pytest.mark.parametrize("method", ["split", "cross", "jackknife+"])
@pytest.mark.parametrize("normalised", [False, True])
def test_exchangeable_rows_are_covered(method, normalised):
    model = ExtraTrees(n_trees=20) if normalised else LinearRegression()
    inside = []
    for seed in range(2 if method == "jackknife+" and normalised else 12):
        fitted = Conformal(model, method, normalised=normalised, folds=5).fit(*rows(60, seed))
        x, y = rows(400, 1000 + seed)
        inside.append(fitted.intervals(x, LEVEL).covers(y).mean())
    assert 0.84 <= np.mean(inside) <= 0.98


def test_split_is_its_definition():
    x, y = rows(30, 0)
    fitted = Conformal(LinearRegression(), "split").fit(x, y)
    first = random_folds(30, 3, 0)[0]
    model = LinearRegression().fit(x[first.train], y[first.train])
    scores = np.sort(np.abs(y[first.test] - model.predict(x[first.test])))
    half = scores[int(np.ceil(LEVEL * 11)) - 1]
    found = fitted.intervals(x[:4], LEVEL)
    np.testing.assert_allclose(found.high, model.predict(x[:4]) + half)
    assert (found.guaranteed, found.effective_size) == (LEVEL, 10.0)


def test_jackknife_plus_is_its_definition():
    x, y = rows(20, 1)
    found = Conformal(LinearRegression(), "jackknife+").fit(x, y).intervals(x[:1] + 0.1, 0.8)
    ends = []
    for row in range(20):
        others = np.arange(20) != row
        model = LinearRegression().fit(x[others], y[others])
        error = abs(y[row] - model.predict(x[row : row + 1])[0])
        ends.append(model.predict(x[:1] + 0.1)[0] + error * np.array([-1.0, 1.0]))
    low, high = np.array(ends).T
    place = int(np.ceil(0.8 * 21))
    assert found.high[0] == pytest.approx(np.sort(high)[place - 1])
    assert found.low[0] == pytest.approx(np.sort(low)[20 - place])
    assert found.guaranteed == pytest.approx(0.6)


def test_too_few_rows_for_the_level_give_no_interval():
    found = Conformal(LinearRegression(), "split").fit(*rows(12, 0)).intervals([[0.5]], 0.99)
    assert found.share_infinite == 1.0


def test_weights_mend_a_shift_that_is_known():
    plain, weighted = [], []
    for seed in range(30):
        x, y = rows(300, seed)
        new, truth = rows(500, 500 + seed, shift=4.0)
        fitted = Conformal(LinearRegression(), "split", random_state=seed).fit(x, y)
        weights = (5 * x[:, 0] ** 4, 5 * new[:, 0] ** 4)  # the ratio of the two densities
        plain.append(fitted.intervals(new, LEVEL).covers(truth).mean())
        weighted.append(fitted.intervals(new, LEVEL, weights=weights).covers(truth).mean())
    assert np.mean(plain) < 0.85
    assert 0.87 <= np.mean(weighted) <= 0.96


def test_equal_weights_change_nothing():
    x, y = rows(90, 3)
    fitted = Conformal(LinearRegression(), "split").fit(x, y)
    plain, weighted = fitted.intervals(x, LEVEL), fitted.intervals(x, LEVEL, weights=(np.ones(90), np.ones(90)))
    np.testing.assert_allclose(plain.high, weighted.high)
    assert weighted.effective_size == pytest.approx(30.0)


def test_no_weighting_helps_outside_of_the_data():
    x, y = rows(90, 4)
    away = x + 50.0
    weights = density_ratio(x, away)
    found = Conformal(LinearRegression(), "split").fit(x, y).intervals(away, LEVEL, weights=weights)
    assert found.share_infinite == 1.0


def test_the_density_ratio_of_a_known_shift():
    rng = np.random.default_rng(0)
    old, new = rng.normal(size=(4000, 1)), rng.normal(1.0, 1.0, size=(4000, 1))
    own, _ = density_ratio(old, new)
    truth = np.exp(old[:, 0] - 0.5)
    assert np.corrcoef(np.log(own), np.log(truth))[0, 1] > 0.99
    assert np.mean(own) == pytest.approx(1.0, abs=0.1)


def test_new_hosts_are_covered_when_whole_hosts_are_held_out(diffusion):
    x, y, hosts = diffusion
    names = np.unique(hosts)
    out = np.isin(hosts, names[::4])
    known = Conformal(ExtraTrees(n_trees=50), "cross").fit(x[~out], y[~out], groups=hosts[~out])
    naive = Conformal(ExtraTrees(n_trees=50), "cross").fit(x[~out], y[~out])
    assert known.intervals(x[out]).covers(y[out]).mean() > naive.intervals(x[out]).covers(y[out]).mean()


def test_bad_input():
    x, y = rows(30, 0)
    with pytest.raises(InputError, match="no conformal method 'full'"):
        Conformal(LinearRegression(), "full")
    with pytest.raises(InputError, match="LinearRegression states no standard deviation"):
        Conformal(LinearRegression(), normalised=True)
    with pytest.raises(InputError, match="has not been fitted"):
        Conformal(LinearBaseline()).intervals(x)
    fitted = Conformal(LinearBaseline(), "cross").fit(x, y)
    with pytest.raises(InputError, match="between 0 and 1"):
        fitted.intervals(x, 90)
    with pytest.raises(InputError, match="for the split method"):
        fitted.intervals(x, weights=(np.ones(30), np.ones(30)))
    split = Conformal(LinearBaseline(), "split").fit(x, y)
    with pytest.raises(InputError, match="one each is needed"):
        split.intervals(x, weights=(np.ones(30), np.ones(3)))
    with pytest.raises(InputError, match="there are more of them"):
        split.intervals(x, weights=(np.ones(2), np.ones(30)))
    with pytest.raises(InputError, match="negative or not a number"):
        split.intervals(x, weights=(-np.ones(30), np.ones(30)))
    with pytest.raises(InputError, match="5 rows of either"):
        density_ratio(x, x[:2])
