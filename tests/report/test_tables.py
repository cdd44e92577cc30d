"""Tables on a page: errors beside their values, lengths cut with a remark, missing values last."""

from __future__ import annotations

import datetime

import numpy as np

from matgenes.data import Dataset, Quantity
from matgenes.report._tables import MOST_COLUMNS, MOST_ROWS, table_view, words


def test_a_value_and_its_uncertainty_share_a_column(predictions):
    view = table_view(predictions)
    assert [header.text for header in view.headers] == ["host", "energy (eV)", "predicted (eV)"]
    assert view.headers[2].title == "out-of-fold mean; ± is one standard uncertainty"
    assert " ± 0.10" in view.rows[0][2].text
    assert float(view.rows[0][2].key) == predictions.numpy("predicted")[0]


def test_an_uncertainty_in_another_unit_stays_apart():
    ds = Dataset.from_columns(
        {
            Quantity("E", unit="eV"): [1.0],
            Quantity("sigma", unit="meV", role="sigma", sigma_of="E"): [20.0],
        }
    )
    assert [header.text for header in table_view(ds).headers] == ["E (eV)", "sigma (meV)"]


def test_long_and_wide_tables_are_cut_with_a_remark():
    values = np.arange(100.0)
    ds = Dataset.from_columns({Quantity(f"c{i}", unit=""): values for i in range(40)})
    view = table_view(ds)
    assert (len(view.rows), len(view.headers)) == (MOST_ROWS, MOST_COLUMNS)
    assert view.cut == f"the first {MOST_ROWS} of 100 rows and the first {MOST_COLUMNS} of 40 columns"


def test_missing_values_are_dashes_and_sort_last():
    ds = Dataset.from_columns({Quantity("n"): [3, None], Quantity("t"): ["a", None]})
    assert [(cell.text, cell.key) for cell in table_view(ds).rows[1]] == [("–", ""), ("–", "")]


def test_integers_are_written_out():
    ds = Dataset.from_columns({Quantity("n"): [12345678901, -2]})
    assert [row[0].text for row in table_view(ds).rows] == ["12345678901", "−2"]


def test_an_empty_table_has_its_headers():
    view = table_view(Dataset.from_columns({Quantity("n", unit=""): np.zeros(0)}))
    assert (view.rows, view.cut, view.headers[0].text) == ((), "", "n")


def test_other_values_become_words():
    assert words(True) == "yes"
    assert words([1.25, 2.0]) == "1.25, 2"
    assert words(datetime.datetime(2024, 5, 1, 12, 30)) == "2024-05-01 12:30"
    assert len(words("x" * 1000)) == 120
