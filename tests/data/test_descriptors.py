"""Descriptors: cases worked by hand, the slow twin of the statistics, the sample data, and bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matgenes._core.errors import InputError
from matgenes.data import Dataset, Quantity, elements
from matgenes.data.descriptors import STATISTICS, composition_features, element_features, missing
from matgenes.data.samples import diffusion

PAIRS = {"host": ["Al", "Cu"], "solute": ["Mg", "Ag"]}
METALS = ["Al", "Cu", "Fe", "Mg", "Ni", "Ti", "Zr", "W"]


def test_host_solute_and_difference():
    features = element_features(PAIRS, properties=["covalent_radius"])
    np.testing.assert_array_equal(features.numpy("host covalent_radius"), [121.0, 132.0])
    np.testing.assert_array_equal(features.numpy("solute covalent_radius"), [141.0, 145.0])
    np.testing.assert_array_equal(features.numpy("covalent_radius difference"), [20.0, 13.0])
    assert {features.quantity(name).unit for name in features.names()} == {"pm"}
    assert features.names("feature") == features.names()


@pytest.mark.parametrize("differences", [True, False])
@pytest.mark.parametrize("columns", [["host"], ["host", "solute"], ["host", "solute", "third"]])
def test_differences_belong_to_two_columns(columns, differences):
    table = PAIRS | {"third": ["Fe", "Fe"]}
    names = element_features(table, columns, ["density"], differences=differences).names()
    assert ("density difference" in names) == (differences and len(columns) == 2)
    assert len(names) == len(columns) + (differences and len(columns) == 2)


def test_all_kinds_of_tables_give_the_same():
    frame = pd.DataFrame(PAIRS)
    dataset = Dataset.from_columns({Quantity(name): symbols for name, symbols in PAIRS.items()})
    assert element_features(frame) == element_features(PAIRS) == element_features(dataset)


def test_sample_data_are_complete_by_default():
    features = element_features(diffusion())
    assert len(features) == 408
    assert len(features.names()) == 3 * len(elements.DEFAULT_PROPERTIES)
    assert not features.to_pandas().isna().any(axis=None)


def test_missing_value_is_null_and_named():
    features = element_features({"host": ["Cu", "Cu"], "solute": ["Ni", "Se"]}, properties=["miedema_molar_volume"])
    np.testing.assert_array_equal(np.isnan(features.numpy("solute miedema_molar_volume")), [False, True])
    np.testing.assert_array_equal(np.isnan(features.numpy("miedema_molar_volume difference")), [False, True])
    assert "no value for Se" in features.quantity("solute miedema_molar_volume").description
    assert "no value" not in features.quantity("host miedema_molar_volume").description


def test_missing_names_element_property_and_reason():
    gaps = missing(["K", "Cu", "K"], ["heat_of_fusion", "density"]).to_pandas()
    assert gaps[["element", "property"]].to_numpy().tolist() == [["K", "heat_of_fusion"]]
    assert "Richards" in gaps["reason"][0]
    assert len(missing(["Cu"], ["density"])) == 0


def test_sodium_chloride_by_hand():
    """(22.99 + 35.45) / 2 = 29.22 u, and each is 6.23 u from it."""
    features = composition_features(["NaCl"], ["atomic_mass"]).to_pandas().iloc[0]
    sodium, chlorine = elements.values(["Na", "Cl"], "atomic_mass")
    assert features["atomic_mass mean"] == pytest.approx((sodium + chlorine) / 2)
    assert features["atomic_mass mean"] == pytest.approx(29.22, abs=0.01)
    assert features["atomic_mass spread"] == pytest.approx((chlorine - sodium) / 2)
    assert features["atomic_mass difference"] == pytest.approx(chlorine - sodium)
    assert features["atomic_mass min"] == sodium
    assert features["atomic_mass max"] == chlorine
    assert features["atomic_mass mode"] == sodium  # both are as frequent: the smaller


def test_alumina_by_hand():
    features = composition_features(["Al2O3", "(Al2)(O)3", "Al0.4O0.6"], ["atomic_number"]).to_pandas()
    np.testing.assert_allclose(features["atomic_number mean"], (2 * 13 + 3 * 8) / 5)
    np.testing.assert_allclose(features["atomic_number spread"], 0.4 * 3 + 0.6 * 2)
    np.testing.assert_allclose(features["atomic_number mode"], 8)


def test_one_element_has_no_spread():
    features = composition_features(["Fe", "Fe3"], "default", ["spread", "difference"]).to_pandas()
    np.testing.assert_allclose(features, 0.0, atol=1e-9)


def by_definition(fractions: dict[str, float], name: str, statistic: str) -> float:
    """The slow, obvious twin: one composition at a time, in plain Python."""
    value = {symbol: elements.lookup(symbol, name).value for symbol in fractions}
    mean = sum(fraction * value[symbol] for symbol, fraction in fractions.items())
    most = max(fractions.values())
    return {
        "mean": mean,
        "spread": sum(fraction * abs(value[symbol] - mean) for symbol, fraction in fractions.items()),
        "difference": max(value.values()) - min(value.values()),
        "min": min(value.values()),
        "max": max(value.values()),
        "mode": min(value[symbol] for symbol, fraction in fractions.items() if fraction > most - 1e-9),
    }[statistic]


@given(
    st.lists(
        st.dictionaries(st.sampled_from(METALS), st.integers(1, 9), min_size=1, max_size=4), min_size=1, max_size=4
    )
)
def test_statistics_equal_their_definition(amounts):
    formulas = ["".join(f"{symbol}{count}" for symbol, count in part.items()) for part in amounts]
    features = composition_features(formulas, ["density", "electronegativity"]).to_pandas()
    for row, part in enumerate(amounts):
        fractions = {symbol: count / sum(part.values()) for symbol, count in part.items()}
        for name in ("density", "electronegativity"):
            for statistic in STATISTICS:
                expected = by_definition(fractions, name, statistic)
                assert features[f"{name} {statistic}"][row] == pytest.approx(expected, abs=1e-12)


def test_composition_with_a_missing_value_is_null():
    features = composition_features(["NaCl", "SeO2"], ["miedema_molar_volume"], ["mean", "max"])
    assert np.isnan(features.numpy("miedema_molar_volume mean")).tolist() == [True, True]  # Cl, Se and O have none
    assert "no value for Cl, Se, O" in features.quantity("miedema_molar_volume mean").description


def test_no_rows_give_empty_features():
    assert len(composition_features([], ["density"])) == 0
    assert len(element_features({"host": [], "solute": []}, properties=["density"])) == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        pytest.param(
            lambda: element_features({"host": ["Al", "al"], "solute": ["Al", "Al"]}),
            "row 3, column 'host': 'al' is no element. Did you mean 'Al'",
            id="element",
        ),
        pytest.param(lambda: element_features({"Host": ["Al"]}, ["host"]), "Did you mean 'Host'", id="column"),
        pytest.param(lambda: element_features(PAIRS, properties=["densty"]), "Did you mean 'density'", id="property"),
        pytest.param(
            lambda: composition_features(["Fe"], ["density"], ["maen"]), "Did you mean 'mean'", id="statistic"
        ),
        pytest.param(
            lambda: composition_features(["NaCl", "Nacl"], column="salt"), "row 3, column 'salt': 'Nacl'", id="case"
        ),
        pytest.param(
            lambda: composition_features(["Xx2O3"]), "row 2, column 'formula': 'Xx' is no element", id="unknown"
        ),
        pytest.param(lambda: composition_features([None]), "there is no formula", id="null"),
        pytest.param(lambda: composition_features([" "]), "there is no formula", id="blank"),
        pytest.param(lambda: composition_features(["Fe" * 101]), "202 characters; a formula may have 200", id="long"),
        pytest.param(lambda: composition_features(["Fe-2"]), "'-' has no meaning there", id="sign"),
        pytest.param(lambda: composition_features(["__import__('os')"]), "'_' has no meaning there", id="code"),
        pytest.param(lambda: composition_features(["Fe9**9**9"]), r"'\*' has no meaning there", id="power"),
        pytest.param(lambda: composition_features(["Ca(OH2"]), "'Ca\\(OH2' is no formula", id="bracket"),
        pytest.param(lambda: composition_features(["2Fe"]), "'2Fe' is no formula", id="number first"),
        pytest.param(lambda: composition_features(["FeO0"]), "an amount of zero", id="zero"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(InputError, match=message):
        call()


@given(st.text(alphabet="FeOCuX()[]0123456789. -*'_", max_size=30))
def test_any_text_is_a_formula_or_a_clear_error(text):
    try:
        mean = composition_features([text], ["atomic_number"], ["mean"]).numpy("atomic_number mean")[0]
    except InputError as error:
        assert (error.row, error.column) == (2, "formula")  # noqa: PT017
    else:
        assert 1 <= mean <= 118
