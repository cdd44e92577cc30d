"""Options that several commands share, and how they print tables and JSON."""

from __future__ import annotations

from typing import Annotated, Any

import typer

__all__ = ["Decimal", "Json", "Role", "Sheet", "Unit", "pairs", "print_json", "print_table"]

Unit = Annotated[list[str] | None, typer.Option("--unit", "-u", help="Unit of a column: --unit E_act=eV")]
Role = Annotated[list[str] | None, typer.Option("--role", "-r", help="Role of a column: --role host=group")]
Sheet = Annotated[str | None, typer.Option("--sheet", help="Sheet of an Excel workbook.")]
Decimal = Annotated[str | None, typer.Option("--decimal", help="Decimal mark of a CSV file, '.' or ','.")]
Json = Annotated[bool, typer.Option("--json", help="Print the outcome as JSON, for machines.")]

LONGEST = 18  # characters of a cell


def pairs(given: list[str] | None) -> dict[str, str]:
    """Take "name=value" apart at the last sign of equality."""
    from .._core.errors import InputError

    pairs = {}
    for text in given or []:
        name, equals, value = text.rpartition("=")
        if not equals:
            raise InputError(
                f"'{text}' is not understood; write the column, '=' and its unit or role: E_act=eV, row=id."
            )
        pairs[name] = value
    return pairs


def print_json(content: dict[str, Any]) -> None:
    import json

    typer.echo(json.dumps(content, indent=2, ensure_ascii=False))


def print_table(rows: list[dict[str, Any]], longest: int = LONGEST) -> None:
    """Print rows as a table; texts are shown as they are, never as markup, and cut where they are long."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if rows:
        table = Table(box=None, header_style="bold")
        for name in rows[0]:
            table.add_column(Text(name), no_wrap=True)
        for row in rows:
            table.add_row(*(Text(_short(value, longest)) for value in row.values()))
        Console().print(table, "")


def _short(value: Any, longest: int) -> str:
    text = "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= longest else text[: longest - 3] + "..."
