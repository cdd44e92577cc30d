"""From the inputs and outputs of a run to its folder: tables as Parquet and CSV, a hash of every file, and the record.

The inputs lie beside the outputs, so that the record can be run again when the file that they came from is long gone.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np

from .._core.errors import InputError
from .._core.files import sha256
from ..data import Dataset, Output, Reference
from ._code import Code
from ._paths import files_in, inside
from ._record import Record, RecordedInput, RecordedOutput, Scalar, explained
from ._tables import write_table
from .environment import Environment

__all__ = ["write_run"]


def write_run(
    folder: str | os.PathLike[str],
    *,
    kind: str,
    inputs: Mapping[str, tuple[Dataset, Reference | None]],
    outputs: Mapping[str, Output],
    title: str = "",
    parameters: Mapping[str, Any] | None = None,
    seed: int | None = None,
    splits: Mapping[str, str] | None = None,
    files: Iterable[str] | None = None,
    outcome: Literal["accepted", "negative", "failed"] = "accepted",
    handbook: str | None = None,
    agent: str = "",
    started: datetime | None = None,
    duration: float | None = None,
) -> Record:
    """Store inputs and outputs in the folder of a run, and write the record of all that lies there.

    Parameters
    ----------
    folder : path
        The folder, with everything else (report, figures, models) already in it. The inputs go to
        ``inputs/<name>.parquet``, output tables to ``tables/<name>.parquet`` and ``.csv``.
    kind, title, parameters, seed, splits, outcome, handbook, agent, started, duration
        As for :class:`Record`; ``duration`` in seconds.
    inputs : mapping of str to (Dataset, Reference or None)
        What went in, and the file that it was read from.
    outputs : mapping of str to Output
        What came out. A number that is not a number is recorded as missing.
    files : iterable of str, optional
        Paths of further files to be recorded, relative to the folder; by default all that are there.

    Returns
    -------
    Record
        As it was written.

    Raises
    ------
    InputError
        If a name cannot be a file's name, a value is infinite or no plain data, or the folder cannot be written to.
    """
    folder = Path(folder)
    recorded_inputs = {name: _store_input(folder, name, *given) for name, given in inputs.items()}
    recorded_outputs = {name: _store_output(folder, name, output) for name, output in outputs.items()}
    paths = files_in(folder) if files is None else [*files, *_paths(recorded_inputs, recorded_outputs)]
    with explained():
        record = Record(
            kind=kind,
            title=title,
            inputs=recorded_inputs,
            code=Code.here(),
            parameters=dict(parameters or {}),
            seed=seed,
            splits=dict(splits or {}),
            outputs=recorded_outputs,
            files={path: sha256(inside(folder, path)) for path in paths},
            outcome=outcome,
            handbook=handbook,
            environment=Environment.here(),
            agent=agent,
            started=started,
            duration=duration,
        )
    record.write(folder)
    return record


def _store_input(folder: Path, name: str, dataset: Dataset, origin: Reference | None) -> RecordedInput:
    path = f"inputs/{name}.parquet"
    write_table(dataset, inside(folder, path))
    return RecordedInput(id=dataset.id, path=path, origin=origin)


def _store_output(folder: Path, name: str, output: Output) -> RecordedOutput:
    texts = {"unit": output.unit, "description": output.description}
    if not isinstance(output.value, Dataset):
        return RecordedOutput(value=_scalar(name, output.value), tolerance=output.tolerance, **texts)
    path = f"tables/{name}.parquet"
    write_table(output.value, inside(folder, path))
    output.value.write(inside(folder, f"tables/{name}.csv"))
    return RecordedOutput(table=output.value.id, path=path, tolerance=output.tolerance, **texts)


def _scalar(name: str, value: object) -> Scalar:
    """Return a value as plain data; NumPy's numbers become Python's, NaN becomes None."""
    plain = value.item() if isinstance(value, np.generic) else value
    if isinstance(plain, float) and not math.isfinite(plain):
        if math.isnan(plain):
            return None
        raise InputError(f"the output '{name}' is {plain}; a record keeps finite numbers, texts, truths and tables.")
    if not isinstance(plain, bool | int | float | str):
        raise InputError(f"the output '{name}' is a {type(value).__name__}; give a number, text, truth or Dataset.")
    return plain


def _paths(inputs: Mapping[str, RecordedInput], outputs: Mapping[str, RecordedOutput]) -> list[str]:
    tables = [output.path for output in outputs.values() if output.path is not None]
    copies = [path.removesuffix(".parquet") + ".csv" for path in tables]
    return [*(given.path for given in inputs.values()), *tables, *copies]
