"""An ``.eln`` file of an electronic laboratory notebook: its files, its quantities, and all that is wrong with it.

The format is a ZIP with an RO-Crate in its only top folder (The ELN Consortium, specification 1.1). Files found in the
wild list files that they do not hold, give hashes that do not fit, write "//" where they mean "/", leave out units or
licences and refer to what they do not describe. All of that is reported; nothing of it stops the reading, and nothing
that the file says of itself is believed unchecked.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..._core.errors import InputError, MatgenesError
from ..._core.files import atomic_folder
from ...data import Dataset, Findings, Quantity, Reference
from ..catalogue._catalogue import Catalogue
from ._archive import Archive, Limits, open_archive
from ._crate_read import read_description
from ._crate_write import METADATA
from ._eln_checks import Checked, check
from ._eln_entities import Entities
from ._eln_quantities import quantities

__all__ = ["Notebook", "read_eln"]

TABLES = (".csv", ".tsv", ".xlsx", ".parquet", ".jsonl")
LARGEST_TABLE = 512 * 2**20  # bytes


@dataclass(frozen=True)
class Notebook:
    """What an ``.eln`` file or a foreign crate holds.

    Parameters
    ----------
    path : Path
        The file.
    title, author, licence, software : str
        As it says of itself; "" where it does not.
    findings : Findings
        Every defect; ``error`` where something is missing, changed or dangerous, ``warning`` where a person should
        look, ``info`` for what is good to know.
    files : Dataset
        One row a file: name, size, whether it is described, there, and what its hash says.
    quantities : Dataset
        One row a property: of what, its name, the text, and where it is one the number, its sigma and unit.
    """

    path: Path
    title: str
    author: str
    licence: str
    software: str
    findings: Findings
    files: Dataset
    quantities: Dataset
    limits: Limits

    def tables(self) -> Mapping[str, Dataset | InputError]:
        """Return the tables among the files by name, or why one cannot be read."""
        found: dict[str, Dataset | InputError] = {}
        with open_archive(self.path, self.limits, lenient=True) as archive, TemporaryDirectory() as temporary:
            for number, name in enumerate(self._safe(archive)):
                if name.lower().endswith(TABLES) and archive.members[name] <= LARGEST_TABLE:
                    place = Path(temporary) / str(number) / Path(name).name
                    found[name] = _table(archive, name, place)
        return found

    def extract(self, folder: str | os.PathLike[str]) -> None:
        """Write the files into a new folder, but no pickles and nothing that was refused.

        Raises
        ------
        InputError
            If the folder exists or a file is damaged.
        """
        with open_archive(self.path, self.limits, lenient=True) as archive, atomic_folder(folder) as partial:
            for name in self._safe(archive):
                archive.extract(name, partial / name)

    def add_to(self, catalogue: Catalogue) -> tuple[str, ...]:
        """Add the file as a reference, its quantities and its tables as datasets that come from it; return the ids.

        Raises
        ------
        InputError
            If the catalogue cannot be written to.
        """
        author, text = self.author or "unknown", self.findings.summary()
        whole = catalogue.add(Reference.of(self.path), title=self.title, author=author, text=text)
        tables = {name: table for name, table in self.tables().items() if isinstance(table, Dataset)}
        if len(self.quantities):
            tables = {"quantities": self.quantities} | tables
        ids = [whole]
        for name, table in tables.items():
            title = f"{self.title}: {name}"
            ids.append(catalogue.add(table, title=title, author=author, text=text, sources=[whole]))
        return tuple(ids)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "file": str(self.path),
            "title": self.title,
            "author": self.author,
            "licence": self.licence,
            "software": self.software,
            "findings": self.findings.to_dataset().table.to_pylist(),
            "files": self.files.table.to_pylist(),
            "quantities": self.quantities.table.to_pylist(),
        }

    def _safe(self, archive: Archive) -> list[str]:
        return [name for name in archive.members if not archive.is_pickle(name)]


def read_eln(path: str | os.PathLike[str], *, limits: Limits | None = None) -> Notebook:
    """Read an ``.eln`` file, or any other RO-Crate as ZIP or folder.

    Parameters
    ----------
    path : path
        The file.
    limits : Limits, optional
        How much it may unpack to.

    Returns
    -------
    Notebook
        What it holds, and every defect.

    Raises
    ------
    InputError
        If there is no such file, it is no archive or one that would fill the disk, or has no readable description.
    """
    path, limits = Path(path), limits or Limits()
    if not path.exists():
        raise InputError("there is no such file.", file=path)
    with open_archive(path, limits, lenient=True) as archive:
        described = _described(archive)
        top = described.removesuffix(METADATA)
        entities = Entities(read_description(archive, described), top)
        checked = check(archive, entities)
        table, findings = quantities(entities)
    said = {name: entities.text(entities.root, key) for name, key in _SAID.items()}
    return Notebook(
        path=path,
        title=said["title"] or path.stem,
        author=entities.named(entities.root, "author") or entities.named(entities.root, "creator"),
        licence=said["licence"],
        software=entities.named(entities.descriptor, "sdPublisher"),
        findings=Findings([*checked.findings, *findings]),
        files=_files(checked),
        quantities=table,
        limits=limits,
    )


_SAID = {"title": "name", "licence": "license"}


def _described(archive: Archive) -> str:
    """Return the name of the description that is nearest to the top. InputError if there is none."""
    found = [name for name in archive.members if re.fullmatch(rf"(?:.*/)?{re.escape(METADATA)}", name)]
    if not found:
        raise InputError(f"this is no .eln file and no crate: it has no {METADATA}.", file=archive.path)
    return min(found, key=lambda name: (name.count("/"), name))


def _table(archive: Archive, name: str, place: Path) -> Dataset | InputError:
    try:
        archive.extract(name, place)
        return Dataset.read(place)
    except MatgenesError as error:
        problem = error.problem if isinstance(error, InputError) else str(error)
        return InputError(problem, file=f"{archive.path}, {name}")


def _files(checked: Checked) -> Dataset:
    import pyarrow as pa

    names = ("file", "bytes", "described", "present", "hash")
    kinds = (pa.large_string(), pa.int64(), pa.bool_(), pa.bool_(), pa.large_string())
    columns = [[row[place] for row in checked.files] for place in range(len(names))]
    arrays = [pa.array(values, kind) for values, kind in zip(columns, kinds, strict=True)]
    told = ("", "size of the file", "is it listed?", "is it in the archive?", "fits, differs, damaged or not given")
    quantities = [Quantity(name, description=text) for name, text in zip(names, told, strict=True)]
    return Dataset(pa.table(dict(zip(names, arrays, strict=True))), quantities)
