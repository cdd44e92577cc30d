"""``matgenes data``: look at a table, bring it into another format, check it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ..data import Findings

__all__ = ["app"]

app = typer.Typer(help="Look at a table, convert it, check it.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="The table: CSV, Excel, Parquet or JSON lines.")]
Out = Annotated[Path, typer.Argument(help="The file to write: .csv, .xlsx, .parquet or .jsonl.")]
Unit = Annotated[list[str] | None, typer.Option("--unit", "-u", help="Unit of a column: --unit E_act=eV")]
Role = Annotated[list[str] | None, typer.Option("--role", "-r", help="Role of a column: --role host=group")]
Sheet = Annotated[str | None, typer.Option("--sheet", help="Sheet of an Excel workbook.")]
Decimal = Annotated[str | None, typer.Option("--decimal", help="Decimal mark of a CSV file, '.' or ','.")]
Json = Annotated[bool, typer.Option("--json", help="Print the outcome as JSON, for machines.")]

BAD_INPUT = 2
LONGEST = 18
COLOURS = {"error": "red", "warning": "yellow", "info": "blue"}


@app.command()
def show(
    file: File,
    rows: Annotated[int, typer.Option("--rows", "-n", min=0, help="First rows to print.")] = 3,
    unit: Unit = None,
    role: Role = None,
    sheet: Sheet = None,
    decimal: Decimal = None,
    json: Json = False,
) -> None:
    """Show what the columns of a table hold: unit, role, range, missing values, and the first rows.

    Example: matgenes data show solutes.csv --rows 10
    """
    from dataclasses import asdict

    from ..data import Dataset
    from ..data.files._describe import describe

    dataset = Dataset.read(file, units=_pairs(unit), roles=_pairs(role), sheet=sheet, decimal=decimal)
    columns: list[dict[str, Any]] = [asdict(column) for column in describe(dataset)]
    if json:
        _print_json({"file": str(file), "id": dataset.id, "rows": len(dataset), "columns": columns})
        return
    typer.echo(f"{file}: {len(dataset)} rows, {len(columns)} columns\n{dataset.id}\n")
    _print_table(columns)
    first = dataset.table.slice(0, rows).to_pylist()
    _print_table(
        [{"name": name, **{f"row {i}": row[name] for i, row in enumerate(first, 2)}} for name in dataset.names()]
    )


@app.command()
def convert(
    file: File,
    out: Out,
    unit: Unit = None,
    role: Role = None,
    sheet: Sheet = None,
    decimal: Decimal = None,
    json: Json = False,
) -> None:
    """Write a table in another format; units, roles and descriptions go along.

    Example: matgenes data convert solutes.xlsx solutes.parquet --sheet Results
    """
    from ..data import Dataset

    dataset = Dataset.read(file, units=_pairs(unit), roles=_pairs(role), sheet=sheet, decimal=decimal)
    dataset.write(out)
    if json:
        _print_json({"file": str(out), "id": dataset.id, "rows": len(dataset), "columns": len(dataset.names())})
    else:
        typer.echo(f"Wrote {out}: {len(dataset)} rows, {len(dataset.names())} columns, {dataset.id}")


@app.command()
def check(
    file: File,
    unit: Unit = None,
    role: Role = None,
    sheet: Sheet = None,
    decimal: Decimal = None,
    json: Json = False,
) -> None:
    """Report what stands out: missing and doubled values, suspicious units, outliers, columns that say the same.

    The exit code is 2 if there is an error among the findings. Example: matgenes data check solutes.csv
    """
    from ..data import check_file

    findings = check_file(file, units=_pairs(unit), roles=_pairs(role), sheet=sheet, decimal=decimal)
    if json:
        _print_json({"file": str(file), "ok": not findings.errors, "findings": findings.to_dataset().table.to_pylist()})
    else:
        _print_findings(findings)
    raise typer.Exit(BAD_INPUT if findings.errors else 0)


def _pairs(given: list[str] | None) -> dict[str, str]:
    """Take "name=value" apart at the last sign of equality."""
    from .._core.errors import InputError

    pairs = {}
    for text in given or []:
        name, equals, value = text.rpartition("=")
        if not equals:
            raise InputError(f"'{text}' is not understood; write the column, '=' and its unit or role: E_act=eV")
        pairs[name] = value
    return pairs


def _print_json(content: dict[str, Any]) -> None:
    import json

    typer.echo(json.dumps(content, indent=2, ensure_ascii=False))


def _print_table(rows: list[dict[str, Any]]) -> None:
    """Print rows as a table; texts are shown as they are, never as markup, and cut where they are long."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if rows:
        table = Table(box=None, header_style="bold")
        for name in rows[0]:
            table.add_column(Text(name), no_wrap=True)
        for row in rows:
            table.add_row(*(Text(_short(value)) for value in row.values()))
        Console().print(table, "")


def _short(value: Any) -> str:
    text = "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def _print_findings(findings: Findings) -> None:
    from rich.console import Console
    from rich.text import Text

    counts, *lines = findings.summary().splitlines()
    console = Console(soft_wrap=True)
    for finding, line in zip(findings, lines, strict=True):
        console.print(Text.assemble((finding.severity, COLOURS[finding.severity]), line.removeprefix(finding.severity)))
    console.print(Text(counts, style="bold"))
