"""The runner of ``records.verify`` for studies: the recorded study on the recorded tables, into another folder."""

from __future__ import annotations

from pathlib import Path

from .._core.progress import Progress, silent
from ..data._validated import validated
from ..records import Record
from ._inputs import Inputs
from ._run import execute
from ._study import Study

__all__ = ["rerun"]


def rerun(record: Record, folder: Path, out: Path, progress: Progress = silent) -> None:
    """Execute the study of a record again; only registered steps run.

    Parameters
    ----------
    record : Record
        The record of the finished study.
    folder : path
        Its folder, with the input tables.
    out : path
        The folder to write.
    progress : callable, optional
        Is called with every event.

    Raises
    ------
    InputError
        If the recorded study is not valid, a step is unknown or a table is missing.
    """
    study = validated(Study, record.parameters)
    candidates = record.input(folder, "candidates") if "candidates" in record.inputs else None
    inputs = Inputs(record.input(folder, "data"), candidates, handbook=record.handbook)
    execute(study, inputs, out, progress=progress)
