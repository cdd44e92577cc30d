"""``matgenes catalogue``: keep datasets, records and references so that they are found again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ._shared import Decimal, Json, Role, Sheet, Unit, pairs, print_json, print_table

if TYPE_CHECKING:
    from ..records import Entry

__all__ = ["app"]

app = typer.Typer(help="Keep datasets, records and references; find them again.", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(help="The catalogue's folder.")]
Id = Annotated[str, typer.Argument(help="Id of an entry, or its first four or more digits.")]


@app.command()
def init(folder: Folder, json: Json = False) -> None:
    """Make an empty catalogue in a new folder on a disk of this machine.

    Example: matgenes catalogue init group
    """
    from ..records import Catalogue

    Catalogue.create(folder)
    _tell(
        json,
        {"catalogue": str(folder)},
        f"Made the catalogue {folder}. Add to it: matgenes catalogue add {folder} FILE",
    )


@app.command()
def add(
    folder: Folder,
    things: Annotated[list[Path], typer.Argument(help="Tables, folders of finished runs, or big files.")],
    title: Annotated[
        str, typer.Option("--title", "-t", help="For readers; a table's by default its file's name.")
    ] = "",
    author: Annotated[str, typer.Option("--author", "-a", help="Who made it; by default you.")] = "",
    text: Annotated[str, typer.Option("--text", help="Notes; they are searched.")] = "",
    handbook: Annotated[str | None, typer.Option("--handbook", help="The procedure that was followed.")] = None,
    source: Annotated[list[str] | None, typer.Option("--source", help="Id of what it was made from.")] = None,
    reference: Annotated[bool, typer.Option("--reference", help="Refer to the files; do not copy them.")] = False,
    unit: Unit = None,
    role: Role = None,
    sheet: Sheet = None,
    decimal: Decimal = None,
    json: Json = False,
) -> None:
    """Add tables (CSV, Excel, Parquet, JSON lines), folders of runs, or, with --reference, big files that stay there.

    Example: matgenes catalogue add group solutes.csv results --author "A. Smith"
    """
    from ..data import Dataset, Reference
    from ..records import Catalogue

    catalogue, ids = Catalogue(folder), []
    for path in things:
        said = {"title": title, "author": author, "text": text, "handbook": handbook, "sources": source or ()}
        thing: Dataset | Reference | Path = path
        if reference:
            thing = Reference.of(path)
        elif path.is_file() and path.name != "record.json":
            thing = Dataset.read(path, units=pairs(unit), roles=pairs(role), sheet=sheet, decimal=decimal)
            said["title"] = title or path.name
        ids.append(catalogue.add(thing, **said))  # type: ignore[arg-type]
    _tell(json, {"ids": ids}, "\n".join(f"{key}  {path}" for key, path in zip(ids, things, strict=True)))


@app.command()
def search(
    folder: Folder,
    text: Annotated[str, typer.Argument(help="Words in titles, notes, names and descriptions of columns.")] = "",
    quantity: Annotated[
        list[str] | None, typer.Option("--quantity", "-q", help="'E_act between 0.5 and 1 eV'; any unit that fits.")
    ] = None,
    element: Annotated[list[str] | None, typer.Option("--element", "-e", help="An element of the composition.")] = None,
    only: Annotated[bool, typer.Option("--only", help="No other elements than those.")] = False,
    kind: Annotated[str | None, typer.Option("--kind", help="dataset, record or reference.")] = None,
    model: Annotated[str | None, typer.Option("--model", help="Step or class of models of a record.")] = None,
    library: Annotated[str | None, typer.Option("--library", help="'numpy', 'numpy==2.4'.")] = None,
    outcome: Annotated[str | None, typer.Option("--outcome", help="accepted, negative, failed or anchor.")] = None,
    handbook: Annotated[str | None, typer.Option("--handbook", help="The procedure that was followed.")] = None,
    author: Annotated[str | None, typer.Option("--author", "-a", help="Part of the author's name.")] = None,
    clean: Annotated[bool | None, typer.Option("--clean/--not-clean", help="What its handbook's check said.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many.")] = 20,
    json: Json = False,
) -> None:
    """List what satisfies everything that is given, the newest first, or the best first for words.

    Example: matgenes catalogue search group -q "E_act > 100 kJ/mol" -e Ni -e Al
    """
    from ..records import Catalogue

    found = Catalogue(folder).search(
        text,
        quantity=quantity or (),
        elements=element or (),
        only=only,
        kind=kind,
        model=model,
        library=library,
        outcome=outcome,
        handbook=handbook,
        author=author,
        clean=clean,
        limit=limit,
    )
    if json:
        print_json({"entries": [entry.to_dict() for entry in found]})
    elif found:
        print_table([_row(entry) for entry in found])
    else:
        typer.echo("Nothing in the catalogue satisfies all of this.")


@app.command()
def show(folder: Folder, entry: Id, json: Json = False) -> None:
    """Show an entry, checked against its id: of a table the columns, of a record its outputs, of a reference its file.

    Example: matgenes catalogue show group 16885c
    """
    from dataclasses import asdict

    from ..data import Dataset, Reference
    from ..data.files._describe import describe
    from ..records import Catalogue

    catalogue = Catalogue(folder)
    told, thing = catalogue.entry(entry), catalogue.get(entry)
    rows = []
    if isinstance(thing, Dataset):
        rows = [asdict(column) for column in describe(thing)]
    elif isinstance(thing, Reference):
        thing.check()
    else:
        rows = [
            {"output": name, "value": output.value if output.path is None else output.path, "unit": output.unit}
            for name, output in thing.outputs.items()
        ]
    if json:
        print_json(told.to_dict() | {"content": rows})
        return
    for key, value in told.to_dict().items():
        typer.echo(f"{key}: {', '.join(map(str, value)) if isinstance(value, list) else value}")
    typer.echo("")
    print_table(rows)


@app.command()
def lineage(folder: Folder, entry: Id, json: Json = False) -> None:
    """Show what an entry was made from, and what was made from it.

    Example: matgenes catalogue lineage group 16885c
    """
    from ..records import Catalogue

    found = Catalogue(folder).lineage(entry)
    _tell(json, found.to_dict(), str(found))


@app.command()
def delete(folder: Folder, entry: Id, json: Json = False) -> None:
    """Delete an entry that nothing else comes from.

    Example: matgenes catalogue delete group 16885c
    """
    from ..records import Catalogue

    catalogue = Catalogue(folder)
    key = catalogue.entry(entry).id
    catalogue.delete(key)
    _tell(json, {"deleted": key}, f"Deleted {key}")


@app.command()
def rebuild(folder: Folder, json: Json = False) -> None:
    """Make the index again from the entries, for instance if it is damaged.

    The exit code is 2 if an entry cannot be read. Example: matgenes catalogue rebuild group
    """
    from .._core.progress import terminal
    from ..records import Catalogue

    with terminal() as progress:
        problems = Catalogue.rebuild(folder, progress=progress)
    count = len(Catalogue(folder))
    lines = [f"Indexed {count} entries.", *(f"Not indexed: {problem}" for problem in problems)]
    _tell(json, {"entries": count, "problems": list(problems)}, "\n".join(lines))
    if problems:
        raise typer.Exit(2)


def _row(entry: Entry) -> dict[str, object]:
    return {
        "id": entry.id[7:19],
        "kind": entry.kind,
        "title": entry.title,
        "outcome": ", ".join(entry.outcome),
        "author": entry.author,
        "added": f"{entry.added:%Y-%m-%d}",
    }


def _tell(json: bool, content: dict[str, object], text: str) -> None:
    if json:
        print_json(content)
    else:
        typer.echo(text)
