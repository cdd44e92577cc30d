"""What the index keeps of an entry: quantities with the values they cover, elements, models, packages, edges, words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..._core.canonical import hash_of
from ...data import Dataset
from .._paths import inside
from .._record import Record, Scalar
from .._tables import read_table
from ._elements import Chemistry, chemistries
from ._entry import Entry
from ._range import cover
from ._store import DATA, RUN

__all__ = ["Edge", "Indexed", "Summary", "summarise"]

_ID = re.compile(r"sha256:[0-9a-f]{64}")
_WORDS = 20_000  # characters of text of one entry that are searched


class Indexed(NamedTuple):
    """A numeric quantity under the name by which it is found; lowest and highest value, and what lies between."""

    key: str
    unit: str | None
    low: float | None
    high: float | None
    cover: bytes


class Edge(NamedTuple):
    """``target`` was made from ``source``, and as what."""

    source: str
    target: str
    role: str


@dataclass(frozen=True)
class Summary:
    """All that the index keeps of one entry."""

    entry: Entry
    quantities: tuple[Indexed, ...] = ()
    chemistries: frozenset[Chemistry] = frozenset()
    models: frozenset[str] = frozenset()
    packages: Mapping[str, str] | None = None
    edges: tuple[Edge, ...] = ()
    words: str = ""

    @property
    def packages_hash(self) -> str:
        """One text for one set of packages and versions."""
        return hash_of(dict(self.packages or {}))


def summarise(entry: Entry, folder: Path) -> Summary:
    """Read an entry's folder.

    Raises
    ------
    InputError
        If a file of it is missing or cannot be read.
    """
    sources = tuple(Edge(source, entry.id, "source") for source in entry.sources)
    if entry.kind == "dataset":
        return _of_dataset(entry, read_table(folder / DATA), sources)
    if entry.kind == "record":
        return _of_record(entry, folder / RUN, sources)
    place = entry.reference.uri if entry.reference else ""
    return Summary(entry, edges=sources, words=_words(entry, [place]))


def _of_dataset(entry: Entry, dataset: Dataset, sources: tuple[Edge, ...]) -> Summary:
    return Summary(
        entry,
        quantities=tuple(_columns(dataset)),
        chemistries=chemistries(dataset),
        edges=sources,
        words=_words(entry, _named(dataset)),
    )


def _of_record(entry: Entry, folder: Path, sources: tuple[Edge, ...]) -> Summary:
    record = Record.read(folder)
    inputs = {given.id: read_table(inside(folder, given.path)) for given in record.inputs.values()}
    quantities = {each: None for dataset in inputs.values() for each in _columns(dataset)}
    quantities |= dict.fromkeys(_outputs(record))
    texts: list[Scalar] = [text for dataset in inputs.values() for text in _named(dataset)]
    texts += [record.title, record.kind, record.agent, *_texts(record.parameters)]
    texts += [text for name, output in record.outputs.items() for text in (name, output.description, output.value)]
    return Summary(
        entry,
        quantities=tuple(quantities),
        chemistries=frozenset().union(*map(chemistries, inputs.values())),
        models=frozenset(name.casefold() for name in _models(record)),
        packages=record.environment.packages | {record.code.package: record.code.version},
        edges=(*sources, *dict.fromkeys(_edges(record))),
        words=_words(entry, texts),
    )


def _columns(dataset: Dataset) -> Iterator[Indexed]:
    for name, quantity in dataset.quantities.items():
        if dataset.is_numeric(name) or pa.types.is_fixed_size_list(dataset.table.schema.field(name).type):
            ends = cover(_numbers(dataset, name))
            low, high = (float(ends[0, 0]), float(ends[1, -1])) if ends.size else (None, None)
            yield Indexed(name.casefold(), quantity.unit, low, high, ends.tobytes())


def _numbers(dataset: Dataset, name: str) -> NDArray[np.float64]:
    """Return a column's numbers; those inside lists one after the other."""
    if dataset.is_numeric(name):
        return dataset.numpy(name)
    inside = dataset.table.column(name).combine_chunks().flatten()
    return np.asarray(inside.to_numpy(zero_copy_only=False), dtype=np.float64)


def _outputs(record: Record) -> Iterator[Indexed]:
    """Give each number that came out, under its full name and the last part of it: predict/rmse and rmse."""
    for name, output in record.outputs.items():
        value = output.value
        if isinstance(value, int | float) and not isinstance(value, bool):
            number = float(value)
            for key in dict.fromkeys([name.casefold(), name.casefold().rpartition("/")[2]]):
                yield Indexed(key, output.unit, number, number, b"")


def _models(record: Record) -> Iterator[str]:
    """Give the kind of run, its steps, what its parameters call a model, and what was chosen."""
    yield record.kind
    for key, text in _leaves(record.parameters):
        if re.search(r"(^|\.)(steps|models?|estimator|kernel|learner)(\.|$)", key):
            yield text
    for name, output in record.outputs.items():
        if isinstance(output.value, str) and re.search(r"chosen|model", name):
            yield output.value


def _edges(record: Record) -> Iterator[Edge]:
    for name, given in record.inputs.items():
        yield Edge(given.id, record.id, f"input {name}")
        if given.origin is not None:
            yield Edge(f"sha256:{given.origin.sha256}", given.id, "read as")
    for key, text in _leaves(record.parameters):
        if _ID.fullmatch(text):
            yield Edge(text, record.id, f"parameter {key}")
    known = {given.id for given in record.inputs.values()}  # a table that only passed through was there before
    for name, output in record.outputs.items():
        if output.table is not None and output.table not in known:
            yield Edge(record.id, output.table, f"output {name}")


def _leaves(value: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Give every text in plain data, with the keys on the way to it."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, key)


def _texts(value: object) -> list[str]:
    return [text for _, text in _leaves(value)]


def _named(dataset: Dataset) -> list[str]:
    """Return names and descriptions of the columns, and their sources."""
    return [text for q in dataset.quantities.values() for text in (q.name, q.description, q.technique, q.source)]


def _words(entry: Entry, texts: Iterable[Scalar]) -> str:
    own = [entry.title, entry.author, entry.text, entry.handbook, *entry.outcome, *entry.reasons]
    found = dict.fromkeys(text for text in [*own, *texts] if isinstance(text, str) and text and not _ID.fullmatch(text))
    return "\n".join(found)[:_WORDS]
