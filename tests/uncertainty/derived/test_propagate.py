"""Derived quantities: against the uncertainties package, units, correlations, draws, curvature, real data, bad input."""

import numpy as np
import pytest
import uncertainties as peer
from hypothesis import given, settings
from hypothesis import strategies as st
from uncertainties import umath

from matgenes._core.errors import InputError
from matgenes.data import Dataset, Quantity
from matgenes.uncertainty import propagate


def table(**columns):
    """Columns (values, sigma or None, unit) by name."""
    made = {}
    for name, (values, sigma, unit) in columns.items():
        made[Quantity(name, unit=unit, role="feature")] = values
        if sigma is not None:
            made[Quantity(f"d{name}", unit=unit, role="sigma", sigma_of=name)] = sigma
    return Dataset.from_columns(made)


@settings(deadline=None, max_examples=60)
@given(st.floats(0.1, 50), st.floats(0.1, 50), st.floats(0.01, 5), st.floats(0.01, 5), st.floats(-0.9, 0.9))
def test_first_order_is_that_of_the_uncertainties_package(a, b, da, db, rho):
    data = table(a=([a], [da], ""), b=([b], [db], ""))
    covariance = [[da**2, rho * da * db], [rho * da * db, db**2]]
    x, y = peer.correlated_values([a, b], covariance)
    texts = {
        "a*b - b/a": x * y - y / x,
        "-a^2 * sqrt(b) + exp(-b/10)": -(x**2) * umath.sqrt(y) + umath.exp(-y / 10),
        "ln(a)*sin(b) / (1 + a**1.5)": umath.log(x) * umath.sin(y) / (1 + x**1.5),
        "a^b^0.5": x ** (y**0.5),
    }
    for text, expected in texts.items():
        found = propagate(text, data, correlations={("a", "b"): rho})
        assert found.values[0] == pytest.approx(expected.n, rel=1e-9)
        assert found.sigma[0] == pytest.approx(expected.s, rel=1e-6, abs=1e-12)


def test_units_go_through_and_are_converted():
    data = table(E=([2.0], [0.1], "eV"), Ebulk=([96.485332], None, "kJ/mol"), area=([8.0], None, "angstrom^2"))
    found = propagate("(E - Ebulk) / (2 * area)", data, unit="J/m^2")
    assert found.unit == "J/m^2"
    assert found.values[0] == pytest.approx(1.0 / 16 * 16.0217663, rel=1e-5)
    assert found.sigma[0] == pytest.approx(0.1 / 16 * 16.0217663, rel=1e-5)


def test_sigma_in_another_unit_than_its_column():
    data = Dataset.from_columns(
        {
            Quantity("T", unit="degC", role="feature"): [25.0],
            Quantity("dT", unit="K", role="sigma", sigma_of="T"): [2.0],
        }
    )
    found = propagate("T", data, unit="K")
    assert (found.values[0], found.sigma[0]) == (pytest.approx(298.15), pytest.approx(2.0))


def test_correlated_errors_cancel_in_a_difference():
    data = table(a=([5.0], [1.0], "eV"), b=([3.0], [1.0], "eV"))
    assert propagate("a - b", data).sigma[0] == pytest.approx(np.sqrt(2))
    assert propagate("a - b", data, correlations={("a", "b"): 1.0}).sigma[0] == pytest.approx(0.0, abs=1e-7)
    assert propagate("a - a", data).sigma[0] == 0.0


def test_draws_agree_where_it_is_straight_and_see_the_bend_where_not():
    data = table(a=([5.0, 0.1], [0.5, 0.5], ""), b=([3.0, 1.0], [0.2, 0.2], ""))
    correlations = {("a", "b"): 0.5}
    linear = propagate("2*a - 3*b", data, correlations=correlations)
    drawn = propagate("2*a - 3*b", data, correlations=correlations, method="monte_carlo", n_draws=40_000)
    np.testing.assert_allclose(drawn.sigma, linear.sigma, rtol=0.03)
    np.testing.assert_allclose(drawn.high, linear.high, rtol=0.03)
    assert not linear.doubtful.any()
    square = propagate("a^2", data, method="monte_carlo", n_draws=40_000)
    assert square.values[1] == pytest.approx(0.1**2 + 0.5**2, rel=0.05)
    assert propagate("a^2", data).doubtful.tolist() == [False, True]


def test_draws_outside_the_function_are_told():
    data = table(a=([0.5, 50.0], [0.5, 0.5], ""))
    found = propagate("ln(a)", data, method="monte_carlo")
    assert found.doubtful.tolist() == [True, False]
    assert np.isfinite(found.sigma).all()


def test_missing_inputs_stay_missing_and_columns_are_added():
    data = table(a=([1.0, None], [0.1, 0.1], "nm"), b=([2.0, 3.0], [0.2, None], "nm"))
    found = propagate("a * b", data, name="area")
    assert np.isnan(found.values).tolist() == [False, True]
    assert np.isnan(found.sigma).tolist() == [False, True]
    wider = found.add_to(data)
    assert wider.quantity("area").unit == "nm^2"
    assert wider.quantity("sigma area").sigma_of == "area"
    assert wider.numpy("sigma area")[0] == pytest.approx(np.hypot(0.2, 0.2))
    with pytest.raises(InputError, match="'area' already"):
        found.add_to(wider)


def test_the_largest_share_is_named():
    data = table(a=([1.0], [0.1], ""), b=([1.0], [0.3], ""))
    found = propagate("a + b", data)
    assert found.shares["b"][0] == pytest.approx(0.9)
    assert "b 90%" in str(found)


def test_many_rows_in_blocks_are_the_same_numbers(monkeypatch):
    rng = np.random.default_rng(0)
    data = table(a=(rng.uniform(1, 2, 50), np.full(50, 0.1), ""))
    whole = propagate("a^2", data, method="monte_carlo", n_draws=2000)
    monkeypatch.setattr("matgenes.uncertainty.derived._propagation.BLOCK", 2000 * 7)
    parts = propagate("a^2", data, method="monte_carlo", n_draws=2000)
    np.testing.assert_allclose(parts.sigma, whole.sigma, rtol=0.1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("a +", "found the end"),
        ("a b", "an operator or the end"),
        ("(a", "closing bracket"),
        ("a; b", "';' at position 2"),
        ("__import__(a)", "no function '__import__'"),
        ("a.b", "'.' at position 2"),
        ("zz * a", "needs the column 'zz'"),
        ("exp(a)", "exp needs a dimensionless argument; given: 'nm'"),
        ("a + 1", "cannot be added"),
        ("a ^ a", "exponent is dimensionless"),
        ("a ^ pi", "simple fraction"),
        ("(" * 50 + "a", "nested more than 40"),
        ("-" * 300 + "a", "nested more than 40"),
        ("2^" * 150 + "a", "nested more than 40"),
        ("1+" * 300 + "1", "601 characters"),
        ("word", "no numbers"),
    ],
)
def test_bad_expressions(text, said):
    data = table(a=([1.0], None, "nm")).with_column(Quantity("word"), ["x"])
    with pytest.raises(InputError, match=said):
        propagate(text, data)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"unit": "eV"}, "cannot be converted to 'eV'"),
        ({"correlations": {("a", "c"): 0.5}}, "joins two of the columns with error bars: a, b"),
        ({"correlations": {("a", "b"): 1.5}}, "between -1 and 1"),
        ({"method": "guess"}, "linear, monte_carlo"),
        ({"method": "monte_carlo", "n_draws": 3}, "100 or more"),
    ],
)
def test_bad_settings(how, said):
    data = table(a=([1.0], [0.1], "nm"), b=([1.0], [0.1], "nm"))
    with pytest.raises(InputError, match=said):
        propagate("a * b", data, **how)


def test_impossible_correlations_are_refused():
    data = table(a=([1.0], [0.1], ""), b=([1.0], [0.1], ""), c=([1.0], [0.1], ""))
    rho = {("a", "b"): 0.9, ("b", "c"): 0.9, ("a", "c"): -0.9}
    with pytest.raises(InputError, match="negative eigenvalue"):
        propagate("a + b + c", data, correlations=rho)
