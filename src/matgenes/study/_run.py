"""Run a study: read, prepare, step after step, then one folder with report, record, tables, figures and model.

The folder appears whole at the end. Until then only a hidden checkpoint folder lies beside it, from which an
interrupted run goes on; it is deleted when the results are in place.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from .._core.errors import InputError
from .._core.files import atomic_folder, write_text
from .._core.progress import Event, Progress, silent
from .._core.tasks import one_thread
from ..data import Context, Dataset, Reference, StepResult
from ..records import Record, write_run
from ._inputs import Inputs, read_inputs
from ._load import load
from ._prepare import Prepared, prepare
from ._report import main_findings, write_page
from ._steps import find_steps, step_parameters
from ._study import Study

__all__ = ["Run", "execute", "prepared", "run"]

RECORD = "record.json"


@dataclass(frozen=True)
class Run:
    """A finished study: where its folder is, what it found, its record, and how long it took in seconds."""

    folder: Path
    findings: tuple[str, ...]
    record: Record
    seconds: float

    @property
    def report(self) -> Path:
        """The page to open in a browser."""
        return self.folder / "report.html"

    def to_dict(self) -> dict[str, object]:
        """Return plain data for machines."""
        return {
            "folder": str(self.folder),
            "report": str(self.report),
            "record": self.record.id,
            "findings": list(self.findings),
            "seconds": round(self.seconds, 1),
        }


def run(
    study: str | os.PathLike[str] | Study,
    out: str | os.PathLike[str] | None = None,
    *,
    executor: Executor | None = None,
    progress: Progress = silent,
) -> Run:
    """Run a study and write its folder.

    Parameters
    ----------
    study : path or Study
        The study file; or the study itself, whose tables' paths start at the current folder.
    out : path, optional
        The folder to write; ``<study file>-results`` in the current folder by default, ``study-results`` for a study
        without a file. A folder that a study wrote is replaced, any other is refused.
    executor : concurrent.futures.Executor, optional
        Where long computations run; by default that of ``matgenes.workers(...)``, else this process.
    progress : callable, optional
        Is called with every :class:`Event`.

    Raises
    ------
    InputError
        If the study file or a table cannot be used, or the folder cannot be written.
    """
    file = None if isinstance(study, Study) else Path(study)
    path = file or Path("study.toml")
    study = study if isinstance(study, Study) else load(path)
    folder = Path(out) if out is not None else Path(f"{path.stem}-results")
    _check_place(folder)
    try:
        step_parameters(study, find_steps(study.steps))  # a misspelt entry is told before a large table is read
    except InputError as error:
        raise error.at(file=file) from None
    inputs = read_inputs(study, path.parent)
    return execute(study, inputs, folder, executor=executor, progress=progress)


def prepared(study: str | os.PathLike[str] | Study) -> Prepared:
    """Return the tables of a study as its steps get them: parts assigned, units agreed, descriptors computed.

    Parameters
    ----------
    study : path or Study
        As for :func:`run`.

    Raises
    ------
    InputError
        If the study file or a table cannot be used.
    """
    folder = Path() if isinstance(study, Study) else Path(study).parent
    study = study if isinstance(study, Study) else load(study)
    return prepare(study, read_inputs(study, folder))


def execute(
    study: Study, inputs: Inputs, folder: Path, *, executor: Executor | None = None, progress: Progress = silent
) -> Run:
    """Run a checked study on tables that are already read. Raises as :func:`run`.

    BLAS works with one thread meanwhile, so that a re-run rounds alike on any number of cores.
    """
    _check_place(folder)
    with one_thread():
        return _execute(study, inputs, folder, executor, progress)


def _execute(study: Study, inputs: Inputs, folder: Path, executor: Executor | None, progress: Progress) -> Run:
    started, clock = datetime.now(UTC), time.perf_counter()
    checkpoint = folder.absolute().parent / f".{folder.name}.checkpoint"
    prepared = prepare(study, inputs)
    results = _results(study, prepared, inputs.notes, checkpoint, executor, progress)
    progress(Event("write", 0, 1))
    with atomic_folder(folder, replace=True) as partial:
        for result in results.values():
            for name, write in result.files.items():
                write(partial / name)
        write_page(partial, study, inputs, results, folder)
        seconds = time.perf_counter() - clock
        record = _recorded(partial, study, inputs, results, started, seconds)
    progress(Event("write", 1, 1))
    shutil.rmtree(checkpoint, ignore_errors=True)
    return Run(folder, main_findings(results), record, seconds)


def _results(
    study: Study,
    prepared: Prepared,
    notes: tuple[str, ...],
    checkpoint: Path,
    executor: Executor | None,
    progress: Progress,
) -> Mapping[str, StepResult]:
    steps = find_steps(study.steps)
    parameters = step_parameters(study, steps)
    results: dict[str, StepResult] = {}
    for step in steps:
        context = Context(
            seed=study.seed,
            target=study.target.column,
            goal=study.target.goal,
            log_target=study.target.log,
            features=prepared.features,
            left_out=prepared.left_out,
            notes=notes,
            groups=study.groups.column if study.groups else None,
            candidates=prepared.candidates,
            parameters=parameters[step.name],
            results=dict(results),
            progress=progress,
            executor=executor,
            checkpoint=checkpoint / step.name,
        )
        results[step.name] = step.run(prepared.data, context)
    return results


def _recorded(
    folder: Path, study: Study, inputs: Inputs, results: Mapping[str, StepResult], started: datetime, seconds: float
) -> Record:
    tables: dict[str, tuple[Dataset, Reference | None]] = {"data": (inputs.data, inputs.references.get("data"))}
    if inputs.candidates is not None:
        tables["candidates"] = (inputs.candidates, inputs.references.get("candidates"))
    return write_run(
        folder,
        kind="study",
        title=study.title,
        inputs=tables,
        parameters=study.model_dump(mode="json"),
        seed=study.seed,
        splits={f"{step}/{name}": split for step, result in results.items() for name, split in result.splits.items()},
        outputs={f"{step}/{name}": out for step, result in results.items() for name, out in result.outputs.items()},
        handbook=inputs.handbook,
        started=started,
        duration=seconds,
    )


def _check_place(folder: Path) -> None:
    """Refuse a folder that no study wrote before hours are spent, and one that cannot be made at all."""
    if folder.exists() and not (folder / RECORD).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError("this exists and no study wrote it; give --out another name.", file=folder)
    if not folder.absolute().parent.is_dir():
        raise InputError(f"the folder {folder.parent} does not exist; make it first.", file=folder)
    probe = folder.absolute().parent / f".{folder.name}.probe"
    try:
        write_text(probe, "")
    except InputError as error:
        raise InputError(error.problem, file=folder) from None
    probe.unlink()
