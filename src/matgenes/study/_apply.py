"""The fitted model of a finished study on new rows: predictions with error bars, and a flag on rows far away."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from .._core.errors import InputError
from .._core.files import atomic_folder
from .._core.progress import Progress, silent
from ..data import Dataset, Output, Quantity, Reference, Tolerance
from ..data._dataset import FIRST_ROW
from ..data._validated import validated
from ..models import Predictive, TrainingDistance, load
from ..records import Record, write_run
from ._inputs import Inputs
from ._names import unspoken_roles
from ._prepare import DESCRIPTOR, Prepared, featurised, prepare
from ._study import Study
from .steps._rows import label_columns

__all__ = ["Applied", "apply", "finished", "rerun"]

Array: TypeAlias = np.ndarray[Any, Any]
KIND = "prediction"
MODELS = ("model", "formula")
"""Folders in which steps leave what predicts: that of the step ``predict``, else the formula of ``genes``."""
PREDICTED = 6
"""Columns that a table of predictions has behind those of the new rows."""


@dataclass(frozen=True)
class Applied:
    """Predictions of new rows: the folder they lie in, the table, the record."""

    folder: Path
    predictions: Dataset
    record: Record

    def preview(self, rows: int = 10) -> str:
        """Return the first rows as text, what names them and the predictions, and how many could not be predicted."""
        first = self.predictions.take(range(min(rows, len(self.predictions))))
        given, told = first.names()[:-PREDICTED], first.names()[-PREDICTED:]
        texts, by_name = label_columns(first), unspoken_roles(first)
        names = [name for name in given if name in texts or by_name.get(name) == "id"]
        shown = first.to_pandas()[[*names, *told]].rename(columns={name: first.quantity(name).label for name in told})
        if not names:
            shown.insert(0, "row", np.arange(len(shown)) + FIRST_ROW)
        text = str(shown.to_string(index=False, float_format=lambda value: f"{value:.4g}", na_rep="–"))
        missing = int(np.isnan(self.predictions.numpy("sigma")).sum())
        if not missing:
            return text
        these = "1 row is" if missing == 1 else f"{missing} rows are"
        why = "a value that the model needs is missing, or the model says nothing there"
        return f"{text}\n\n{these} not predicted (–): {why}."

    def to_dict(self) -> dict[str, object]:
        """Return plain data for machines."""
        return {"folder": str(self.folder), "record": self.record.id, "rows": self.predictions.table.to_pylist()}


def apply(
    folder: str | os.PathLike[str],
    data: str | os.PathLike[str],
    out: str | os.PathLike[str],
    model: str | None = None,
) -> Applied:
    """Predict the rows of a table with the model that a study fitted to all its data.

    Parameters
    ----------
    folder : path
        Folder of a finished study.
    data : path
        The new rows: a table with the columns that the study's features are made from.
    out : path
        Folder to write: ``predictions.csv``, the tables and a record.
    model : {"model", "formula"}, optional
        Whose: that of the step ``predict`` or ``genes``; by default the first one that the study has.

    Raises
    ------
    InputError
        If ``folder`` holds no study with a model, the new rows lack a column, units clash, or ``out`` exists and no
        prediction wrote it.
    """
    folder, data, out = Path(folder), Path(data), Path(out)
    if out.exists() and not (out / "record.json").is_file():
        raise InputError("this exists and no prediction wrote it; give --out another name.", file=out)
    return _predicted(folder, Dataset.read(data), Reference.of(data), out, _which(folder, model))


def rerun(record: Record, folder: Path, out: Path, progress: Progress = silent) -> None:  # noqa: ARG001  it is quick
    """Predict again, for ``records.verify``; the study's folder must still lie where it was.

    Raises
    ------
    InputError
        If the study's folder has moved or holds another study now.
    """
    study_folder = (folder / str(record.parameters["study"])).resolve()
    if Record.read(study_folder).id != record.parameters["record"]:
        raise InputError("another study lies here now; the predictions were made by an earlier one.", file=study_folder)
    model = _which(study_folder, str(record.parameters.get("model", MODELS[0])))
    _predicted(study_folder, record.input(folder, "data"), None, out, model)


def _predicted(folder: Path, new: Dataset, reference: Reference | None, out: Path, model: str) -> Applied:
    started = datetime.now(UTC)
    source, study, prepared = finished(folder)
    try:
        rows = featurised(study.features, new, _own_numbers(study, prepared, new), like=prepared.data)
    except InputError as error:
        raise error.at(file=Path(reference.uri).name if reference else None) from None
    predictions = _predictions(folder / model, prepared, rows, study.target.column)
    with atomic_folder(out, replace=True) as partial:
        predictions.write(partial / "predictions.csv")
        record = write_run(
            partial,
            kind=KIND,
            title=f"Predictions of {study.target.column}",
            inputs={"data": (new, reference)},
            outputs={"predictions": Output(predictions, Tolerance.close(relative=1e-6, absolute=1e-9))},
            parameters={
                "study": Path(os.path.relpath(folder, out)).as_posix(),
                "record": source.id,
                "model": model,
            },
            seed=study.seed,
            started=started,
            duration=(datetime.now(UTC) - started).total_seconds(),
        )
    return Applied(out, predictions, record)


def _which(folder: Path, wanted: str | None) -> str:
    """Return the name of the folder of the model.

    Raises
    ------
    InputError
        If the study has none, or not that one.
    """
    is_study = (folder / "record.json").is_file() and Record.read(folder).kind == "study"
    there = [name for name in MODELS if is_study and (folder / name).is_dir()]
    if wanted in there or (wanted is None and there):
        return wanted or there[0]
    steps = {"model": "'predict'", "formula": "'genes'"}.get(str(wanted), "'predict' or 'genes'")
    raise InputError(f"this is no folder of a finished study with the step {steps}, so there is no model.", file=folder)


def finished(folder: Path) -> tuple[Record, Study, Prepared]:
    """Return the record, the study and the prepared tables of a finished study's folder."""
    record = Record.read(folder)
    study = validated(Study, record.parameters)
    return record, study, prepare(study, Inputs(record.input(folder, "data")))


def _own_numbers(study: Study, prepared: Prepared, new: Dataset) -> tuple[str, ...]:
    """Return the features that are columns of the table and not computed from elements or formulas."""
    listed = study.features.columns
    if listed or study.features.elements or study.features.compositions:
        numbers = [name for name in listed if name in prepared.features]
    else:
        numbers = list(prepared.features)
    for name in numbers:
        new.quantity(name)
    return tuple(numbers)


def _predictions(model: Path, prepared: Prepared, rows: Dataset, target: str) -> Dataset:
    known, _, _ = prepared.data.xy(target, prepared.features)
    x = np.column_stack([rows.numpy(name) for name in prepared.features])
    complete = ~np.isnan(x).any(axis=1)
    quantity = prepared.data.quantity(target)
    names = [name for name in rows.names() if rows.quantity(name).technique != DESCRIPTOR]
    columns = {rows.quantity(name).replace(role="note"): rows.table.column(name) for name in names}
    found = _columns(model, known, x, complete, quantity)
    return Dataset.from_columns({**columns, **found})


def _columns(model: Path, known: pd.DataFrame, x: Array, complete: Array, target: Quantity) -> Mapping[Quantity, Array]:
    """Return the columns of the predictions; null for rows that lack a feature or on which the model says nothing."""
    name, unit = f"{target.name} predicted", target.unit or ""
    quantities = (
        Quantity(name, unit=unit),
        Quantity("sigma", unit=unit, role="sigma", sigma_of=name),
        Quantity("low 90 %", unit=unit),
        Quantity("high 90 %", unit=unit),
        Quantity("distance", unit="", description="to the nearest row of the study's data"),
    )
    values, far = np.full((len(quantities), len(x)), np.nan), np.full(len(x), None, dtype=object)
    fitted = load(model)
    complete[complete] = _defined(fitted, pd.DataFrame(x[complete], columns=known.columns))
    if complete.any():
        rows = pd.DataFrame(x[complete], columns=known.columns)
        prediction, distance = fitted.predict_distribution(rows), TrainingDistance(known)
        reach = distance.to_nearest(rows)
        values[:, complete] = [prediction.mean, prediction.std, *prediction.interval(0.9), reach]
        far[complete] = reach > distance.limit
    return {**dict(zip(quantities, values, strict=True)), Quantity("far from the data"): far}


def _defined(model: Predictive, rows: pd.DataFrame) -> Array:
    """Return for which rows (n_rows,) the model says something: a formula may hold a logarithm of less than zero."""
    ask = getattr(model, "is_defined", None)
    return np.ones(len(rows), dtype=bool) if ask is None else np.asarray(ask(rows))
