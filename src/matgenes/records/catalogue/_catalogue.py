"""The catalogue: add, find, get, trace, delete; several processes may do so at once, and be killed at any moment."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError

from ..._core.errors import InputError, did_you_mean
from ..._core.progress import Progress, silent
from ...data import Dataset, Reference
from .._paths import RECORD
from .._record import Record
from .._tables import read_table, write_table
from . import _index as index
from ._entry import Entry, Kind, hexadecimal
from ._file_system import refuse_network
from ._lineage import Lineage, dependents, trace
from ._putting import copy_run, outcomes, user
from ._range import Range
from ._search import Query, find
from ._store import DATA, RUN, Store, flush_all
from ._summary import summarise
from ._upkeep import fill, finish_what_others_left, settle

__all__ = ["Catalogue"]

SAID = ("title", "author", "text", "handbook", "clean", "reasons")


class Catalogue:
    """A folder of datasets, records and references that can be searched.

    Parameters
    ----------
    path : path
        The folder, which :meth:`create` or ``matgenes catalogue init`` has made.

    Raises
    ------
    InputError
        If it is no catalogue, lies on a network file system, or its index is damaged.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from matgenes.data import samples
    >>> with TemporaryDirectory() as folder:
    ...     group = Catalogue.create(Path(folder) / "group")
    ...     id = group.add(samples.diffusion(), title="Diffusion of solutes", author="A. Smith")
    ...     [entry.title for entry in group.search(quantity="activation_energy > 180 kJ/mol", elements=["Ni", "Re"])]
    ['Diffusion of solutes']
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._store, self._index = Store(self.path), index.Index(self.path)
        self._store.check()
        refuse_network(self.path)
        if not self._index.is_ready:
            fill(self._store, self._index)
        finish_what_others_left(self._store, self._index)

    @classmethod
    def create(cls, path: str | os.PathLike[str]) -> Catalogue:
        """Make an empty catalogue in a new folder.

        Raises
        ------
        InputError
            If the folder is not empty, cannot be made, or lies on a network file system.
        """
        path = Path(path)
        refuse_network(path.absolute())
        Store(path).create()
        return cls(path)

    @classmethod
    def rebuild(cls, path: str | os.PathLike[str], *, progress: Progress = silent) -> tuple[str, ...]:
        """Make the index again from the entries' folders, also if it is damaged.

        Returns
        -------
        tuple of str
            What is wrong with entries that cannot be read, one line each; all others are indexed.

        Raises
        ------
        InputError
            If the folder is no catalogue.
        """
        store = Store(Path(path))
        store.check()
        refuse_network(store.root)
        catalogue = cls.__new__(cls)
        catalogue.path, catalogue._store, catalogue._index = store.root, store, index.Index(store.root)
        try:
            return fill(store, catalogue._index, progress)
        except InputError as error:
            if not isinstance(error.__cause__, sa.exc.DatabaseError) or "damaged" not in error.problem:
                raise
        catalogue._index.remove_file()
        return fill(store, catalogue._index, progress)

    # --- putting in ---

    def add(
        self,
        thing: Dataset | Reference | str | os.PathLike[str],
        *,
        title: str = "",
        author: str = "",
        text: str = "",
        handbook: str | None = None,
        clean: bool | None = None,
        reasons: Iterable[str] = (),
        sources: Iterable[str] = (),
    ) -> str:
        """Add a dataset, the folder of a run, or a reference to a big file; when this returns, it is on the disk.

        Parameters
        ----------
        thing : Dataset, path or Reference
            A table; the folder of a record, which must be as it was written; or a reference, whose file is checked
            and not copied.
        title, author, text, handbook, clean, reasons, sources
            As of :class:`Entry`. A record brings its own title, author, outcome and handbook, a dataset the outcomes
            of its rows; the author is the user of the machine where nothing is given.

        Returns
        -------
        str
            The id. What is there already is left as it is.

        Raises
        ------
        InputError
            If it is none of these, is damaged, or the disk cannot be written to.
        """
        said = {
            "title": title,
            "author": author,
            "text": text,
            "handbook": handbook,
            "clean": clean,
            "reasons": tuple(reasons),
            "sources": tuple(self._resolved(source) for source in sources),
        }
        if isinstance(thing, Dataset):
            return self._add_dataset(thing, said)
        if isinstance(thing, Reference):
            return self._add_reference(thing, said)
        return self._add_record(Path(thing), said)

    def _add_dataset(self, dataset: Dataset, said: dict[str, Any]) -> str:
        said |= {"outcome": outcomes(dataset)}
        return self._put(dataset.id, "dataset", said, lambda folder: write_table(dataset, folder / DATA))

    def _add_reference(self, reference: Reference, said: dict[str, Any]) -> str:
        reference.check()
        there = dataclasses.replace(reference, uri=str(Path(reference.uri).absolute()))
        said |= {"title": said["title"] or Path(there.uri).name, "reference": there}
        return self._put(f"sha256:{there.sha256}", "reference", said, None)

    def _add_record(self, folder: Path, said: dict[str, Any]) -> str:
        folder = folder.parent if folder.name == RECORD else folder
        if not (folder / RECORD).is_file():
            raise InputError(
                f"this is no folder of a run (it has no {RECORD}); a table is added as Dataset.read(file), a big file "
                "as Reference.of(file).",
                file=folder,
            )
        record = Record.read(folder)
        own = {"title": record.title, "author": record.agent, "handbook": record.handbook}
        said |= {key: said[key] or value for key, value in own.items()} | {"outcome": (record.outcome,)}
        return self._put(record.id, "record", said, lambda place: copy_run(folder, record, place / RUN))

    def _put(self, key: str, kind: Kind, said: dict[str, Any], fill: Callable[[Path], None] | None) -> str:
        if self._store.has(key):
            settle(self._store, self._index, key)
            return key
        entry = Entry(id=key, kind=kind, added=datetime.now(UTC), **(said | {"author": said["author"] or user()}))
        with self._store.incoming_entry(key) as staged:
            if fill is not None:
                fill(staged)
            self._store.describe(entry, staged)
            flush_all(staged)
            summary = summarise(entry, staged)
            with self._index.writing() as connection:
                index.insert(connection, summary)
                self._store.publish(staged, key)
        return key

    def annotate(self, key: str, **said: Any) -> Entry:
        """Say something else of an entry: title, author, text, handbook, clean, reasons; its content stays.

        Parameters
        ----------
        key : str
            The id, or its beginning.
        **said
            What changes, as of :class:`Entry`; of a verdict of ``data.check`` the handbook, clean and reasons.

        Returns
        -------
        Entry
            What is said now.

        Raises
        ------
        InputError
            If there is no such entry, or something else is to be changed.
        """
        for name in said:
            if name not in SAID:
                raise InputError(f"'{name}' cannot be changed; allowed: {', '.join(SAID)}.{did_you_mean(name, SAID)}")
        key = self._resolved(key)
        with self._index.writing() as connection:
            old = self._store.entry(key)
            changed = {name: tuple(value) if name == "reasons" else value for name, value in said.items()}
            try:
                entry = Entry(**(dict(old) | changed))
            except ValidationError as error:
                raise InputError(
                    f"'{error.errors()[0]['loc'][0]}' cannot be that: {error.errors()[0]['msg']}."
                ) from None
            index.remove(connection, key)
            index.insert(connection, summarise(entry, self._store.place(key)))
            self._store.describe(entry, self._store.place(key))
        return entry

    # --- finding ---

    def search(
        self,
        text: str = "",
        *,
        quantity: str | Range | Iterable[str | Range] = (),
        elements: str | Iterable[str] = (),
        only: bool = False,
        kind: str | None = None,
        model: str | None = None,
        library: str | None = None,
        outcome: str | None = None,
        handbook: str | None = None,
        author: str | None = None,
        clean: bool | None = None,
        limit: int = 100,
    ) -> tuple[Entry, ...]:
        """Return the entries that satisfy everything that is given, the newest first, or the best first for a text.

        Parameters
        ----------
        text : str
            Words, or their beginnings, in titles, notes, names and descriptions of columns, parameters, outputs.
        quantity : str, Range or several
            A column or an output by name, with an interval in any unit: "E_act between 0.5 and 1 eV" also finds
            columns in kJ/mol; of a record, columns of its inputs and numbers among its outputs ("rmse < 0.2 eV").
        elements : str or iterable of str
            Elements that stand together in a row of the table.
        only : bool
            No other elements in that row.
        kind : {"dataset", "record", "reference"}, optional
            What it is.
        model : str, optional
            Part of the name of a step or a class of models of a record, such as "Gaussian process".
        library : str, optional
            A package that a record was computed with: "numpy", "numpy==2.4.6", "numpy==2.4" for any 2.4.x.
        outcome : {"accepted", "negative", "failed", "anchor"}, optional
            Of the record, or of a row of the dataset.
        handbook, author : str, optional
            The handbook's id; part of the author's name.
        clean : bool, optional
            Whether a check against the handbook found it clean.
        limit : int
            At most so many.

        Raises
        ------
        InputError
            If a unit, an element, an outcome or an interval cannot be understood.
        """
        wanted = [quantity] if isinstance(quantity, str | Range) else list(quantity)
        query = Query(
            text=text,
            quantities=tuple(each if isinstance(each, Range) else Range.parse(each) for each in wanted),
            elements=(elements,) if isinstance(elements, str) else tuple(elements),
            only=only,
            kind=kind,
            model=model,
            library=library,
            outcome=outcome,
            handbook=handbook,
            author=author,
            clean=clean,
            limit=limit,
        )
        with self._index.reading() as connection:
            return find(connection, query)

    def entry(self, key: str) -> Entry:
        """Return what is said of an entry; the beginning of its id is enough.

        Raises
        ------
        InputError
            If there is none, or several begin so.
        """
        return self._store.entry(self._resolved(key))

    def get(self, key: str) -> Dataset | Record | Reference:
        """Return the dataset, record or reference itself, whose content is checked against its id.

        Raises
        ------
        InputError
            If there is none, several ids begin so, or it was damaged.
        """
        entry = self.entry(key)
        place = self._store.place(entry.id)
        if entry.reference is not None:
            return entry.reference
        found = read_table(place / DATA) if entry.kind == "dataset" else Record.read(place / RUN)
        if found.id != entry.id:
            raise InputError(f"this was changed after it was added: its content is {found.id}.", file=place)
        return found

    def folder(self, key: str) -> Path:
        """Return the folder of a record's run, for ``verify`` and for reading; do not write to it.

        Raises
        ------
        InputError
            If there is no such record.
        """
        entry = self.entry(key)
        if entry.kind != "record":
            raise InputError(f"{entry.id[:19]} is a {entry.kind}; only records have the folder of a run.")
        return self._store.place(entry.id) / RUN

    def lineage(self, key: str) -> Lineage:
        """Return what an entry was made from and what was made from it. Raises as :meth:`entry`.

        An id that the catalogue only knows from a record, such as that of an output table, serves as well.
        """
        with self._index.reading() as connection:
            found = trace(connection, key)
            return found if found.edges else trace(connection, self._resolved(key))

    def __len__(self) -> int:
        with self._index.reading() as connection:
            return int(connection.scalar(sa.select(sa.func.count()).select_from(index.tables.entries)) or 0)

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all entries, in their order, as their folders say."""
        return tuple(self._store.ids())

    def __iter__(self) -> Iterator[Entry]:
        """Give all entries in the order of their ids."""
        return (self._store.entry(key) for key in self.ids() if self._store.has(key))

    def __repr__(self) -> str:
        return f"Catalogue({str(self.path)!r})"

    # --- taking out ---

    def delete(self, key: str) -> None:
        """Delete an entry that nothing else comes from.

        Raises
        ------
        InputError
            If there is none, or other entries come from it; they are named.
        """
        key = self._resolved(key)
        with self._store.outgoing_entry(key) as take_out, self._index.writing() as connection:
            if found := dependents(connection, key):
                named = ", ".join(f"{entry.kind} {entry.id[:19]} {entry.title}".rstrip() for entry in found[:5])
                more = f" and {len(found) - 5} more" if len(found) > 5 else ""
                raise InputError(f"{key[:19]} stays: {named}{more} come from it; delete those first.")
            index.remove(connection, key)
            take_out()

    def _resolved(self, key: str) -> str:
        """Return the whole id for its beginning."""
        digits = hexadecimal(key)
        if digits is None:
            raise InputError(f"'{key[:80]}' is no id; give 'sha256:' and digits, or the first four or more of them.")
        if len(digits) == 64:
            return f"sha256:{digits}"
        column = index.tables.entries.c.id
        with self._index.reading() as connection:
            found = connection.scalars(sa.select(column).where(column.startswith(f"sha256:{digits}")).limit(3)).all()
        if len(found) != 1:
            what = f"several entries begin with '{digits}'" if found else f"no entry begins with '{digits}'"
            raise InputError(f"{what}; give more digits, or look with 'matgenes catalogue search'.", file=self.path)
        return str(found[0])
