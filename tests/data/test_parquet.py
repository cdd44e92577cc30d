"""Parquet: identical content, quantities and all; files of others are understood like CSV."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from matgenes._core.errors import InputError, UnitError
from matgenes.data import Dataset, Quantity

RNG = np.random.default_rng(0)


@pytest.fixture
def full():
    """Every type, with nulls, and quantities that say all they can."""
    return Dataset.from_columns(
        {
            Quantity("id", role="id"): ["a", "b", None],
            Quantity("E (eV)", unit=None, description="a name with a bracket"): [1.0, None, -0.0],
            Quantity("T", unit="degC", role="condition", bounds=(-20.0, float("inf")), technique="DSC"): [1, 2, None],
            Quantity("y", unit="eV", role="target", cost=2.5, source="here", iri="x:y", stage="s"): [0.5, 0.6, 0.7],
            Quantity("sy", unit="eV", role="sigma", sigma_of="y"): [0.1, 0.1, 0.1],
            Quantity("ok", unit="", role="feature"): [True, None, False],
            Quantity("v", unit="nm"): [[1.0, 2.0], None, [3.0, 4.0]],
        }
    )


def test_everything_comes_back(tmp_path, full):
    full.write(tmp_path / "a.parquet")
    back = Dataset.read(tmp_path / "a.parquet")
    assert back == full
    assert back.quantities == full.quantities
    assert [p.name for p in tmp_path.iterdir()] == ["a.parquet"]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "xlsx"])
def test_a_tour_through_another_format_ends_in_the_same_content(tmp_path, full, suffix):
    full.write(tmp_path / f"a.{suffix}")
    Dataset.read(tmp_path / f"a.{suffix}").write(tmp_path / "b.parquet")
    back = Dataset.read(tmp_path / "b.parquet")
    assert (back.id, back.quantities) == (full.id, full.quantities)


def test_a_numeric_table_goes_from_csv_to_parquet_with_one_id(tmp_path):
    made = Dataset.from_columns({Quantity(f"x{i}", unit="eV"): RNG.normal(size=1000) for i in range(5)})
    made.write(tmp_path / "a.csv")
    read = Dataset.read(tmp_path / "a.csv")
    read.write(tmp_path / "a.parquet")
    assert made.id == read.id == Dataset.read(tmp_path / "a.parquet").id


def test_files_of_pandas(tmp_path):
    frame = pd.DataFrame({"E [eV]": np.float32([1.5, np.nan]), "kind": pd.Categorical(["a", "b"])})
    frame.to_parquet(tmp_path / "a.parquet")
    ds = Dataset.read(tmp_path / "a.parquet", roles={"E": "target"})
    assert ds.table.to_pydict() == {"E": [1.5, None], "kind": ["a", "b"]}
    assert (ds.quantity("E").unit, ds.quantity("E").role) == ("eV", "target")


def test_the_call_and_the_sidecar_say_more(tmp_path, full):
    full.write(tmp_path / "a.parquet")
    (tmp_path / "a.parquet.toml").write_text('[columns.T]\ndescription = "oven"\n')
    ds = Dataset.read(tmp_path / "a.parquet", roles={"T": "feature"}, units={"y": "kJ/mol"})
    assert (ds.quantity("T").description, ds.quantity("T").role, ds.quantity("T").unit) == ("oven", "feature", "degC")
    assert ds.quantity("y").unit == "kJ/mol"


@pytest.mark.parametrize("content", [b"", b"PAR1 garbage PAR1", b"a,b\n1,2\n"])
def test_other_files_are_no_parquet(tmp_path, content):
    (tmp_path / "a.parquet").write_bytes(content)
    with pytest.raises(InputError, match=r"a.parquet: this is not a Parquet file that can be read"):
        Dataset.read(tmp_path / "a.parquet")


def test_types_and_units_that_no_dataset_keeps(tmp_path):
    pq.write_table(pa.table({"s": pa.array([{"a": 1}])}), tmp_path / "a.parquet")
    with pytest.raises(InputError, match=r"a.parquet, column 's': values of type struct"):
        Dataset.read(tmp_path / "a.parquet")
    pq.write_table(pa.table({"x [eV/A^3]": [1.5]}), tmp_path / "a.parquet")
    with pytest.raises(UnitError, match="angstrom or ampere"):
        Dataset.read(tmp_path / "a.parquet")


def test_a_sidecar_of_older_data_does_not_stay(tmp_path, full):
    full.write(tmp_path / "a.csv")
    assert (tmp_path / "a.csv.toml").exists()
    full.select(["y"]).with_roles({"y": "note"}).with_quantity(Quantity("y", unit="eV")).write(tmp_path / "a.csv")
    assert not (tmp_path / "a.csv.toml").exists()
