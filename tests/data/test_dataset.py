"""Datasets: canonical types, content ids that depend on content alone, roles, units at every border."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matgenes._core.errors import InputError, UnitError
from matgenes.data import Dataset, Quantity, attach, detach

HOST, ENERGY = Quantity("host", role="group"), Quantity("energy", unit="eV", role="target")
RADIUS = Quantity("radius", unit="pm", role="feature")


@pytest.fixture
def small():
    return Dataset.from_columns({HOST: ["Al", "Cu", "Cu"], RADIUS: [121, 132, 132], ENERGY: [0.3, -0.1, np.nan]})


def test_types_become_canonical():
    table = pa.table(
        {
            "i": pa.array([1, 2], pa.int8()),
            "f": pa.array([1.5, float("nan")], pa.float32()),
            "s": pa.array(["a", None]).dictionary_encode(),
            "t": pa.array([0, 1], pa.timestamp("s")),
            "v": pa.array([[1, 2], [3, 4]]),
            "e": pa.nulls(2),
        }
    )
    types = {field.name: str(field.type) for field in Dataset(table, map(Quantity, table.column_names)).table.schema}
    assert types == {
        "i": "int64", "f": "double", "s": "large_string", "t": "timestamp[us, tz=UTC]",
        "v": "fixed_size_list<item: double>[2]", "e": "double",
    }  # fmt: skip


def test_nan_is_null(small):
    assert small.table.column("energy").null_count == 1
    assert np.isnan(small.numpy("energy")[2])


@given(
    values=st.lists(st.one_of(st.none(), st.floats(allow_nan=False)), min_size=2, max_size=30),
    cut=st.integers(1, 29),
    texts=st.data(),
)
def test_id_depends_on_content_alone(values, cut, texts):
    words = texts.draw(st.lists(st.one_of(st.none(), st.text(max_size=5)), min_size=len(values), max_size=len(values)))
    quantities = [Quantity("x", unit="eV"), Quantity("w")]
    whole = pa.table({"x": pa.array(values, pa.float64()), "w": pa.array(words, pa.string())})
    pieces = pa.concat_tables([whole.slice(0, cut), whole.slice(cut)])
    longer = pa.concat_tables([whole.slice(0, 1), whole]).slice(1)
    ids = {Dataset(table, quantities).id for table in (whole, pieces, longer)}
    assert len(ids) == 1


def test_id_sees_what_matters_and_not_the_rest(small):
    assert small.with_roles({"radius": "condition"}).id == small.id
    assert small.with_quantity(RADIUS.replace(description="covalent")).id == small.id
    assert small.with_quantity(RADIUS.replace(unit="nm")).id != small.id
    assert small.with_column(RADIUS, [121, 132, 133]).id != small.id
    assert small.select(["radius", "host", "energy"]).id != small.id
    zero = [Dataset.from_columns({Quantity("x", unit=""): [z, 1.0]}).id for z in (0.0, -0.0)]
    assert zero[0] == zero[1]


def test_id_tells_null_from_zero_and_text_apart():
    ids = {
        Dataset.from_columns({Quantity("x"): v}).id
        for v in ([0.0, 1.0], [None, 1.0], ["", "1"], [None, "1"], ["1", ""])
    }
    assert len(ids) == 5


def test_metadata_travels_in_parquet_for_any_compression(small, tmp_path):
    for codec in ("zstd", "snappy", "none"):
        pq.write_table(attach(small.table, small.quantities.values()), tmp_path / "t.parquet", compression=codec)
        back = Dataset(*detach(pq.read_table(tmp_path / "t.parquet")))
        assert back == small


def test_attach_wants_one_quantity_a_column(small):
    with pytest.raises(InputError, match="in order"):
        attach(small.table, [HOST])


def test_strange_metadata_is_named():
    field = pa.field("x", pa.float64(), metadata={b"mg.unit": b"not json"})
    with pytest.raises(InputError, match=r"column 'x'.*not readable"):
        detach(pa.Table.from_arrays([pa.array([1.0])], schema=pa.schema([field])))


def test_xy_gives_units_and_keeps_positions(small):
    x, y, units = small.take([0, 1]).xy()
    assert list(x.columns) == ["radius"]
    assert y.tolist() == [0.3, -0.1]
    assert units == {"radius": "pm", "energy": "eV"}


def test_xy_names_the_row_without_target(small):
    with pytest.raises(InputError, match=r"row 4, column 'energy': the target has no value"):
        small.xy()


def test_only_accepted_rows_are_trained_on(small):
    outcomes = small.with_column(Quantity("what", role="outcome"), [None, "anchor", "failed"])
    assert outcomes.xy()[1].index.tolist() == [0]
    assert outcomes.outcome_is("anchor", "failed").tolist() == [False, True, True]


def test_pandas_and_back(small):
    frame = small.to_pandas()
    assert isinstance(frame, pd.DataFrame)
    units = {name: quantity.unit for name, quantity in small.quantities.items() if quantity.unit is not None}
    roles = {name: quantity.role for name, quantity in small.quantities.items()}
    assert Dataset.from_pandas(frame, units=units, roles=roles) == small


def test_conversion_treats_sigma_as_a_difference():
    hot = Dataset.from_columns(
        {
            Quantity("T", unit="degC", role="condition", bounds=(0, 100)): [0.0, 100.0],
            Quantity("dT", unit="degC", role="sigma", sigma_of="T"): [1.0, 2.0],
        }
    )
    kelvin = hot.converted("T", "K").converted("dT", "K")
    np.testing.assert_allclose(kelvin.numpy("T"), [273.15, 373.15])
    np.testing.assert_allclose(kelvin.numpy("dT"), [1.0, 2.0])
    assert kelvin.quantity("T").bounds == pytest.approx((273.15, 373.15))


def test_no_silent_array(small):
    assert not hasattr(small, "__array__")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(lambda d: d.quantity("enrgy"), "Did you mean 'energy'", id="misspelt"),
        pytest.param(lambda d: d.take([True]), "one truth value", id="mask"),
        pytest.param(lambda d: d.with_column(RADIUS, [1]), "1 values were given for 3 rows", id="length"),
        pytest.param(lambda d: d.with_column(Quantity("z", role="feature"), [1, 2, 3]), "unit is unknown", id="no unit"),
        pytest.param(lambda d: d.with_column(Quantity("o", role="outcome"), ["ok", None, None]), "row 2.*no outcome", id="outcome"),
        pytest.param(lambda d: d.with_column(Quantity("s", unit="K", role="sigma", sigma_of="energy"), [1, 1, 1]), "K", id="sigma"),
        pytest.param(lambda d: d.with_column(Quantity("m"), [1, "a", 2]), "not of one kind", id="mixed"),
        pytest.param(lambda d: d.with_column(Quantity("m"), [[1, 2], [1], [2]]), "different lengths", id="ragged lists"),
        pytest.param(lambda d: d.xy(features=["host"]), "holds texts", id="text feature"),
        pytest.param(lambda d: d.with_roles({"energy": "note"}).xy(), "exactly one column", id="no target"),
        pytest.param(lambda d: d.drop(["radius"]).xy(), "no column has the role 'feature'", id="no feature"),
        pytest.param(lambda d: Dataset(d.table, [HOST]), "do not name", id="quantities"),
        pytest.param(lambda d: Dataset.from_columns({HOST: ["a"], RADIUS: [1, 2]}), "one length", id="lengths"),
        pytest.param(lambda d: Dataset.from_pandas(d.to_pandas(), units={"radus": "pm"}), "Did you mean 'radius'", id="unit for nothing"),
    ],
)  # fmt: skip
def test_bad_input_is_named(small, make, message):
    with pytest.raises(InputError, match=message):
        make(small)


def test_doubled_names_are_refused():
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"])
    with pytest.raises(InputError, match="column 'a': 2 columns have this name"):
        Dataset(table, [Quantity("a"), Quantity("a")])
    with pytest.raises(InputError, match="two columns"):
        Dataset.from_pandas(pd.DataFrame([[1, 2]], columns=["a", "a"]))


def test_conversion_without_unit_is_refused(small):
    with pytest.raises(UnitError, match="states no unit"):
        small.converted("host", "eV")
