"""Acquisitions: each against its definition, what they need, their words, and the warning of the conditional mean."""

import mpmath
import numpy as np
import pytest
from scipy.stats import norm

from matgenes._core.errors import InputError
from matgenes.discovery import Goal
from matgenes.discovery.acquisition import ACQUISITIONS, Limit, View, acquisition
from matgenes.models import Prediction


def view(**more):
    rng = np.random.default_rng(0)
    n, d = 40, 3
    features = rng.standard_normal((n, d))
    known_features = rng.standard_normal((30, d))
    known = np.where(known_features[:, 0] > 0.3, 1.0, 0.0) + 0.1 * rng.standard_normal(30)
    prediction = Prediction(rng.normal(0.5, 0.5, n), rng.uniform(0.1, 0.5, n), np.full(n, 0.1))
    given = {
        "goal": Goal("maximise"),
        "prediction": prediction,
        "known": known,
        "features": features,
        "known_features": known_features,
        "costs": rng.uniform(1, 10, n),
        "errors": lambda: np.abs(known_features[:, 1]),
        "limits": (Limit(Prediction(rng.normal(size=n), np.ones(n), np.zeros(n)), upper=0.5),),
        "rng": np.random.default_rng(1),
    }
    return View(**(given | more))


def with_two():
    first = view()
    return view(others=(view(goal=Goal("minimise"), known=np.random.default_rng(5).normal(size=30)),)), first


@pytest.mark.parametrize("name", ACQUISITIONS)
def test_scores_are_one_a_candidate_and_never_nan(name):
    seen = with_two()[0] if name == "ehvi" else view()
    scores = acquisition(name).scores(seen)
    assert scores.shape == (40,)
    assert not np.isnan(scores).any()
    assert not np.isposinf(scores).any()
    assert acquisition(name).name == name


def test_each_by_its_definition():
    seen = view()
    m, s, best = seen.prediction.mean, seen.prediction.std, seen.known.max()
    z = (m - best) / s
    ei = s * (z * norm.cdf(z) + norm.pdf(z))
    np.testing.assert_allclose(np.exp(acquisition("ei").scores(seen)), ei, rtol=1e-9)
    np.testing.assert_allclose(acquisition("pi").scores(seen), norm.sf(best, m, s), rtol=1e-9)
    np.testing.assert_allclose(acquisition("ucb", kappa=3.0).scores(seen), m + 3 * s)
    np.testing.assert_allclose(acquisition("xt").scores(seen), m)
    np.testing.assert_allclose(acquisition("max_variance").scores(seen), seen.prediction.epistemic)
    above = acquisition("conditional_mean_above").scores(seen)
    np.testing.assert_allclose(norm.sf(best, m, s) * (above - best), ei, rtol=1e-6)
    np.testing.assert_allclose(np.exp(acquisition("per_cost").scores(seen)), ei / seen.costs, rtol=1e-9)
    inside = norm.cdf(0.5, seen.limits[0].prediction.mean, 1.0)
    np.testing.assert_allclose(np.exp(acquisition("constrained").scores(seen)), ei * inside, rtol=1e-9)
    np.testing.assert_allclose(np.exp(acquisition("per_cost", inner="pi").scores(seen)),
                               norm.sf(best, m, s) / seen.costs, rtol=1e-9)  # fmt: skip


@pytest.mark.parametrize("z", [0.0, -1.0, -5.0, -20.0, -35.0])
def test_log_improvement_agrees_with_the_integral_down_to_z_minus_35(z):
    with mpmath.workdps(60):
        exact = mpmath.quad(lambda t: (t + z) * mpmath.npdf(t), [-z + step / 8 for step in range(100)])
        log_exact = float(mpmath.log(exact))
    seen = view(prediction=Prediction([z], [1.0], [0.0]), known=np.array([0.0]), features=None, known_features=None,
                costs=None, limits=())  # fmt: skip
    assert acquisition("ei").scores(seen)[0] == pytest.approx(log_exact, rel=1e-9, abs=1e-9)


def test_the_conditional_mean_prefers_the_improbable_as_its_documentation_warns():
    seen = View(Goal("maximise"), Prediction([-2.0, 0.9], [1.0, 0.1], [0.0, 0.0]), known=np.array([1.0]))
    ei = np.exp(acquisition("ei").scores(seen))
    assert acquisition("conditional_mean_above").scores(seen).argmax() == 0
    assert ei[1] / ei[0] == pytest.approx(22, rel=0.02)


def test_a_minimum_is_the_maximum_of_the_negative():
    up = view()
    p = up.prediction
    down = view(goal=Goal("minimise"), prediction=Prediction(-p.mean, p.epistemic, p.aleatoric), known=-up.known)
    for name in ("ei", "pi", "ucb", "xt", "conditional_mean_above", "rule"):
        np.testing.assert_allclose(acquisition(name).scores(down), acquisition(name).scores(up), rtol=1e-9)


def test_towards_a_value_confidence_is_capped_at_the_value_itself():
    seen = view(goal=Goal(0.5))
    assert acquisition("ucb", kappa=50.0).scores(seen).max() == 0.0
    assert acquisition("xt").scores(seen).argmax() == np.abs(seen.prediction.mean - 0.5).argmin()
    with pytest.raises(InputError, match="use ei to come close"):
        acquisition("conditional_mean_above").scores(seen)


def test_thompson_uses_joint_draws_where_there_are_some():
    seen = view(draws=lambda n, rng: np.tile(np.arange(40.0), (n, 1)))
    assert acquisition("thompson").scores(seen).argmax() == 39


def test_rules_lead_to_where_the_target_is_high_and_where_the_errors_are():
    seen = view()
    high = acquisition("rule").scores(seen)
    assert (seen.features[np.argsort(-high)[:8], 0] > 0.0).all()
    assert (high > 0).all()
    wrong = acquisition("applicability").scores(seen)
    assert np.abs(seen.features[np.argsort(-wrong)[:5], 1]).mean() > np.abs(seen.features[:, 1]).mean()


def test_limits_on_both_sides_and_far_away():
    prediction = Prediction([0.0, 100.0, 0.0], [1.0, 1.0, 0.0], [0.0] * 3)
    seen = View(Goal("maximise"), Prediction([1.0] * 3, [1.0] * 3, [0.0] * 3), known=np.array([0.0]),
                limits=(Limit(prediction, -1.0, 1.0),))  # fmt: skip
    alone = acquisition("ei").scores(seen)
    inside = acquisition("constrained").scores(seen) - alone
    assert np.exp(inside[0]) == pytest.approx(norm.cdf(1) - norm.cdf(-1), rel=1e-12)
    assert inside[1] == pytest.approx(norm.logcdf(-99), rel=1e-6)
    assert inside[2] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "missing", "message"),
    [
        ("per_cost", {"costs": None}, "'per_cost' needs a cost"),
        ("constrained", {"limits": ()}, "at least one Limit"),
        ("random", {"rng": None}, "random generator"),
        ("rule", {"known_features": None}, "features of the known rows"),
        ("applicability", {"errors": None}, "errors on known values"),
        ("rule", {"known": np.zeros(5), "known_features": np.zeros((5, 3))}, "at least 10 known values; there are 5"),
        ("ehvi", {}, "two objectives or more"),
    ],
)
def test_what_is_missing_is_asked_for(name, missing, message):
    with pytest.raises(InputError, match=message):
        acquisition(name).scores(view(**missing))


def test_bad_words_and_parameters():
    with pytest.raises(InputError, match=r"no acquisition 'uct'.*Did you mean 'ucb'"):
        acquisition("uct")
    with pytest.raises(InputError, match="has no parameter 'xi'"):
        acquisition("ei", xi=0.1)
    with pytest.raises(InputError, match="kappa is -1"):
        acquisition("ucb", kappa=-1.0)
    with pytest.raises(InputError, match="cannot weigh 'xt'"):
        acquisition("per_cost", inner="xt")
    with pytest.raises(InputError, match="costs must be positive"):
        view(costs=np.zeros(40))
    with pytest.raises(InputError, match="features has 3 rows; 40"):
        view(features=np.zeros((3, 2)))
