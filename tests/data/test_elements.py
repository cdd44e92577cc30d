"""Elemental values: what everyone knows, physical rules over the whole table, sources, and bad input."""

from __future__ import annotations

import numpy as np
import pytest

from matgenes._core import units
from matgenes._core.errors import InputError
from matgenes.data import elements
from matgenes.data.samples import diffusion, diffusion_candidates

GAS_CONSTANT = 8.314462618  # J/(mol K)


def series(name: str) -> np.ndarray:
    return elements.values(elements.symbols(), name)


@pytest.mark.parametrize(
    ("symbol", "name", "value", "unit"),
    [
        ("H", "atomic_mass", 1.008, "u"),
        ("Cu", "atomic_number", 29, ""),
        ("Cu", "melting_point", 1357.77, "K"),
        ("Fe", "lattice_structure", "BCC", None),
        ("F", "electronegativity", 3.98, ""),
        ("Na", "first_ionization_energy", 5.139, "eV"),
        ("Cu", "miedema_electronegativity", 4.45, "V"),
        ("Zn", "d_electrons", 10, ""),
        ("Gd", "f_electrons", 7, ""),
        ("W", "valence_electrons", 6, ""),
    ],
)
def test_what_everyone_knows(symbol, name, value, unit):
    found = elements.lookup(symbol, name)
    assert found.value == (value if isinstance(value, str) else pytest.approx(value, rel=1e-3))
    assert found.unit == unit


def test_there_are_118_elements_in_order():
    assert len(elements.symbols()) == 118
    np.testing.assert_array_equal(series("atomic_number"), np.arange(1, 119))


def test_electrons_add_up():
    """The noble-gas core and the electrons outside of it make the neutral atom."""
    outside = sum(series(f"{shell}_electrons") for shell in "spdf")
    cores = series("atomic_number") - outside
    assert set(cores) <= {0, 2, 10, 18, 36, 54, 86}


def test_every_unit_is_canonical_and_every_value_has_a_source():
    for prop in elements.properties():
        assert prop.description
        for value in prop.known.values():
            assert value.source
            assert value.unit == prop.unit
        if prop.unit is not None:
            assert units.canonical(prop.unit) == prop.unit
            assert np.isfinite([value.value for value in prop.known.values()]).all()


def test_rule_of_dulong_and_petit():
    """Heat capacities of metals at room temperature are near 3 R; Be, with its high Debye temperature, is far below."""
    metals = sorted(set(diffusion_candidates().numpy("solute")) - {"Be"})
    ratio = elements.values(metals, "molar_heat_capacity") / (3 * GAS_CONSTANT)
    assert ((ratio > 0.93) & (ratio < 1.5)).all()


def test_specific_and_molar_heat_agree():
    metals = list(elements.find_property("metallic_radius").known)
    product = elements.values(metals, "specific_heat") * elements.values(metals, "atomic_mass")
    molar = elements.values(metals, "molar_heat_capacity")
    known = np.isfinite(product)
    np.testing.assert_allclose(product[known], molar[known], rtol=0.03)


def test_density_agrees_with_the_lattice():
    """Mass over density and the cell's volume over its atoms are one volume, for solids at room temperature."""
    atoms = {"FCC": 4, "BCC": 2}
    gases = {"Ne", "Ar", "Kr", "Xe", "Rn"}
    for symbol, structure in elements.find_property("lattice_structure").known.items():
        constant, volume = elements.lookup(symbol, "lattice_constant").value, elements.lookup(symbol, "atomic_volume")
        if structure.value in atoms and symbol not in gases and constant and volume.value:
            cell = constant**3 / atoms[structure.value] * 0.602214076
            assert cell == pytest.approx(volume.value, rel=0.07), symbol


def test_wrong_values_of_the_source_are_missing_and_say_why():
    cadmium = elements.lookup("Cd", "heat_of_evaporation")
    assert cadmium.value is None
    assert "value of Hg" in cadmium.note
    assert np.isnan(elements.values(["Cd"], "heat_of_evaporation")).all()


def test_heats_of_evaporation_obey_trouton():
    """After what was withheld, no metal is far from about 100 J/(mol K)."""
    metals = sorted(set(diffusion_candidates().numpy("solute")))
    ratio = 1e3 * elements.values(metals, "heat_of_evaporation") / elements.values(metals, "boiling_point")
    assert ((ratio > 75) & (ratio < 145))[np.isfinite(ratio)].all()


def test_default_properties_are_known_for_the_sample_and_its_candidates():
    present = {*diffusion().numpy("host"), *diffusion().numpy("solute"), *diffusion_candidates().numpy("solute")}
    for name in elements.DEFAULT_PROPERTIES:
        assert np.isfinite(elements.values(sorted(present), name)).all(), name


def test_table_is_a_dataset_with_units():
    table = elements.element_table(["melting_point", "electronegativity"])
    assert table.names() == ("element", "melting_point", "electronegativity")
    assert len(table) == 118
    assert table.quantity("melting_point").unit == "K"
    assert table.numpy("melting_point")[28] == pytest.approx(1357.77)
    assert np.isnan(table.numpy("electronegativity")[1])  # He


def test_whole_table_holds_every_number():
    assert len(elements.element_table().names("feature")) == len(elements.names("all"))
    assert "block" not in elements.names("all")


def test_names_keep_their_order_and_lose_repeats():
    assert elements.names(["density", "period", "density"]) == ("density", "period")
    assert elements.names("default") == elements.DEFAULT_PROPERTIES
    assert elements.names("density") == ("density",)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        pytest.param(lambda: elements.check_symbol("cu"), "'cu' is no element. Did you mean 'Cu'", id="lower case"),
        pytest.param(
            lambda: elements.check_symbol("Xx", row=3, column="host"), "row 3, column 'host': 'Xx' is", id="place"
        ),
        pytest.param(lambda: elements.check_symbol(None), "an empty cell is no element", id="null"),
        pytest.param(lambda: elements.check_symbol(float("nan")), "an empty cell is no element", id="nan"),
        pytest.param(lambda: elements.check_symbol("x" * 10_000), "'x{40}' is no element", id="long"),
        pytest.param(lambda: elements.values(["Cu"], "melting"), "Did you mean 'melting_point'", id="property"),
        pytest.param(lambda: elements.values(["Cu"], "block"), "is a word, not a number", id="word"),
        pytest.param(lambda: elements.names([]), "no property is named", id="none"),
        pytest.param(lambda: elements.lookup("Qq", "density"), "'Qq' is no element", id="lookup"),
        pytest.param(lambda: elements.element_table(["densty"]), "Did you mean 'density'", id="table"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(InputError, match=message):
        call()
