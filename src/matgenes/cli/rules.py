"""``matgenes rules``: rules from a table, and which rows of another table fall in them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ._shared import Decimal, Json, Role, Sheet, Unit, pairs, print_json

__all__ = ["app"]

app = typer.Typer(help="Find rules where a property is exceptional, and use them.", no_args_is_help=True)


class List(StrEnum):
    """The lists that a search leaves."""

    small_set = "small_set"
    rules = "rules"
    front = "front"


@app.command()
def find(
    file: Annotated[Path, typer.Argument(help="The table: CSV, Excel, Parquet or JSON lines.")],
    target: Annotated[str, typer.Option("--target", "-t", help="The column that shall be exceptional.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder for the results.")] = None,
    goal: Annotated[
        str, typer.Option("--goal", "-g", help="maximise, minimise, or the value to be near.")
    ] = "maximise",
    feature: Annotated[
        list[str] | None, typer.Option("--feature", "-f", help="A column of numbers; default: every free one.")
    ] = None,
    category: Annotated[
        list[str] | None, typer.Option("--category", "-c", help="A column of texts that rules may speak of.")
    ] = None,
    utility: Annotated[
        str | None, typer.Option(help="mean_shift, median_shift, dispersion_corrected or jensen_shannon.")
    ] = None,
    window: Annotated[float | None, typer.Option(help="Half the width of the range around the value.")] = None,
    gamma: Annotated[float | None, typer.Option(min=0, max=1, help="Weight of coverage against utility.")] = None,
    depth: Annotated[int | None, typer.Option("--depth", "-d", min=1, max=6, help="Most statements in a rule.")] = None,
    n_rules: Annotated[int | None, typer.Option(min=1, help="How many of the best rules are kept.")] = None,
    cut_points: Annotated[str | None, typer.Option(help="kmeans, quantile or all.")] = None,
    n_cuts: Annotated[int | None, typer.Option(min=1, help="Most cuts of a column.")] = None,
    min_size: Annotated[float | None, typer.Option(help="Fewest rows of a rule, or their share below 1.")] = None,
    permutations: Annotated[int | None, typer.Option(min=0, help="Shuffles for the p-values.")] = None,
    resamples: Annotated[int | None, typer.Option(min=0, help="Resamples for the stability of rules.")] = None,
    group: Annotated[str | None, typer.Option("--group", help="Column whose rows are held out together.")] = None,
    candidates: Annotated[Path | None, typer.Option(help="A table of materials: which fall in a rule?")] = None,
    unit: Unit = None,
    role: Role = None,
    sheet: Sheet = None,
    decimal: Decimal = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of permutations, folds and resamples.")] = 2026,
    workers: Annotated[
        int | None, typer.Option("--workers", "-w", min=1, help="Processes; default: all cores.")
    ] = None,
    json: Json = False,
) -> None:
    """Find the rules inside which a column is as wanted; a study of two steps, check and rules.

    Example: matgenes rules find perovskites.csv --target bulk_modulus --out hard
    """
    from .. import study as studies
    from .._core.progress import terminal
    from .._core.tasks import workers as pool
    from .run import tell

    told = {
        "utility": utility, "window": window, "gamma": gamma, "depth": depth, "n_rules": n_rules,
        "cut_points": cut_points, "n_cuts": n_cuts, "min_size": min_size, "categories": category,
        "permutations": permutations, "resamples": resamples,
    }  # fmt: skip
    study = studies.validated(
        studies.Study,
        {
            "title": f"Where is {target} as it should be?",
            "seed": seed,
            "data": {
                "file": str(file), "sheet": sheet, "decimal": decimal, "units": pairs(unit), "roles": pairs(role)
            },
            "target": {"column": target, "goal": _aim(goal)},
            "features": {"columns": feature or []},
            "groups": {"column": group} if group else None,
            "candidates": {"file": str(candidates)} if candidates else None,
            "steps": ["check", "rules"],
            "step": {"rules": {name: value for name, value in told.items() if value is not None}},
        },
    )  # fmt: skip
    with terminal() as progress, pool(workers, kind="processes"):
        done = studies.run(study, out or Path(f"{file.stem}-rules"), progress=progress)
    tell(done, json)


@app.command()
def apply(
    folder: Annotated[Path, typer.Argument(help="The folder that 'find', or a study with the step 'rules', wrote.")],
    data: Annotated[Path, typer.Argument(help="Rows, with the columns that the rules speak of.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder to write; default: <data>-in-rules.")] = None,
    which: Annotated[
        List, typer.Option("--which", help="The small set, the best rules, or the front.")
    ] = List.small_set,
    json: Json = False,
) -> None:
    """Say which rows of a table fall in which rule of a finished search.

    Example: matgenes rules apply hard candidates.csv --out candidates-in-rules
    """
    from ..study import members

    done = members(folder, data, out or Path(f"{data.stem}-in-rules"), which.value)
    if json:
        print_json(done.to_dict())
        return
    typer.echo("rule    rows")
    for name, count in done.counts.items():
        typer.echo(f"{name:<4}  {count:>6}  {done.rules[name].text}")
    typer.echo(f"\n{done.inside} of {len(done.table)} rows fall in a rule: {done.folder / 'members.csv'}")


def _aim(goal: str) -> str | float:
    """Return the goal, a number where it is one."""
    from ..discovery import Goal

    return Goal.parse(goal).aim
