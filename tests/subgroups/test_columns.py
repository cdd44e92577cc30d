"""Columns of arrays, frames and datasets: kinds, gaps, units, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from matgenes._core.errors import InputError, UnitError
from matgenes.data import Dataset, Quantity
from matgenes.subgroups._columns import columns_of


def test_kinds_of_a_frame():
    frame = pd.DataFrame(
        {
            "x": [1, 2, None],
            "host": ["Al", None, "Cu"],
            "magnetic": [True, False, None],
            "kind": pd.Categorical(["a", "b", None]),
            "level": pd.Categorical([1, 2, None]),
            "count": pd.array([1, None, 3], dtype="Int64"),
        }
    )
    columns = columns_of(frame, {"x": "Angstrom", "target": "eV"})
    assert [name for name, column in columns.items() if column.is_numeric] == ["x", "level", "count"]
    assert columns["x"].unit == "angstrom"
    assert columns["host"].categories == ["Al", "Cu"]
    assert columns["magnetic"].categories == [False, True]
    assert [int(column.is_missing.sum()) for column in columns.values()] == [1] * 6


def test_a_dataset_brings_units_and_categories():
    dataset = Dataset.from_columns(
        {Quantity("x", unit="nm"): [1.0, None], Quantity("host"): ["Al", None], Quantity("ok"): [True, None]}
    )
    columns = columns_of(dataset)
    assert columns["x"].unit == "nm"
    np.testing.assert_array_equal(columns["x"].in_unit("angstrom"), [10.0, np.nan])
    assert (columns["host"].categories, columns["ok"].categories) == (["Al"], [True])
    with pytest.raises(UnitError, match="column 'x'"):
        columns["x"].in_unit("eV")


def test_an_array_has_names_by_number():
    assert list(columns_of(np.zeros((3, 2)), ["eV", ""])) == ["x0", "x1"]


@pytest.mark.parametrize(
    ("table", "units", "message"),
    [
        pytest.param(np.zeros(3), None, r"shape \(3,\)", id="vector"),
        pytest.param(np.array([[1.0], [np.inf]]), None, "column 'x0': row 1 .* infinite", id="infinite"),
        pytest.param(pd.DataFrame({"t": pd.to_datetime(["2026-01-01"])}), None, "'t': it holds times", id="times"),
        pytest.param(pd.DataFrame([[1, 2]], columns=["a", "a"]), None, "same name", id="doubled"),
        pytest.param(np.zeros((3, 2)), ["eV"], "give 2, one a column", id="units"),
        pytest.param(np.zeros((3, 1)), ["eW"], "eW", id="unknown unit"),
        pytest.param(pd.DataFrame({"z": [1j]}), None, "column 'z'", id="complex"),
    ],
)
def test_bad_input_is_named(table, units, message):
    with pytest.raises(InputError, match=message):
        columns_of(table, units)
