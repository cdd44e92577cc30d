"""``matgenes data``: look at a table, bring it into another format, check it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ._shared import Decimal, Json, Role, Sheet, Unit, pairs, print_json, print_table

if TYPE_CHECKING:
    from ..data import Findings

__all__ = ["app"]

app = typer.Typer(help="Look at a table, convert it, check it.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="The table: CSV, Excel, Parquet or JSON lines.")]
Out = Annotated[Path, typer.Argument(help="The file to write: .csv, .xlsx, .parquet or .jsonl.")]
BAD_INPUT = 2
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

    dataset = Dataset.read(file, units=pairs(unit), roles=pairs(role), sheet=sheet, decimal=decimal)
    columns: list[dict[str, Any]] = [asdict(column) for column in describe(dataset)]
    if json:
        print_json({"file": str(file), "id": dataset.id, "rows": len(dataset), "columns": columns})
        return
    typer.echo(f"{file}: {len(dataset)} rows, {len(columns)} columns\n{dataset.id}\n")
    print_table(columns)
    first = dataset.table.slice(0, rows).to_pylist()
    print_table(
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

    dataset = Dataset.read(file, units=pairs(unit), roles=pairs(role), sheet=sheet, decimal=decimal)
    dataset.write(out)
    if json:
        print_json({"file": str(out), "id": dataset.id, "rows": len(dataset), "columns": len(dataset.names())})
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

    findings = check_file(file, units=pairs(unit), roles=pairs(role), sheet=sheet, decimal=decimal)
    if json:
        print_json({"file": str(file), "ok": not findings.errors, "findings": findings.to_dataset().table.to_pylist()})
    else:
        _print_findings(findings)
    raise typer.Exit(BAD_INPUT if findings.errors else 0)


@app.command()
def optimade(
    url: Annotated[str, typer.Argument(help="The provider's address, such as https://optimade.materialsproject.org")],
    out: Out,
    filter: Annotated[  # noqa: A002  the word of the specification
        str, typer.Option("--filter", "-f", help="""Which structures: 'elements HAS ALL "Al","Ni"'; all by default.""")
    ] = "",
    field: Annotated[list[str] | None, typer.Option("--field", help="A property that becomes a column.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many structures.")] = 10_000,
    json: Json = False,
) -> None:
    """Ask a provider of OPTIMADE for crystal structures, page by page, and write them as a table.

    Example: matgenes data optimade https://optimade.materialsproject.org alni.parquet -f 'elements HAS ALL "Al","Ni"'
    """
    from .._core.progress import terminal
    from ..data import optimade as client

    with terminal() as progress:
        dataset = client.query(url, filter, fields=field or (), limit=limit, progress=progress)
    dataset.write(out)
    if json:
        print_json({"file": str(out), "id": dataset.id, "rows": len(dataset), "columns": list(dataset.names())})
    else:
        typer.echo(f"Wrote {out}: {len(dataset)} structures, {dataset.id}")


def _print_findings(findings: Findings) -> None:
    from rich.console import Console
    from rich.text import Text

    counts, *lines = findings.summary().splitlines()
    console = Console(soft_wrap=True)
    for finding, line in zip(findings, lines, strict=True):
        console.print(Text.assemble((finding.severity, COLOURS[finding.severity]), line.removeprefix(finding.severity)))
    console.print(Text(counts, style="bold"))
