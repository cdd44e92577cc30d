"""``matgenes predict``: the fitted model of a finished study on new rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ..study import Applied

__all__ = ["predict", "tell"]


def predict(
    folder: Annotated[Path, typer.Argument(help="The folder of a finished study.")],
    data: Annotated[Path, typer.Argument(help="New rows, with the columns that the study's features need.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder to write; default: <data>-predicted.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON, for machines.")] = False,
) -> None:
    """Predict new rows, with error bars and a flag on rows that lie far from the study's data.

    Example: matgenes predict results new.csv --out predicted
    """
    from ..study import apply

    tell(apply(folder, data, out or Path(f"{data.stem}-predicted")), json)


def tell(done: Applied, json: bool) -> None:
    """Print the first predictions and where all of them lie, or everything as JSON."""
    if json:
        import json as js

        typer.echo(js.dumps(done.to_dict(), indent=2))
        return
    typer.echo(done.preview())
    count = "The row" if len(done.predictions) == 1 else f"All {len(done.predictions)} rows"
    typer.echo(f"\n{count} with all columns: {done.folder / 'predictions.csv'}")
