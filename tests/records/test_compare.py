"""Comparing an output with its recorded twin: each tolerance, the first difference, and the obvious slow way."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matgenes.data import Dataset, Quantity, Tolerance
from matgenes.records._compare import compare, describe

EXACT, CLOSE = Tolerance.exact(), Tolerance.close(absolute=0.1)
SET, RANKING = Tolerance.same_set(), Tolerance.same_ranking()


def table(names=("Re", "Mo", "Al"), energies=(0.4, None, -0.2), unit="eV", **more) -> Dataset:
    columns = {Quantity("solute", role="id"): list(names), Quantity("E", unit=unit, role="target"): list(energies)}
    return Dataset.from_columns({**columns, **{Quantity(name): values for name, values in more.items()}})


@pytest.mark.parametrize(
    ("before", "after", "tolerance", "same"),
    [
        (1.0, 1.0, EXACT, True),
        (1.0, 1.0 + 1e-15, EXACT, False),
        (0.0, -0.0, EXACT, True),
        (1, 1.0, EXACT, False),
        (1, True, EXACT, False),
        ("Re", "Mo", EXACT, False),
        (None, None, CLOSE, True),
        (None, 0.0, CLOSE, False),
        (1.0, 1.09, CLOSE, True),
        (1.0, 1.11, CLOSE, False),
        (1, 1.05, CLOSE, True),
        (True, 1, CLOSE, False),
        ("Re", "Mo", CLOSE, False),
        (100.0, 104.0, Tolerance.close(relative=0.05), True),
        (100.0, 106.0, Tolerance.close(relative=0.05), False),
        (1.0, 2.0, SET, False),
        ("Re", "Re", RANKING, True),
    ],
)
def test_values(before, after, tolerance, same):
    assert (compare(before, after, tolerance) is None) == same


@pytest.mark.parametrize("tolerance", [EXACT, CLOSE, SET, RANKING])
def test_a_table_is_its_own_equal(tolerance):
    lists = [[1.0, math.nan], [2.0, 3.0], None]
    times = [datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3)]
    data = table(spectrum=lists, at=times, good=[True, None, False], count=[1, 2, 3])
    assert compare(data, data, tolerance) is None


def energies(*values: float | None) -> Dataset:
    return table(energies=values)


def solutes(*names: str) -> Dataset:
    return table(names=names)


@pytest.mark.parametrize(
    ("after", "tolerance", "message"),
    [
        (energies(0.4, None, -0.25), EXACT, "row 4, column 'E': recorded -0.2, now -0.25"),
        (energies(0.4, None, -0.25), CLOSE, None),
        (energies(0.4, None, -0.4), CLOSE, "row 4, column 'E': recorded -0.2, now -0.4 (allowed: within 0.1)"),
        (energies(0.4, 0.0, -0.2), CLOSE, "row 3, column 'E': recorded None, now 0.0"),
        (energies(None, None, -0.2), CLOSE, "row 2, column 'E': recorded 0.4, now None"),
        (energies(np.inf, None, -0.2), Tolerance.close(relative=9.0), "row 2, column 'E': recorded 0.4, now inf"),
        (table(("Re", "Mo", "W"), (1.0, 1, 1)), CLOSE, "row 2, column 'E'"),
        (table(("W", "Mo", "Al"), (1.0, 1, 1)), CLOSE, "row 2, column 'solute'"),
        (solutes("Re", "Mo", "Al "), CLOSE, "row 4, column 'solute': recorded 'Al', now 'Al '"),
        (table(unit="kJ/mol"), CLOSE, "column 'E': recorded as double in 'eV', now double in 'kJ/mol'"),
        (energies(1, 2, 3), CLOSE, "column 'E': recorded as double in 'eV', now int64 in 'eV'"),
        (table().drop(["E"]), EXACT, "column 'E': this column was recorded, now it is missing"),
        (table(new=[1, 2, 3]), EXACT, "recorded the columns solute, E; now solute, E, new"),
        (table().select(["E", "solute"]), EXACT, "recorded the columns solute, E; now E, solute"),
        (table().take([0, 1]), CLOSE, "row 4: 3 rows were recorded, now there are 2"),
        (table(("Al", "Re", "Mo"), (9, 9.5, 9)), SET, None),
        (table().take([0, 0, 1, 2]), SET, None),
        (table(new=["a", "b", "c"]), SET, None),
        (table().take([0, 2]), SET, "column 'solute': the row 'Mo' is missing now"),
        (solutes("Re", "W", "Al"), SET, "column 'solute': the row 'Mo' is missing now"),
        (energies(9, 8.5, 7), RANKING, None),
        (solutes("Re", "Al", "Mo"), RANKING, "row 3, column 'solute': recorded 'Mo' at this rank, now 'Al'"),
        (table().take([0, 1]), RANKING, "row 4, column 'solute': recorded 'Al' at this rank, now nothing"),
        (table().drop(["solute"]), RANKING, "column 'solute': this column was recorded, now it is missing"),
        (1.0, EXACT, "recorded a table, now 1.0"),
    ],
)
def test_the_first_difference_of_a_table_is_named(after, tolerance, message):
    difference = compare(table(), after, tolerance)
    if message is None:
        assert difference is None
    else:
        assert message in str(difference)


def test_a_new_row_of_a_set_is_named():
    assert "the row 'Mo' is new" in str(compare(table().take([0, 2]), table(), SET))


def test_without_texts_a_set_looks_at_rows_and_a_ranking_at_the_first_column():
    then = Dataset.from_columns({Quantity("rank"): [1, 2], Quantity("xs"): [[1.0, 2.0], [3.0, 4.0]]})
    now = Dataset.from_columns({Quantity("rank"): [2, 1], Quantity("xs"): [[3.0, 4.0], [1.0, 2.0]]})
    other = Dataset.from_columns({Quantity("rank"): [1, 2], Quantity("xs"): [[1.0, 2.0], [3.0, 5.0]]})
    assert compare(then, now, SET) is None
    assert compare(then, now, RANKING) is not None
    assert compare(then, other, SET) is not None
    assert compare(then, other, RANKING) is None


def test_lists_of_numbers_are_close_elementwise():
    def spectra(last):
        return Dataset.from_columns({Quantity("s"): [[1.0, None], None, [2.0, last]]})

    assert compare(spectra(3.0), spectra(3.05), CLOSE) is None
    assert compare(spectra(3.0), spectra(3.2), CLOSE).row == 4


def test_a_missing_list_is_not_exactly_a_list_of_missing_numbers():
    then, now = (Dataset.from_columns({Quantity("s"): [[1.0, 2.0], row]}) for row in (None, [None, None]))
    assert compare(then, now, EXACT) is not None
    assert compare(then, now, CLOSE) is None


def test_tables_of_several_chunks_are_compared():
    pieces = Dataset(pa.concat_tables([table().table.slice(0, 1), table().table.slice(1)]), table().quantities.values())
    assert compare(table(), pieces, EXACT) is None


numbers = st.lists(st.none() | st.floats(allow_nan=False, width=16), min_size=1, max_size=6)


@given(before=numbers, after=numbers, absolute=st.floats(0.01, 2), relative=st.floats(0, 1))
def test_close_is_what_its_definition_says(before, after, absolute, relative):
    def near(a, b):
        if a is None or b is None:
            return a is b
        return a == b or (math.isfinite(a) and math.isfinite(b) and abs(b - a) <= absolute + relative * abs(a))

    then, now = (Dataset.from_columns({Quantity("x"): np.array(values, dtype=float)}) for values in (before, after))
    difference = compare(then, now, Tolerance.close(absolute=absolute, relative=relative))
    far = [row for row, (a, b) in enumerate(zip(before, after, strict=False), 2) if not near(a, b)]
    if far:
        assert difference.row == far[0]
    else:
        assert (difference is None) == (len(before) == len(after))


def test_tolerances_in_words():
    words = [describe(each) for each in (EXACT, CLOSE, SET, RANKING, Tolerance.close(absolute=0.1, relative=0.05))]
    assert words == ["exact", "within 0.1", "same set", "same ranking", "within 0.1 + 0.05 of the recorded value"]
