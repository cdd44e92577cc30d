"""Spaces: tables, free conditions, made-up formulas; what they propose and refuse."""

import numpy as np
import pytest

from matgenes._core.errors import InputError
from matgenes.data import Dataset, Quantity
from matgenes.discovery.spaces import Candidates, Continuous, Formulas, Seen, Table, Variable


def seen(n_features, taken=(), ids=(), x=None):
    rows = np.empty((0, n_features)) if x is None else np.asarray(x, dtype=float)
    return Seen(tuple(ids), rows, frozenset(taken), np.random.default_rng(0))


def test_a_table_without_names_and_roles():
    table = Table(
        Dataset.from_columns({Quantity("x", unit=""): [1.0, 2.0, 3.0], Quantity("y", unit="eV"): [0.1, None, None]}),
        measured=("y",),
    )
    assert table.features == ("x",)
    assert table.candidates(seen(1, ["row 2"])).ids == ["row 3", "row 4"]
    with pytest.raises(InputError, match="there is no candidate 'row 9'"):
        table.describe("row 9")


def test_tables_that_cannot_be():
    with pytest.raises(InputError, match="needs columns of numbers"):
        Table(Dataset.from_columns({Quantity("host"): ["Al", "Cu"]}))
    with pytest.raises(InputError, match="row 3, column 'n': this candidate has no name"):
        Table(Dataset.from_columns({Quantity("n", role="id"): ["a", None], Quantity("x", unit=""): [1.0, 2.0]}))
    with pytest.raises(InputError, match="row 3, column 'c': a cost must be positive"):
        Table(
            Dataset.from_columns({Quantity("x", unit=""): [1.0, 2.0], Quantity("c", unit="", role="cost"): [1.0, 0.0]})
        )
    with pytest.raises(InputError, match="has a feature without a value"):
        Candidates(["a"], np.array([[np.nan]]))


def test_settings_stay_within_bounds_and_on_their_steps():
    oven = Continuous(
        [Variable(name="T", unit="degC", low=20, high=120, step=30), Variable(name="p", unit="bar", low=1, high=2)]
    )
    found = oven.candidates(seen(2, ids=["T=50;p=1.5"], x=[[50, 1.5]]))
    assert set(np.unique(found.x[:, 0])) <= {20.0, 50.0, 80.0, 110.0}
    assert found.x[:, 1].min() >= 1
    assert found.x[:, 1].max() <= 2
    assert len(set(found.ids)) == len(found) > 1000
    near = np.abs(found.x[:, 1] - 1.5) < 0.03
    assert near.sum() > 1.1 * 0.06 * len(found)


def test_conditions_that_cannot_be():
    with pytest.raises(ValueError, match="needs low < high"):
        Variable(name="T", low=2, high=1)
    with pytest.raises(ValueError, match="'wibble' is not a unit"):
        Variable(name="T", unit="wibble", low=1, high=2)
    oven = Continuous([Variable(name="T", unit="K", low=300, high=900)])
    with pytest.raises(InputError, match="'t' is no variable here; write 'T=300'"):
        oven.describe("t=4")
    with pytest.raises(InputError, match="'hot' is no number"):
        oven.describe("T=hot")
    with pytest.raises(InputError, match="give variables with a name each"):
        Continuous([])


def test_formulas_change_by_swaps_and_amounts():
    space = Formulas(["Ca2TiO4"], [["Ca", "Sr"], ["Ti", "Zr"]], most=4, change_amounts=True)
    assert {"Sr2TiO4", "Ca2ZrO4", "CaTiO4", "Ca3TiO4", "Ca2Ti2O4", "Ca2TiO3"} == space.neighbours("Ca2TiO4")
    assert space.called("O4Ti1Ca2") == "Ca2TiO4"
    found = space.candidates(seen(len(space.features), ["Sr2TiO4"]))
    assert "Sr2TiO4" not in found.ids
    assert found.x.shape == (len(found.ids), len(space.features))
    np.testing.assert_allclose(space.describe(found.ids[3]), found.x[3])


def test_both_elements_of_a_swap_change_places():
    space = Formulas(["CaSr2O3"], [["Ca", "Sr"]])
    assert space.neighbours("CaSr2O3") == {"Ca2SrO3"}


@pytest.mark.parametrize(
    ("formula", "said"),
    [("CaTiO3.5", "no formula with whole amounts"), ("Ca(OH)2", "no formula"), ("CaXx", "Xx"), ("Ca0", "amount 0")],
)
def test_formulas_that_cannot_be(formula, said):
    with pytest.raises(InputError, match=said):
        Formulas([formula], [["Ca", "Sr"]])


def test_a_space_in_which_nothing_changes():
    with pytest.raises(InputError, match="elements that can take each other's place"):
        Formulas(["CaO"], [["Ca"]])
