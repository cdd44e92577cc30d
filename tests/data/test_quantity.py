"""Quantities: canonical units, checks at construction, and the way into and out of plain data."""

import pytest

from matgenes._core.errors import InputError, UnitError
from matgenes.data import Quantity


def test_unit_is_kept_in_its_canonical_form():
    assert Quantity("E", unit="kJ mol^-1").unit == Quantity("E", unit="kJ/mol").unit
    assert Quantity("n", unit="").unit == ""
    assert Quantity("name").unit is None


def test_label_shows_name_and_unit():
    assert Quantity("E_act", unit="eV").label == "E_act (eV)"
    assert Quantity("ratio", unit="").label == "ratio"


def test_plain_data_and_back():
    full = Quantity(
        "s", unit="eV", role="sigma", description="spread", bounds=(0, 2), sigma_of="E", technique="DFT", cost=1.5,
        stage="fresh", iri="urn:x", source="paper",
    )  # fmt: skip
    assert Quantity.from_dict(full.to_dict()) == full
    assert Quantity("E").to_dict() == {"name": "E"}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        pytest.param({"name": " "}, "needs a name", id="no name"),
        pytest.param({"name": "E", "role": "taget"}, "Did you mean 'target'", id="role"),
        pytest.param({"name": "E", "bounds": (2, 1)}, "must not exceed", id="bounds reversed"),
        pytest.param({"name": "E", "bounds": ("a", 1)}, "two numbers", id="bounds text"),
        pytest.param({"name": "E", "sigma_of": "y"}, "must be 'sigma'", id="sigma role"),
        pytest.param({"name": "E", "unti": "eV"}, "Did you mean 'unit'", id="unknown field"),
    ],
)
def test_bad_fields_are_named(fields, message):
    with pytest.raises(InputError, match=message):
        Quantity.from_dict(fields)


def test_treacherous_unit_names_its_column():
    with pytest.raises(UnitError, match=r"column 'stress'.*angstrom"):
        Quantity("stress", unit="eV/A^3")
