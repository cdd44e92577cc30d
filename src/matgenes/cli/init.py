"""``matgenes init``: a first study file from a table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["init"]


def init(
    data: Annotated[Path, typer.Argument(help="The table: CSV, Excel, Parquet or JSON lines.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The study file to write.")] = Path("study.toml"),
    target: Annotated[str | None, typer.Option("--target", "-t", help="The column to be explained.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a study file that is there already.")] = False,
) -> None:
    """Write a commented study file for a table, and say what was guessed.

    Example: matgenes init data.csv --target band_gap
    """
    from .._core.errors import InputError
    from .._core.files import write_text
    from ..study import propose

    if out.exists() and not force:
        raise InputError("this file exists already; give --out another name, or --force to replace it.", file=out)
    proposal = propose(data, target=target, beside=out.parent)
    write_text(out, proposal.text)
    typer.echo(f"Wrote {out}. What was guessed:")
    for guess in proposal.guesses:
        typer.echo(f"  - {guess}")
    typer.echo(f"Look it over, then: matgenes run {out}")
