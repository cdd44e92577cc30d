"""A crate from outside into a catalogue: opened without harm, and believed only as far as its hashes go.

What is read of a crate that matgenes wrote is its ``record.json`` or ``data.parquet``, which carry their own ids; the
description beside them is for others. Nothing in a crate is run.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ..._core.errors import InputError
from .._paths import RECORD
from .._record import Record
from .._tables import read_table
from ..catalogue._catalogue import Catalogue
from ._archive import Archive, Limits, unpacked
from ._crate_write import METADATA

__all__ = ["import_crate"]

TABLE = "data.parquet"
LARGEST = 64 * 2**20  # bytes of a description


def import_crate(path: str | os.PathLike[str], catalogue: Catalogue, *, limits: Limits | None = None) -> str:
    """Add the record or dataset of a crate to a catalogue.

    Parameters
    ----------
    path : path
        A ZIP file or folder that ``export_crate`` wrote, here or elsewhere.
    catalogue : Catalogue
        Where it goes.
    limits : Limits, optional
        How much it may unpack to.

    Returns
    -------
    str
        The id, which is the one that the record or dataset had where it came from.

    Raises
    ------
    InputError
        If it holds neither, was changed on the way, or is dangerous to open.
    """
    path = Path(path)
    with unpacked(path, limits) as folder:
        described = _description(path, folder)
        if (folder / RECORD).is_file():
            said = "" if Record.read(folder).agent else described["author"]  # what the record says itself is sealed
            return catalogue.add(folder, author=said)
        if (folder / TABLE).is_file():
            dataset = read_table(folder / TABLE)
            stated = described.get("identifier")
            if stated != dataset.id:
                raise InputError(f"the table was changed: its content is {dataset.id}, not {stated!s:.80}.", file=path)
            title, text = (str(described.get(key) or "") for key in ("name", "description"))
            return catalogue.add(dataset, title=title, text=text, author=described["author"])
    raise InputError(
        "this crate holds no record and no dataset of matgenes; other crates and .eln files: matgenes import FILE.",
        file=path,
    )


def read_description(archive: Archive, name: str) -> list[dict[str, Any]]:
    """Return the entities of a ``ro-crate-metadata.json``.

    Raises
    ------
    InputError
        If it is no JSON, or no description of a crate.
    """
    return graph_of(archive.read(name, LARGEST), archive.path)


def graph_of(content: bytes, path: Path) -> list[dict[str, Any]]:
    """Return the entities in the bytes of a description. Raises as :func:`read_description`."""
    try:
        plain = json.loads(content.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        reason = error.problem if isinstance(error, InputError) else error
        raise InputError(f"its {METADATA} is no readable JSON ({reason}).", file=path) from None
    graph = plain.get("@graph") if isinstance(plain, dict) else None
    if not isinstance(graph, list) or not all(isinstance(each, dict) for each in graph):
        raise InputError(f"its {METADATA} describes no crate: it has no list '@graph' of entities.", file=path)
    return graph


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for key, value in pairs:
        if key in plain:
            raise InputError(f"the key {key[:60]!r} stands there twice")
        plain[key] = value
    return plain


def _description(path: Path, folder: Path) -> dict[str, Any]:
    """Return what is said of the root of a crate, with its author by name."""
    file = folder / METADATA
    if not file.is_file():
        raise InputError(f"this is no crate: it has no {METADATA} at its top.", file=path)
    if file.stat().st_size > LARGEST:
        raise InputError(f"its {METADATA} is larger than {LARGEST // 2**20} MB.", file=path)
    entities = {str(each.get("@id")): each for each in graph_of(file.read_bytes(), path)}
    root = dict(entities.get("./", {}))
    author = root.get("author")
    named = entities.get(str(author.get("@id")), {}) if isinstance(author, dict) else {}
    return root | {"author": str(named.get("name") or "")}
