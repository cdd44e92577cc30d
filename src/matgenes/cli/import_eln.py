"""``matgenes import``: read the file of an electronic laboratory notebook, and say everything that is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ._shared import Json, print_json

if TYPE_CHECKING:
    from ..records import Notebook

__all__ = ["import_command"]


def import_command(
    file: Annotated[Path, typer.Argument(help="An .eln file, or any other RO-Crate.")],
    catalogue: Annotated[Path | None, typer.Option("--catalogue", "-c", help="Add what it holds to this one.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write its files into this new folder.")] = None,
    json: Json = False,
) -> None:
    """Read an .eln file, report every defect, and add its quantities and tables to a catalogue.

    Nothing in it is run, and nothing that it says of itself is believed unchecked. The exit code is 2 if a file in it
    is missing, changed or dangerous. Example: matgenes import export.eln --catalogue group
    """
    from .. import records

    shelf = records.Catalogue(catalogue) if catalogue else None
    notebook = records.read_eln(file)
    ids = notebook.add_to(shelf) if shelf is not None else ()
    if out:
        notebook.extract(out)
    if json:
        print_json(notebook.to_dict() | {"ids": list(ids)})
    else:
        _tell(notebook, ids)
    if notebook.findings.errors:
        raise typer.Exit(2)


def _tell(notebook: Notebook, ids: tuple[str, ...]) -> None:
    typer.echo(notebook.findings.summary())
    by = f", written by {notebook.software}" if notebook.software else ""
    typer.echo(f"\n{notebook.title}{by}: {len(notebook.files)} files, {len(notebook.quantities)} quantities")
    for key in ids:
        typer.echo(f"Added {key}")
