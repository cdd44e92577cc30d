"""``matgenes records``: give records to others, take theirs, and make their environment again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ._shared import Json, print_json

__all__ = ["app"]

app = typer.Typer(help="Exchange records as crates; make their environment again.", no_args_is_help=True)

What = Annotated[str, typer.Argument(help="A run's folder, or the id of an entry of the catalogue.")]
In = Annotated[
    Path | None,
    typer.Option("--catalogue", "-c", envvar="MATGENES_CATALOGUE", help="The catalogue that an id is of."),
]


@app.command("export")
def export(
    what: What,
    out: Annotated[Path, typer.Argument(help="The crate to write: a new .zip file or folder.")],
    catalogue: In = None,
    author: Annotated[str, typer.Option("--author", "-a", help="Who made it, if the record does not say.")] = "",
    licence: Annotated[str, typer.Option("--licence", help="Address of the licence.")] = "",
    json: Json = False,
) -> None:
    """Write a record with all its data, or a dataset, as an RO-Crate that others can read.

    Example: matgenes records export results results.zip --licence https://creativecommons.org/licenses/by/4.0/
    """
    from .._core.errors import InputError
    from ..data import Dataset
    from ..records import Catalogue, Entry, export_crate

    entry: Entry | None = None
    thing: Dataset | Path = Path(what)
    if not Path(what).exists():
        shelf = Catalogue(_needed(catalogue, what))
        entry = shelf.entry(what)
        found = shelf.get(entry.id) if entry.kind != "record" else shelf.folder(entry.id)
        if not isinstance(found, Dataset | Path):
            raise InputError(f"{entry.id[:19]} refers to a file that is not in the catalogue; pass the file itself on.")
        thing = found
    elif Path(what).is_file() and Path(what).name != "record.json":
        thing = Dataset.read(what)
    title, text = (entry.title, entry.text) if entry else ("", "")
    named = author or (entry.author if entry else "")
    written = export_crate(thing, out, title=title, text=text, author=named, licence=licence)
    if json:
        print_json({"crate": str(written)})
    else:
        typer.echo(f"Wrote {written}" + ("" if licence else "; it states no licence, so nobody may use it unasked"))


@app.command("import")
def import_(
    crate: Annotated[Path, typer.Argument(help="A crate: .zip file or folder.")],
    catalogue: Annotated[Path, typer.Argument(help="The catalogue's folder.")],
    json: Json = False,
) -> None:
    """Add the record or dataset of a crate to a catalogue; it keeps its id. Nothing in it is run.

    Example: matgenes records import results.zip group
    """
    from ..records import Catalogue, import_crate

    key = import_crate(crate, Catalogue(catalogue))
    if json:
        print_json({"id": key})
    else:
        typer.echo(f"Added {key}\nCheck it with: matgenes catalogue show {catalogue} {key[7:19]}")


@app.command()
def env(
    what: What,
    out: Annotated[Path, typer.Argument(help="The folder to write.")] = Path("environment"),
    catalogue: In = None,
    hashes: Annotated[bool, typer.Option("--hashes", help="Ask the package index, through pip, for hashes.")] = False,
    json: Json = False,
) -> None:
    """Write the environment of a record: requirements.txt with pinned versions, and a Containerfile around them.

    Run in it, 'matgenes verify --frozen' asks for identical outputs. Example: matgenes records env results environment
    """
    from ..records import Catalogue, Record, ask_hashes, write_environment

    folder = Path(what) if Path(what).exists() else Catalogue(_needed(catalogue, what)).folder(what)
    record = Record.read(folder)
    files = write_environment(record, out, hashes=ask_hashes(record) if hashes else None)
    if json:
        print_json({"files": [str(file) for file in files], "hashes": hashes})
        return
    typer.echo("\n".join(f"Wrote {file}" for file in files))
    if not hashes:
        typer.echo("Versions are pinned without hashes, which a record does not know; --hashes asks pip for them.")


def _needed(catalogue: Path | None, what: str) -> Path:
    from .._core.errors import InputError

    if catalogue is None:
        raise InputError(f"there is no folder '{what}'; if this is an id, say of which catalogue: --catalogue FOLDER.")
    return catalogue
