"""Genes as columns: values, units, clashes of names, gaps, and columns that are missing or in other units."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from matgenes._core.errors import InputError, UnitError
from matgenes.data import Dataset, Quantity
from matgenes.sisso import SISSORegressor


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    return pd.DataFrame(rng.uniform(1, 3, size=(40, 3)), columns=["radius", "gap", "shift"])


@pytest.fixture(scope="module")
def fitted(table):
    """Finds E = 2 gap/radius - shift."""
    energy = (2 * table["gap"] / table["radius"] - table["shift"]).rename("E")
    energy += 0.001 * np.random.default_rng(1).normal(size=40)
    units = {"radius": "nm", "gap": "eV", "shift": "eV", "E": "eV"}
    return SISSORegressor(rung=1, dimension=2, n_sis=10, operators=["/", "+"]).fit(table, energy, units=units)


def dataset(table, **units):
    given = {"radius": "nm", "gap": "eV", "shift": "eV"} | units
    return Dataset.from_pandas(table, units=given, roles=dict.fromkeys(table.columns, "feature"))


def test_a_frame_of_the_genes(fitted, table):
    genes = fitted.transform(table)
    best = fitted.models_[-1][0]
    assert list(genes.columns) == list(best.features) == fitted.get_feature_names_out().tolist()
    assert set(best.features) == {"(gap/radius)", "shift"}
    np.testing.assert_allclose(genes["(gap/radius)"], table["gap"] / table["radius"], rtol=1e-15)
    np.testing.assert_allclose(best.intercept + genes @ best.coefficients, fitted.predict(table), rtol=1e-12)


def test_the_frame_keeps_the_index_and_an_array_has_none(fitted, table):
    assert fitted.transform(table[5:8]).index.tolist() == [5, 6, 7]
    unnamed = SISSORegressor(rung=0, dimension=1).fit(table.to_numpy(), table["gap"] * 2 + table["shift"])
    assert unnamed.transform(table.to_numpy()[:3]).columns.tolist() == ["x1"]
    assert unnamed.get_feature_names_out(["a", "b", "c"]).tolist() == ["x1"]


def test_a_dataset_gets_further_columns_with_units(fitted, table):
    more = fitted.transform(dataset(table))
    assert more.names()[:3] == ("radius", "gap", "shift")
    gene = more.quantity("(gap/radius)")
    assert (gene.unit, gene.role) == ("eV/nm", "feature")
    assert "of the formula E = c0 + c1" in gene.description
    assert "fitted to 40 rows" in gene.description
    assert more.quantity("shift (gene)").unit == "eV"
    np.testing.assert_array_equal(more.numpy("shift (gene)"), more.numpy("shift"))
    again = fitted.transform(more)
    assert again.names()[-2:] == ("(gap/radius) (gene)", "shift (gene 2)") or again.names()[-2:] == (
        "shift (gene 2)",
        "(gap/radius) (gene)",
    )


def test_columns_in_other_units_are_converted(fitted, table):
    other = dataset(table.assign(radius=table["radius"] * 10), radius="angstrom")
    np.testing.assert_allclose(
        fitted.transform(other).numpy("(gap/radius)"), fitted.transform(table)["(gap/radius)"], rtol=1e-14
    )
    with pytest.raises(UnitError, match="column 'radius': the fit had it in 'nm'"):
        fitted.transform(dataset(table, radius="eV"))


def test_of_a_dataset_only_the_columns_of_the_genes_are_needed(table):
    target = 3 * table["gap"] + 0.01 * np.random.default_rng(2).normal(size=40)
    fitted = SISSORegressor(rung=0, dimension=1).fit(table, target)
    assert fitted.transform(dataset(table).select(["gap"])).names() == ("gap", "gap (gene)")
    with pytest.raises(InputError, match=r"column 'gap'.*Did you mean 'Gap'"):
        fitted.transform(Dataset.from_columns({Quantity("Gap", unit="eV"): [1.0]}))
    with pytest.raises(InputError, match="it holds no numbers"):
        fitted.transform(Dataset.from_columns({Quantity("gap"): ["wide"]}))


def test_without_units_genes_are_notes(table):
    fitted = SISSORegressor(rung=0, dimension=1).fit(table, 3 * table["gap"] + 0.1 * table["shift"])
    gene = fitted.transform(dataset(table)).quantity("gap (gene)")
    assert (gene.unit, gene.role) == (None, "note")


def test_a_gap_stays_a_gap_and_an_undefined_gene_is_refused(table):
    target = np.log(table["gap"]) + 0.001 * np.random.default_rng(3).normal(size=40)
    fitted = SISSORegressor(rung=1, dimension=1, operators=["log"]).fit(table, target)
    new = Dataset.from_columns({Quantity("gap", unit=""): [1.0, None, 2.0]})
    assert np.isnan(fitted.transform(new).numpy("ln(gap)")).tolist() == [False, True, False]
    with pytest.raises(InputError, match=r"row 3: the gene ln\(gap\) is not defined"):
        fitted.transform(Dataset.from_columns({Quantity("gap", unit=""): [1.0, -1.0]}))
    with pytest.raises(InputError, match=r"ln\(gap\) is not defined in row 1"):
        fitted.transform(table[:3].assign(gap=[1.0, -1.0, 2.0]))


def test_names_that_go_in_are_checked(fitted):
    with pytest.raises(ValueError, match="input_features should have length equal"):
        fitted.get_feature_names_out(["radius"])
    with pytest.raises(ValueError, match="input_features is not equal to feature_names_in_"):
        fitted.get_feature_names_out(["gap", "radius", "shift"])
