"""Rules in SQL and for pandas: the same rows as the rule itself, whatever names and texts hold."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from matgenes._core.errors import InputError
from matgenes.subgroups import Proposition, Rule

duckdb = pytest.importorskip("duckdb", reason="needs duckdb, of the extra 'catalogue'")

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)


def rule(*selector):
    return Rule(tuple(selector), 1, 0.5, 0.5, 0.5)


def rows_of_sql(found, table):
    """Rows that a database gives for the rule's SQL; NaN is NULL there."""
    numbered = table.assign(position=range(len(table)))
    with duckdb.connect() as base:
        base.register("frame", numbered)
        numeric = ", ".join(
            f'CASE WHEN isnan("{name}") THEN NULL ELSE "{name}" END AS "{name}"'
            for name in numbered.select_dtypes("float")
        )
        base.execute(f"CREATE TABLE odd AS SELECT * REPLACE ({numeric}) FROM frame")
        return base.execute(found.to_sql("odd")).df()["position"].sort_values().tolist()


FRAME = pd.DataFrame(
    {
        "B IP": [7.0, 8.0, np.nan, 6.5],
        "class": ["it's", 'a "b"', None, "`Al`"],
        "d": [0.25, 1e-7, 3.0, np.nan],
        "magnetic": [True, False, True, False],
        "Ω": ["; DROP TABLE odd; --", "\\", "@x", "{y}"],
    }
)


@pytest.mark.parametrize(
    "found",
    [
        rule(Proposition("B IP", "<=", 7.5, "eV")),
        rule(Proposition("B IP", ">=", 6.6), Proposition("d", "is known")),
        rule(Proposition("B IP", "is missing")),
        rule(Proposition("d", "in", (1e-7, 0.25))),
        rule(Proposition("magnetic", "==", True), Proposition("d", "<=", 0.25)),
        *(rule(Proposition("Ω", "==", value)) for value in FRAME["Ω"]),
    ],
    ids=lambda found: found.text,
)
def test_sql_and_pandas_give_the_rows_of_the_rule(found):
    rows = np.flatnonzero(found.covers(FRAME)).tolist()
    assert rows_of_sql(found, FRAME) == rows
    assert FRAME.query(found.to_pandas()).index.tolist() == rows


def test_a_python_keyword_is_fine_in_sql_and_refused_for_pandas():
    found = rule(Proposition("class", "==", "it's"))
    assert rows_of_sql(found, FRAME) == [0]
    with pytest.raises(InputError, match="column 'class': pandas cannot quote"):
        found.to_pandas()


@given(name=texts, value=texts)
def test_any_name_and_text_is_quoted_or_refused_for_pandas(name, value):
    table = pd.DataFrame({name: ["another", value, None]})
    found = rule(Proposition(name, "==", value))
    try:
        query = found.to_pandas()
    except InputError:
        return
    assert table.query(query).index.tolist() == np.flatnonzero(found.covers(table)).tolist()


@given(name=texts, value=texts)
def test_any_name_and_text_is_quoted_in_sql(name, value):
    assume("\0" not in name + value)
    table = pd.DataFrame({f"{name}!": ["another", value, None]})
    found = rule(Proposition(f"{name}!", "==", value))
    assert rows_of_sql_of_texts(found, table) == np.flatnonzero(found.covers(table)).tolist()


def rows_of_sql_of_texts(found, table):
    column = '"' + table.columns[0].replace('"', '""') + '"'
    with duckdb.connect() as base:
        base.execute(f"CREATE TABLE odd (position INTEGER, {column} TEXT)")
        base.executemany("INSERT INTO odd VALUES (?, ?)", list(enumerate(table.iloc[:, 0].astype(object).tolist())))
        return base.execute(found.to_sql("odd")).df()["position"].tolist()


def test_a_table_name_is_quoted():
    assert rule(Proposition("x", "<=", 1.0)).to_sql('my "table"').startswith('SELECT * FROM "my ""table""" WHERE')


def test_null_characters_are_refused():
    with pytest.raises(InputError, match="null character"):
        rule(Proposition("x", "==", "a\0")).to_sql()
