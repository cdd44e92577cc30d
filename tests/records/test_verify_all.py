"""Everything in a catalogue at once, and the frozen mode of verify."""

from __future__ import annotations

import json

import pytest

from matgenes._core.errors import InputError
from matgenes.data import Reference
from matgenes.records import Catalogue, Environment, Record, _verify, verify, verify_all


@pytest.fixture
def group(tmp_path, folder, solutes) -> Catalogue:
    group = Catalogue.create(tmp_path / "group")
    (tmp_path / "movie.raw").write_bytes(b"frames")
    group.add(solutes, title="Input")
    group.add(Reference.of(tmp_path / "movie.raw"))
    group.add(folder)
    return group


def statuses(checks) -> dict[str, str]:
    return {check.kind: check.status for check in checks}


def test_all_is_well(group, toy_runner):
    told = []
    checks = verify_all(group, progress=told.append)
    assert statuses(checks) == {"dataset": "intact", "reference": "intact", "record": "identical"}
    assert checks.ok
    assert str(checks) == "3 entries: 1 identical, 2 intact."
    assert [event.done for event in told] == [0, 1, 2, 3]
    plain = json.loads(json.dumps(checks.to_dict()))
    assert plain["counts"] == {"identical": 1, "intact": 2}
    assert {each["id"] for each in plain["entries"]} == set(group.ids())
    assert statuses(verify_all(group.path, rerun=False))["record"] == "intact"


def test_each_trouble_is_told_and_stops_nothing(group, toy_runner, tmp_path):
    (tmp_path / "movie.raw").unlink()
    for entry in group:
        if entry.kind == "dataset":
            next(group.path.glob("entries/*/*/data.parquet")).write_bytes(b"x")
        if entry.kind == "record":
            (group.folder(entry.id) / "report.html").write_text("other")
    checks = verify_all(group)
    assert statuses(checks) == {"dataset": "differs", "reference": "cannot-run", "record": "differs"}
    assert not checks.ok
    reasons = {check.kind: check.reason for check in checks}
    assert "no readable table" in reasons["dataset"]
    assert "moved or was deleted" in reasons["reference"]
    assert reasons["record"].startswith("report.html: this file was changed")
    assert [row["status"] for row in checks.to_rows()][-1] != "identical"
    (tmp_path / "movie.raw").write_bytes(b"other")
    assert statuses(verify_all(group))["reference"] == "differs"


def test_an_empty_catalogue_and_none(tmp_path):
    assert str(verify_all(Catalogue.create(tmp_path / "empty"))) == "The catalogue is empty."
    with pytest.raises(InputError, match="no catalogue"):
        verify_all(tmp_path)


# --- frozen: the recorded environment, identical outputs ---


def rewrite_environment(folder, **changes) -> None:
    record = Record.read(folder)
    environment = record.environment.model_copy(update=changes)
    record.model_copy(update={"environment": environment}).write(folder)


def test_in_the_recorded_environment_identical_outputs_are_asked_for(folder, toy_runner):
    assert verify(folder, frozen=True).status == "identical"


def test_another_machine_is_no_other_environment(folder, toy_runner):
    rewrite_environment(folder, platform="Linux of old", cpu="Z80, 1 logical cores", libraries={"openblas": "0.1"})
    assert verify(folder, frozen=True).status == "identical"


@pytest.mark.parametrize("changed", ["package", "python", "code"])
def test_another_environment_is_not_taken_for_the_recorded_one(folder, toy_runner, changed, monkeypatch):
    now = Environment.here()
    if changed == "package":
        rewrite_environment(folder, packages=now.packages | {"numpy": "1.0.0"})
    elif changed == "python":
        rewrite_environment(folder, python="3.0.0 (CPython)")
    else:
        other = _verify.Code.here().model_copy(update={"source": "sha256:" + "0" * 64})
        monkeypatch.setattr(_verify.Code, "here", classmethod(lambda cls: other))
    answer = verify(folder, frozen=True)
    assert answer.status == "cannot-run"
    assert "not the recorded environment" in answer.reasons[0]
    assert "matgenes records env" in answer.reasons[0]
    assert verify(folder).status == "identical", "conforming asks for less"


def test_frozen_takes_nothing_but_identical_outputs(folder, register, write_toy):
    def runner(record, folder, out, progress):
        write_toy(
            out, record.parameters["factor"] * 1.001, record.seed, record.input(folder, "data"), splits=record.splits
        )

    register(runner)
    assert verify(folder).status == "conforms"
    answer = verify(folder, frozen=True)
    assert answer.status == "differs"
    assert any("within its tolerance, but not identical" in reason for reason in answer.reasons)
