"""Which rows of a table fall in which rule of a finished study."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from .._core.errors import InputError, did_you_mean
from .._core.files import atomic_folder
from .._core.progress import Progress, silent
from ..data import Dataset, Output, Quantity, Reference
from ..records import Record, write_run
from ._apply import finished
from ._prepare import DESCRIPTOR, Prepared, featurised
from ._rule_file import FILE, Named, read_rules
from ._study import Study

__all__ = ["Members", "members", "rerun"]

KIND = "memberships"
WHICH = "small_set"


@dataclass(frozen=True)
class Members:
    """The rows of a table with a truth value for each rule: the folder, the table, the record, the rules by name."""

    folder: Path
    table: Dataset
    record: Record
    rules: Named

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows fall in each rule."""
        names = _columns(self.rules)
        return {name: int(self.table.numpy(column).sum()) for name, column in names.items()}

    @property
    def inside(self) -> int:
        """How many rows fall in one rule at least."""
        return int((self.table.numpy("number of rules") > 0).sum())

    def to_dict(self) -> dict[str, object]:
        """Return plain data for machines."""
        rules = [
            {"name": name, "rule": self.rules[name].text, "rows": count} for name, count in self.counts.items()
        ]  # fmt: skip
        return {"folder": str(self.folder), "record": self.record.id, "rows": len(self.table), "rules": rules}


def members(
    folder: str | os.PathLike[str],
    data: str | os.PathLike[str],
    out: str | os.PathLike[str],
    which: str = WHICH,
) -> Members:
    """Say which rows of a table fall in which rule.

    Parameters
    ----------
    folder : path
        Folder of a finished study with the step ``rules``.
    data : path
        A table with the columns that the rules speak of; descriptors are computed as in the study.
    out : path
        Folder to write: ``members.csv``, the table, and a record.
    which : {"small_set", "rules", "front"}
        Which list: rules that speak of different rows, the best ones, or the whole front.

    Raises
    ------
    InputError
        If ``folder`` holds no such study, the table lacks a column, units clash, or ``out`` exists and no run of this
        wrote it.
    """
    folder, data, out = Path(folder), Path(data), Path(out)
    if out.exists() and not (out / "record.json").is_file():
        raise InputError("this exists and is no folder of memberships; give --out another name.", file=out)
    if not ((folder / "record.json").is_file() and (folder / FILE).is_file()):
        raise InputError("this is no folder of a finished study with the step 'rules'.", file=folder)
    return _found(folder, Dataset.read(data), Reference.of(data), out, which)


def rerun(record: Record, folder: Path, out: Path, progress: Progress = silent) -> None:  # noqa: ARG001  it is quick
    """Do it again, for ``records.verify``; the study's folder must still lie where it was.

    Raises
    ------
    InputError
        If the study's folder has moved or holds another study now.
    """
    study = (folder / str(record.parameters["study"])).resolve()
    if Record.read(study).id != record.parameters["record"]:
        raise InputError("another study lies here now; these rows were sorted by an earlier one.", file=study)
    _found(study, record.input(folder, "data"), None, out, str(record.parameters["which"]))


def _found(folder: Path, new: Dataset, reference: Reference | None, out: Path, which: str) -> Members:
    started = datetime.now(UTC)
    source, study, prepared = finished(folder)
    lists = read_rules(folder / FILE).lists
    if which not in lists:
        known = ", ".join(lists)
        raise InputError(f"there is no list of rules '{which}'; there are {known}.{did_you_mean(which, lists)}")
    named = lists[which]
    try:
        table = _table(study, prepared, new, named)
    except InputError as error:
        raise error.at(file=Path(reference.uri).name if reference else None) from None
    with atomic_folder(out, replace=True) as partial:
        table.write(partial / "members.csv")
        record = write_run(
            partial,
            kind=KIND,
            title=f"Rows in the rules for {study.target.column}",
            inputs={"data": (new, reference)},
            outputs={"members": Output(table)},
            parameters={
                "study": Path(os.path.relpath(folder, out)).as_posix(),
                "record": source.id,
                "which": which,
            },
            seed=study.seed,
            started=started,
            duration=(datetime.now(UTC) - started).total_seconds(),
        )
    return Members(out, table, record, named)


def _table(study: Study, prepared: Prepared, new: Dataset, named: Named) -> Dataset:
    """Return the rows as they were given, with the number of rules and a truth value for each."""
    spoken_of = dict.fromkeys(p.attribute for rule in named.values() for p in rule.selector)
    known = prepared.data
    numbers = [name for name in spoken_of if known.is_numeric(name) and known.quantity(name).technique != DESCRIPTOR]
    for name in numbers:
        new.quantity(name)
    rows = featurised(study.features, new, numbers, like=known).select(spoken_of)
    covered = {name: rule.covers(rows) for name, rule in named.items()}
    table = Dataset(new.table, [quantity.replace(role="note") for quantity in new.quantities.values()])
    for name in ("number of rules", *_columns(named).values()):
        if name in table.names():
            raise InputError("the table has a column of this name, which the answer needs; rename it.", column=name)
    count = np.asarray(np.array(list(covered.values()), dtype=np.int64).reshape(-1, len(new)).sum(axis=0))
    table = table.with_column(Quantity("number of rules", unit="", description="that cover the row"), count)
    for name, column in _columns(named).items():
        table = table.with_column(Quantity(column, description=named[name].text), covered[name])
    return table


def _columns(named: Named) -> dict[str, str]:
    """Return the column of each rule."""
    return {name: f"rule {name}" for name in named}
