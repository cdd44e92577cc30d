"""Writing a run: what lies in its folder afterwards, and what is refused."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from matgenes._core.errors import InputError
from matgenes.data import Dataset, Output, Reference, Tolerance
from matgenes.records import Code, Environment, Record, write_run


def test_everything_in_the_folder_is_recorded(folder):
    record = Record.read(folder)
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert set(record.files) == found - {"record.json"}
    for path, sha in record.files.items():
        assert hashlib.sha256((folder / path).read_bytes()).hexdigest() == sha
    assert {"inputs/data.parquet", "tables/scale/table.parquet", "tables/scale/table.csv"} < found


def test_tables_lie_there_as_parquet_and_csv(folder):
    record = Record.read(folder)
    recorded = record.outputs["scale/table"]
    assert Dataset.read(folder / recorded.path).id == recorded.table
    assert len(Dataset.read(folder / "tables/scale/table.csv")) == 5


def test_values_are_plain_data(folder):
    outputs = Record.read(folder).outputs
    assert outputs["scale/nothing"].value is None
    assert (type(outputs["scale/count"].value), type(outputs["scale/positive"].value)) == (int, bool)
    assert outputs["scale/mean"].unit == "eV"
    assert outputs["scale/mean"].tolerance == Tolerance.close(relative=0.05)
    assert outputs["scale/table"].description == "scaled energies"


def test_the_record_says_where_and_by_what(tmp_path, solutes):
    source = tmp_path / "solutes.csv"
    source.write_text("solute,energy\n")
    (tmp_path / "run").mkdir()
    origin = Reference.of(source)
    record = write_run(tmp_path / "run", kind="toy", inputs={"data": (solutes, origin)}, outputs={}, agent="A. Smith")
    assert record == Record.read(tmp_path / "run")
    assert (record.inputs["data"].id, record.inputs["data"].origin) == (solutes.id, origin)
    assert (record.code, record.environment, record.agent) == (Code.here(), Environment.here(), "A. Smith")


def test_files_can_be_named(tmp_path, write_toy):
    record = write_toy(tmp_path / "run", files=["report.html"])
    assert "report.html" in record.files
    assert "figures/parity.svg" not in record.files
    assert "tables/scale/table.csv" in record.files


def test_two_runs_have_one_id(tmp_path, write_toy):
    assert write_toy(tmp_path / "a").id == write_toy(tmp_path / "b").id != write_toy(tmp_path / "c", seed=8).id


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        pytest.param({"outputs": {"rmse": Output(float("inf"))}}, "output 'rmse' is inf", id="infinite"),
        pytest.param({"outputs": {"rmse": Output(np.array([1.0]))}}, "output 'rmse' is a ndarray", id="array"),
        pytest.param({"outputs": {"../rmse": Output(1.0)}}, "may lead out", id="name"),
        pytest.param({"outputs": {"a:b": Output(1.0)}}, "holds ':'", id="colon"),
        pytest.param({"parameters": {"x": {1, 2}}}, "'parameters': set has no canonical JSON form", id="set"),
        pytest.param({"parameters": {"x": float("nan")}}, "nan has no canonical JSON form", id="nan"),
        pytest.param(
            {"seed": -1, "outputs": {}}, "'seed': Input should be greater than or equal to 0; given: -1", id="seed"
        ),
        pytest.param({"outcome": "god"}, "'accepted', 'negative' or 'failed'", id="outcome"),
        pytest.param({"files": ["nowhere.txt"]}, "cannot be read", id="file"),
    ],
)
def test_what_cannot_be_recorded_is_named(tmp_path, write_toy, fields, message):
    with pytest.raises(InputError, match=message) as caught:
        write_toy(tmp_path / "run", **fields)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "run" / "record.json").exists()


def test_a_table_with_a_bad_name_is_refused_before_it_is_written(tmp_path, write_toy, solutes):
    with pytest.raises(InputError, match="may lead out"):
        write_toy(tmp_path / "run", outputs={"../../table": Output(solutes)})
    assert not list(tmp_path.glob("*.parquet"))


def test_a_link_in_the_folder_is_refused(tmp_path, solutes):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "x").symlink_to(tmp_path)
    with pytest.raises(InputError, match="symbolic link"):
        write_run(tmp_path / "run", kind="toy", inputs={"data": (solutes, None)}, outputs={})


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        write_run(tmp_path / "run", kind="toy", inputs={}, outputs={})
