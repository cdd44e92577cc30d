"""A record or dataset as an RO-Crate that others can read: its files, and ``ro-crate-metadata.json`` beside them.

The description follows RO-Crate 1.1 (Sefton et al 2021, doi:10.5281/zenodo.5146227) and, for a record, the profile
Process Run Crate 0.5 (Leo et al, PLoS ONE 19 (2024) e0309210): one CreateAction whose instrument is matgenes, whose
objects are the inputs and whose results are the outputs. It is written here and not with the library ``rocrate``: ten
kinds of entities need no library, so export needs no extra, and the same record always gives the same bytes.
"""

from __future__ import annotations

import json
import mimetypes
import os
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias
from urllib.parse import quote

from ..._core.errors import InputError
from ..._core.files import atomic_file, atomic_folder, sha256, write_text
from ...data import Dataset
from .._integrity import DESCRIPTION as METADATA
from .._integrity import damages
from .._paths import RECORD, inside
from .._record import Record
from .._tables import write_table

__all__ = ["METADATA", "export_crate"]

Thing: TypeAlias = dict[str, Any]

CONTEXT = "https://w3id.org/ro/crate/1.1/context"
CRATE = "https://w3id.org/ro/crate/1.1"
PROCESS = "https://w3id.org/ro/wfrun/process/0.5"
STATUS = {"accepted": "CompletedActionStatus", "negative": "CompletedActionStatus", "failed": "FailedActionStatus"}
NO_LICENCE = "No licence is stated. Ask the authors before you use this."
EPOCH = (1980, 1, 1, 0, 0, 0)  # of every file in the ZIP, so that equal content gives equal bytes
TYPES = {".parquet": "application/vnd.apache.parquet", ".toml": "application/toml", ".skops": "application/zip"}


def export_crate(
    thing: Dataset | str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    title: str = "",
    text: str = "",
    author: str = "",
    licence: str = "",
) -> Path:
    """Write a record with its data, or a dataset, as a crate.

    Parameters
    ----------
    thing : path or Dataset
        The folder of a record, such as ``catalogue.folder(id)``; or a table.
    out : path
        A new ``.zip`` file, or a new folder.
    title, text, author : str
        For readers; a record has its own title and author.
    licence : str
        Address of the licence, such as "https://creativecommons.org/licenses/by/4.0/".

    Returns
    -------
    Path
        What was written.

    Raises
    ------
    InputError
        If the record is not as it was written, ``out`` exists, or the disk cannot be written to.
    """
    out = Path(out)
    if out.exists():
        raise InputError("this already exists; choose another name or remove it first.", file=out)
    said = {"name": title, "description": text, "author": author, "licence": licence}
    with TemporaryDirectory(prefix="matgenes-crate-") as temporary:
        folder = Path(temporary) / "crate"
        folder.mkdir()
        if isinstance(thing, Dataset):
            graph = _of_dataset(thing, folder, said)
        else:
            graph = _of_record(Path(thing), folder, said)
        description = {"@context": CONTEXT, "@graph": list(graph)}
        write_text(folder / METADATA, json.dumps(description, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
        _deliver(folder, out)
    return out


def _deliver(folder: Path, out: Path) -> None:
    if out.suffix.lower() != ".zip":
        with atomic_folder(out) as partial:
            shutil.copytree(folder, partial, dirs_exist_ok=True)
        return
    with atomic_file(out) as partial, zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            info = zipfile.ZipInfo(file.relative_to(folder).as_posix(), EPOCH)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o100644 << 16
            with file.open("rb") as source, archive.open(info, "w", force_zip64=True) as goal:
                shutil.copyfileobj(source, goal)


def _of_record(folder: Path, goal: Path, said: Mapping[str, str]) -> Iterator[Thing]:
    """Copy the files of a record, and give the entities that describe them."""
    folder = folder.parent if folder.name == RECORD else folder
    record = Record.read(folder)
    for damage in damages(folder, record):
        raise InputError(f"this record is not as it was written, so it is not exported: {damage}.", file=folder)
    for path in record.files:
        place = goal / path
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(inside(folder, path), place)
    shutil.copyfile(folder / RECORD, goal / RECORD)
    begun = record.started or datetime.fromtimestamp(0, UTC)
    named = {
        "name": said["name"] or record.title or f"{record.kind} {record.id[7:19]}",
        "description": said["description"] or f"A {record.kind} of matgenes, with its inputs, outputs and environment.",
        "author": said["author"] or record.agent,
    }
    action, software = f"#run-{record.id[7:19]}", f"#{record.code.package}-{record.code.version}"
    files = [RECORD, *sorted(record.files)]
    profile = {"conformsTo": [_ref(PROCESS)], "mentions": [_ref(action)]}
    yield from _head(dict(said) | named, files, record.id, begun, profile)
    yield {"@id": PROCESS, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"}
    yield _software(record, software)
    values = list(_values(record))
    yield _action(record, action, software, values, named["author"])
    yield from values
    yield from (_file(goal, path, _about(record, path)) for path in files)


def _of_dataset(dataset: Dataset, goal: Path, said: Mapping[str, str]) -> Iterator[Thing]:
    """Write a table as Parquet and CSV, and give the entities that describe it."""
    write_table(dataset, goal / "data.parquet")
    dataset.write(goal / "data.csv")
    columns = ", ".join(quantity.label for quantity in dataset.quantities.values())
    named = {
        "name": said["name"] or f"Dataset {dataset.id[7:19]}",
        "description": said["description"] or f"A table of {len(dataset)} rows: {columns}.",
    }
    files = sorted(path.name for path in goal.iterdir())
    measured = {"variableMeasured": [_ref(f"#column-{number}") for number in range(len(dataset.names()))]}
    yield from _head(dict(said) | named, files, dataset.id, datetime.fromtimestamp(0, UTC), measured)
    for number, quantity in enumerate(dataset.quantities.values()):
        described = {"description": quantity.description, "unitText": quantity.unit}
        yield {"@id": f"#column-{number}", "@type": "PropertyValue", "name": quantity.name} | _told(described)
    yield from (_file(goal, path, {"description": "The table"}) for path in files)


def _head(
    said: Mapping[str, str], files: list[str], identifier: str, published: datetime, more: Mapping[str, Any]
) -> Iterator[Thing]:
    """Give the descriptor of the metadata, the root, and the entities that it refers to."""
    licence = said["licence"] or "#licence"
    yield {"@id": METADATA, "@type": "CreativeWork", "about": _ref("./"), "conformsTo": _ref(CRATE)}
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": said["name"],
        "description": said["description"],
        "identifier": identifier,
        "datePublished": published.date().isoformat(),
        "license": _ref(licence),
        "hasPart": [_ref(quote(path)) for path in files],
    }
    yield root | dict(more) | ({"author": _ref("#author")} if said["author"] else {})
    yield {"@id": licence, "@type": "CreativeWork", "name": said["licence"] or NO_LICENCE, "description": "Licence"}
    if said["author"]:
        yield {"@id": "#author", "@type": "Person", "name": said["author"]}


def _software(record: Record, key: str) -> Thing:
    return {
        "@id": key,
        "@type": "SoftwareApplication",
        "name": record.code.package,
        "softwareVersion": record.code.version,
        "version": record.code.version,
        "identifier": record.code.source,
        "url": "https://pypi.org/project/matgenes/",
        "runtimePlatform": f"Python {record.environment.python}; {record.environment.platform}",
    }


def _action(record: Record, key: str, software: str, values: list[Thing], author: str) -> Thing:
    begun, duration = record.started, record.duration
    tables = [quote(output.path) for output in record.outputs.values() if output.path is not None]
    action = {
        "@id": key,
        "@type": "CreateAction",
        "name": record.title or record.kind,
        "description": f"{record.kind}, {record.outcome}",
        "identifier": record.id,
        "instrument": _ref(software),
        "object": [_ref(quote(given.path)) for given in record.inputs.values()],
        "result": [_ref(each) for each in (*tables, *(value["@id"] for value in values))],
        "actionStatus": _ref(f"http://schema.org/{STATUS[record.outcome]}"),
    }
    if begun is not None:
        action["startTime"] = begun.isoformat()
        action["endTime"] = (begun + timedelta(seconds=duration or 0.0)).isoformat()
    return action | ({"agent": _ref("#author")} if author else {})


def _values(record: Record) -> Iterator[Thing]:
    """Give each number, truth or text that came out."""
    for number, (name, output) in enumerate(record.outputs.items()):
        if output.path is None and output.value is not None:
            value = {"@id": f"#value-{number}", "@type": "PropertyValue", "name": name, "value": output.value}
            yield value | _told({"unitText": output.unit, "description": output.description})


def _about(record: Record, path: str) -> Mapping[str, str]:
    """Return the title of a file, and the content id of a table."""
    if path == RECORD:
        return {"description": "What was computed from what, by which code, with which result"}
    for name, given in record.inputs.items():
        if given.path == path:
            return {"description": f"Input {name}", "identifier": given.id}
    for name, output in record.outputs.items():
        if output.path == path:
            return {"description": output.description or f"Output {name}", "identifier": output.table or ""}
    return {}


def _file(goal: Path, path: str, said: Mapping[str, str]) -> Thing:
    kind = TYPES.get(Path(path).suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    file = goal / path
    about = {"name": path, "encodingFormat": kind, "contentSize": str(file.stat().st_size), "sha256": sha256(file)}
    return {"@id": quote(path), "@type": "File"} | about | _told(said)


def _told(said: Mapping[str, str | None]) -> Thing:
    return {key: value for key, value in said.items() if value}


def _ref(key: str) -> Thing:
    return {"@id": key}
