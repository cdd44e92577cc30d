"""Verifying: each answer, what it names, and that neither a stranger's record nor another version stops it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import matgenes
from matgenes._core.errors import InputError
from matgenes.records import Record, Verification, environment, verify


def paths(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def flip(file: Path, position: int, bit: int = 0) -> None:
    content = bytearray(file.read_bytes())
    content[position] ^= 1 << bit
    file.write_bytes(content)


def outcome(folder: Path, *, rerun: bool) -> tuple[str, tuple[str, ...]]:
    """Status and reasons, where a record that cannot be read counts as refused."""
    try:
        answer = verify(folder, rerun=rerun)
    except InputError as error:
        return "refused", (f"{Path(error.file).relative_to(folder)}: {error.problem}",)
    return answer.status, answer.reasons


def rewrite(folder: Path, **changes: object) -> Record:
    """Seal another record over the same folder, as a stranger could."""
    fields = dict(Record.read(folder)) | changes
    record = Record(**fields)
    record.write(folder)
    return record


# --- run again, all as recorded ---


def test_the_same_work_is_identical(folder, toy_runner):
    before = {path: (folder / path).read_bytes() for path in paths(folder)}
    answer = verify(folder)
    assert answer.status == "identical"
    assert answer.ok
    assert (answer.reasons, answer.differences, answer.environment_changes, answer.unexpected) == ((), (), (), ())
    assert {each.output: each.verdict for each in answer.comparisons} == dict.fromkeys(
        Record.read(folder).outputs, "identical"
    )
    assert before == {path: (folder / path).read_bytes() for path in paths(folder)}, "the folder is not touched"


def test_the_json_file_can_be_given_as_well(folder, toy_runner):
    assert verify(folder / "record.json") == verify(str(folder))


def test_a_folder_that_moved_is_still_identical(folder, toy_runner, tmp_path):
    shutil.move(folder, tmp_path / "elsewhere")
    assert verify(tmp_path / "elsewhere").status == "identical"


def test_progress_reaches_the_runner(folder, register):
    def runner(record, folder, out, progress):
        progress("an event")
        raise InputError("enough.")

    register(runner)
    heard = []
    verify(folder, progress=heard.append)
    assert heard == ["an event"]


# --- run again, with other results ---


def rerun_with(register, write_toy, factor: float, **fields: object) -> None:
    def runner(record, folder, out, progress):
        data = record.input(folder, "data")
        write_toy(out, record.parameters["factor"] * factor, record.seed, data, splits=record.splits, **fields)

    register(runner)


def test_results_within_their_tolerances_conform(folder, register, write_toy):
    rerun_with(register, write_toy, 1.001)
    answer = verify(folder)
    assert (answer.status, answer.ok, answer.reasons) == ("conforms", True, ())
    verdicts = {each.output: each.verdict for each in answer.comparisons}
    assert verdicts["scale/table"] == verdicts["scale/mean"] == verdicts["scale/ranking"] == "conforms"
    assert verdicts["scale/best"] == verdicts["scale/nothing"] == "identical"


def test_the_first_difference_is_named_with_row_column_and_values(folder, register, write_toy):
    rerun_with(register, write_toy, 1.5)
    answer = verify(folder)
    assert (answer.status, answer.ok) == ("differs", False)
    assert [each.output for each in answer.differences] == ["scale/table", "scale/mean"]
    difference = answer.differences[0].difference
    assert (difference.row, difference.column) == (2, "energy")
    assert answer.reasons[0].startswith("Output 'scale/table', row 2, column 'energy': recorded 0.82")
    assert answer.reasons[0].endswith("(allowed: within 0.01).")


def test_an_output_that_is_gone_or_has_another_unit_differs(folder, register, write_toy):
    from matgenes.data import Output, Tolerance

    recorded = Record.read(folder).outputs["scale/mean"].value
    rerun_with(
        register, write_toy, 1.0, outputs={"scale/mean": Output(recorded, Tolerance.close(relative=1.0), unit="kJ/mol")}
    )
    answer = verify(folder)
    assert answer.status == "differs"
    assert "Output 'scale/mean', recorded in 'eV', now in 'kJ/mol'." in answer.reasons
    assert "Output 'scale/table', the re-run did not give this output." in answer.reasons


def test_other_splits_are_named(folder, register, write_toy):
    def runner(record, folder, out, progress):
        write_toy(out, record.parameters["factor"], record.seed, splits={"scale/random": "sha256:2"})

    register(runner)
    answer = verify(folder)
    assert (answer.status, answer.reasons) == ("identical", ("The split 'scale/random' is another one now.",))


def test_a_record_without_outputs_says_so(tmp_path, write_toy, register):
    write_toy(tmp_path / "run", outputs={})
    rerun_with(register, write_toy, 1.0, outputs={})
    assert verify(tmp_path / "run").reasons == ("The record has no outputs to compare.",)


# --- what was changed in the folder ---


@pytest.mark.parametrize("rerun", [True, False])
def test_one_flipped_byte_of_any_file_is_named(folder, toy_runner, rerun):
    for path in paths(folder):
        content = (folder / path).read_bytes()
        for position in (0, len(content) // 2, len(content) - 1):
            flip(folder / path, position)
            status, reasons = outcome(folder, rerun=rerun)
            expected = ("cannot-run" if rerun and path.startswith("inputs/") else "differs", "refused")
            assert status in expected[: 2 if path == "record.json" else 1]
            assert len(reasons) == 1
            assert reasons[0].startswith(path)
            (folder / path).write_bytes(content)
    assert verify(folder, rerun=rerun).ok


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_flipped_bit_of_the_record_passes(folder, data):
    content = (folder / "record.json").read_bytes()
    flip(folder / "record.json", data.draw(st.integers(0, len(content) - 1)), data.draw(st.integers(0, 7)))
    status, reasons = outcome(folder, rerun=False)
    (folder / "record.json").write_bytes(content)
    assert status in ("differs", "refused")
    assert reasons[0].startswith("record.json: ")


def test_every_missing_file_is_named(folder, toy_runner):
    for path in (found for found in paths(folder) if found != "record.json"):
        content = (folder / path).read_bytes()
        (folder / path).unlink()
        answer = verify(folder)
        assert answer.status == ("cannot-run" if path.startswith("inputs/") else "differs")
        assert answer.reasons == (f"{path}: this file is missing; it was moved or deleted.",)
        (folder / path).write_bytes(content)


def test_unexpected_files_are_named_but_change_nothing(folder, toy_runner):
    (folder / "inputs" / "data.parquet.toml").write_text("[energy]\nunit = 'kJ/mol'\n", "utf-8")
    (folder / ".DS_Store").write_bytes(b"")
    answer = verify(folder)
    assert answer.status == "identical", "a sidecar beside an input must not change what it means"
    assert answer.unexpected == (".DS_Store", "inputs/data.parquet.toml")
    assert "Not part of the record: .DS_Store, inputs/data.parquet.toml." in str(answer)


def test_several_damages_are_all_named(folder, toy_runner):
    flip(folder / "inputs/data.parquet", 10)
    (folder / "report.html").unlink()
    answer = verify(folder)
    assert answer.status == "differs"
    assert {reason.partition(":")[0] for reason in answer.reasons} == {"inputs/data.parquet", "report.html"}


@pytest.mark.parametrize("path", ["inputs/data.parquet", "tables/scale/table.parquet"])
def test_a_table_under_another_hash_is_found_by_its_content(folder, toy_runner, path):
    other = folder / "tables" / "scale" / "ranking.parquet"
    shutil.copy(other, folder / path)
    files = Record.read(folder).files
    rewrite(folder, files=files | {path: files["tables/scale/ranking.parquet"]})
    answer = verify(folder)
    assert not answer.ok
    assert answer.reasons[0].startswith(f"{path}: its content is sha256:")


def test_a_file_that_is_no_table_is_named(folder, toy_runner):
    (folder / "inputs/data.parquet").write_bytes((folder / "report.html").read_bytes())
    files = Record.read(folder).files
    rewrite(folder, files=files | {"inputs/data.parquet": files["report.html"]})
    answer = verify(folder)
    assert answer.status == "cannot-run"
    assert answer.reasons[0].startswith("inputs/data.parquet: this is no readable table")


def test_links_are_not_followed(folder, toy_runner, tmp_path):
    (tmp_path / "report.html").write_bytes((folder / "report.html").read_bytes())
    (folder / "report.html").unlink()
    (folder / "report.html").symlink_to(tmp_path / "report.html")
    with pytest.raises(InputError, match="symbolic link"):
        verify(folder)


# --- what cannot be run ---


def test_an_unknown_kind_cannot_run(folder, toy_runner):
    rewrite(folder, kind="tory")
    answer = verify(folder)
    assert answer.status == "cannot-run"
    assert "no runner for records of kind 'tory' is installed; there are: toy. Did you mean 'toy'?" in answer.reasons[0]


@pytest.mark.parametrize(
    ("runner", "reason"),
    [
        pytest.param(lambda *a: (_ for _ in ()).throw(InputError("no step 'scle'.")), "no step 'scle'.", id="step"),
        pytest.param(lambda *a: 1 / 0, "The re-run stopped with ZeroDivisionError: division by zero", id="crash"),
        pytest.param(lambda *a: None, "there is no record here", id="nothing-written"),
    ],
)
def test_a_runner_that_fails_says_why(folder, register, runner, reason):
    register(runner)
    answer = verify(folder)
    assert answer.status == "cannot-run"
    assert reason in answer.reasons[0]


def test_interrupting_is_not_an_answer(folder, register):
    def runner(*_):
        raise KeyboardInterrupt

    register(runner)
    with pytest.raises(KeyboardInterrupt):
        verify(folder)


def test_no_record_is_an_error(tmp_path):
    with pytest.raises(InputError, match="there is no record here"):
        verify(tmp_path)


# --- another environment ---


def test_another_version_is_said_and_still_compared(folder, toy_runner, monkeypatch):
    monkeypatch.setattr(matgenes, "__version__", "9.9.9")
    answer = verify(folder)
    assert answer.status == "identical"
    assert "matgenes 0.1.0 -> 9.9.9" in [str(change) for change in answer.environment_changes]


def test_changed_source_of_one_version_is_said(folder, toy_runner, monkeypatch):
    from matgenes.records import _code

    monkeypatch.setattr(_code, "_source", lambda package: "sha256:" + "0" * 64)
    answer = verify(folder)
    assert answer.status == "identical"
    assert answer.environment_changes[0].name == f"source of matgenes {matgenes.__version__}"


def test_changed_packages_stand_beside_a_difference(folder, register, write_toy, monkeypatch):
    rerun_with(register, write_toy, 1.5)
    here = environment._packages("matgenes")
    monkeypatch.setattr(environment, "_packages", lambda root: here | {"numpy": "9.0.0"})
    monkeypatch.setattr(environment, "_processor", lambda: "another processor")
    answer = verify(folder)
    assert answer.status == "differs"
    assert [change.name for change in answer.environment_changes] == ["numpy", "processor"]
    assert f"Changed since the run: numpy {here['numpy']} -> 9.0.0, processor" in str(answer)


# --- without a re-run ---


def test_without_a_rerun_nothing_runs(folder, register):
    register(lambda *a: pytest.fail("this must not run"))
    answer = verify(folder, rerun=False)
    assert (answer.status, answer.ok, answer.comparisons) == ("intact", True, ())


# --- how it reads ---


def test_it_prints_as_a_table_and_a_verdict(folder, toy_runner):
    lines = str(verify(folder)).splitlines()
    assert lines[0].split() == ["output", "allowed", "re-run"]
    assert lines[1].split() == ["scale/table", "within", "0.01", "identical"]
    assert lines[-1] == "identical: run again, every output is equal to the recorded one."


def test_a_changed_folder_says_that_nothing_was_run(folder, toy_runner):
    flip(folder / "report.html", 3)
    last = "differs: what is here now is not what was recorded; nothing was run again."
    assert str(verify(folder)).splitlines()[-1] == last


@pytest.mark.parametrize("factor", [1.0, 1.001, 1.5])
def test_it_is_plain_json(folder, register, write_toy, factor):
    rerun_with(register, write_toy, factor)
    answer = verify(folder)
    plain = json.loads(json.dumps(answer.to_dict(), allow_nan=False))
    assert (plain["status"], plain["ok"]) == (answer.status, answer.ok)
    assert plain["record_id"] == Record.read(folder).id
    assert [each["output"] for each in plain["outputs"]] == list(Record.read(folder).outputs)
    if factor == 1.5:
        assert plain["outputs"][0]["difference"]["before"] == pytest.approx(0.82, abs=0.01)


def test_a_strangers_control_characters_are_shown_not_obeyed():
    answer = Verification("differs", Path("x"), "sha256:", ("\x1b[2J\u202egone.",))
    assert str(answer).splitlines()[0] == "\\x1b[2J\\u202egone."
