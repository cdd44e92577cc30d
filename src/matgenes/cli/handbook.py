"""``matgenes handbook``: check tables against a procedure, make its sheets, print its schema, watch a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ._shared import Decimal, Json, Role, Sheet, Unit, pairs, print_json, print_table

if TYPE_CHECKING:
    from ..data import Arrival, Verdict

__all__ = ["app"]

app = typer.Typer(help="Machine-readable procedures: check a table, make sheets for it.", no_args_is_help=True)

Book = Annotated[str, typer.Argument(help="A handbook's file, TOML or YAML; or the name of one that ships.")]
Step = Annotated[str | None, typer.Option("--step", "-s", help="Only the columns of this step.")]
BAD_INPUT = 2


@app.command()
def check(
    handbook: Book,
    file: Annotated[Path, typer.Argument(help="The table: CSV, Excel, Parquet or JSON lines.")],
    most: Annotated[int, typer.Option("--most", "-n", min=0, help="Findings to print; --json gives all.")] = 50,
    unit: Unit = None,
    role: Role = None,
    sheet: Sheet = None,
    decimal: Decimal = None,
    json: Json = False,
) -> None:
    """Judge a table by a handbook: clean, or not clean and why. The exit code is 2 where it is not clean.

    Example: matgenes handbook check oxidation_catalysts tests.xlsx
    """
    from ..data import Handbook, check_file

    verdict = check_file(
        file, Handbook.named(handbook), units=pairs(unit), roles=pairs(role), sheet=sheet, decimal=decimal
    )
    if json:
        print_json({"file": str(file), **_as_json(verdict)})
    else:
        _print(file, verdict, most)
    raise typer.Exit(0 if verdict.clean else BAD_INPUT)


@app.command()
def template(
    handbook: Book,
    out: Annotated[Path, typer.Argument(help="An empty sheet .xlsx or .csv; a model .py; a JSON Schema .json.")],
    step: Step = None,
    json: Json = False,
) -> None:
    """Write what a laboratory fills in, with the units in the headers, or what a program checks rows with.

    Example: matgenes handbook template oxidation_catalysts kinetics.xlsx --step kinetics
    """
    from ..data import Handbook

    book = Handbook.named(handbook)
    book.template(out, step)
    if json:
        print_json({"file": str(out), "handbook": book.id, "columns": list(book.sheet(step).names())})
    else:
        typer.echo(f"Wrote {out}: {len(book.sheet(step).names())} columns of {book.id}")


@app.command()
def schema(
    handbook: Annotated[
        str | None, typer.Argument(help="A handbook: the schema of a row of its table; none: of handbook files.")
    ] = None,
    step: Step = None,
) -> None:
    """Print a JSON Schema: without a handbook the one that helps editors to write handbooks.

    Example: matgenes handbook schema > handbook.schema.json
    """
    from ..data import Handbook
    from ..data.handbooks._handbook import file_schema

    print_json(Handbook.named(handbook).row_schema(step) if handbook else file_schema())


@app.command("list")
def list_shipped(json: Json = False) -> None:
    """List the handbooks that ship with matgenes.

    Example: matgenes handbook list
    """
    from ..data import Handbook

    books = [Handbook.named(name) for name in Handbook.names()]
    if json:
        rows = [{"name": b.name, "id": b.id, "title": b.title, "steps": [step.name for step in b.steps]} for b in books]
        print_json({"handbooks": rows})
        return
    for book in books:
        typer.echo(f"{book.name}  (version {book.version}, {len(book.steps)} steps): {book.title}")


@app.command()
def watch(
    folder: Annotated[Path, typer.Argument(help="The folder in which tables appear.")],
    reference: Annotated[Path, typer.Option("--reference", help="Rows that are known to be good.")],
    journal: Annotated[Path, typer.Option("--journal", help="The file that keeps what was found.")],
    handbook: Annotated[
        str | None, typer.Option("--handbook", help="A handbook whose rules and standards count.")
    ] = None,
    column: Annotated[
        list[str] | None, typer.Option("--column", "-c", help="A column whose distribution must stay.")
    ] = None,
    alpha: Annotated[float, typer.Option(help="Probability of a false alarm a batch.")] = 0.01,
    run_length: Annotated[float, typer.Option(help="Measurements of a standard until a false alarm.")] = 500.0,
    every: Annotated[float, typer.Option(help="Seconds between two looks.")] = 2.0,
    seconds: Annotated[float | None, typer.Option(help="Stop after so many; default: until Ctrl-C.")] = None,
    json: Json = False,
) -> None:
    """Check tables as they appear in a folder: schema, handbook, shifts, drifting standards. Ends with 2 if any is odd.

    Example: matgenes handbook watch incoming --reference good.csv --journal stream.journal
    """
    from ..data import Dataset, Handbook, Stream

    book = Handbook.named(handbook) if handbook else None
    suspicious = 0
    with Stream(
        journal, Dataset.read(reference), handbook=book, columns=column, alpha=alpha, run_length=run_length
    ) as stream:
        for arrival in stream.watch(folder, every=every, seconds=seconds):
            suspicious += arrival.suspicious
            _print_arrival(arrival, json=json)
    raise typer.Exit(BAD_INPUT if suspicious else 0)


def _print_arrival(arrival: Arrival, *, json: bool) -> None:
    """One line a batch, and one a flag; as JSON one line a batch, for programs that read along."""
    if json:
        from .._core.canonical import canonical_json

        typer.echo(canonical_json(arrival.to_dict()))
        return
    name = arrival.file[0] if arrival.file else arrival.id
    typer.echo(
        f"{arrival.number}  {name}: {arrival.rows} rows, {'suspicious' if arrival.flags else 'nothing suspicious'}"
    )
    for flag in arrival.flags:
        typer.echo(f"   {flag}")


def _as_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "handbook": verdict.handbook,
        "clean": verdict.clean,
        "clean_rows": int(verdict.clean_rows.sum()),
        "rows": len(verdict.clean_rows),
        "reasons": list(verdict.reasons),
        "findings": verdict.to_dataset().table.to_pylist(),
    }


def _print(file: Path, verdict: Verdict, most: int) -> None:
    word = "clean" if verdict.clean else "not clean"
    rows = f"{int(verdict.clean_rows.sum())} of {len(verdict.clean_rows)} rows are clean"
    typer.echo(f"{file} is {word} by {verdict.handbook}: {rows}.")
    for reason in verdict.reasons:
        typer.echo(f"  {reason}")
    shown = verdict.to_dataset().table.slice(0, most).to_pylist()
    if shown:
        typer.echo("")
        print_table([{name: row[name] for name in ("row", "column", "rule", "severity")} for row in shown])
    if len(verdict) > most:
        typer.echo(f"{len(verdict) - most} more findings; --json prints all.")
