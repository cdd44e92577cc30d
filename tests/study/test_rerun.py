"""Verify on a real study: identical here, named where a byte changed, compared even under another version."""

import json
import shutil

import pytest

from matgenes import verify


@pytest.fixture
def copy(finished, tmp_path):
    shutil.copytree(finished.folder, tmp_path / "results")
    return tmp_path / "results"


def test_a_rerun_here_is_identical(copy):
    answer = verify(copy)
    assert answer.status == "identical", str(answer)


def test_a_changed_byte_of_an_output_is_named(copy):
    path = copy / "tables/predict/scores_random.parquet"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    answer = verify(copy)
    assert answer.status == "differs"
    assert "tables/predict/scores_random.parquet" in str(answer)


def test_a_lost_input_cannot_be_run_again(copy):
    (copy / "inputs/data.parquet").unlink()
    answer = verify(copy)
    assert answer.status == "cannot-run"
    assert "inputs/data.parquet" in str(answer)


def test_a_changed_record_is_noticed(copy):
    path = copy / "record.json"
    entries = json.loads(path.read_text())
    entries["seed"] = 8
    path.write_text(json.dumps(entries))
    assert not verify(copy, rerun=False).ok
