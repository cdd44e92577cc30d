"""``matgenes sisso``: formulas from a table, their predictions for new rows, and what a search would cost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ._shared import Decimal, Json, Role, Sheet, Unit, pairs, print_json

if TYPE_CHECKING:
    from ..study import Study

__all__ = ["app"]

app = typer.Typer(help="Find formulas, use them, estimate a search.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="The table: CSV, Excel, Parquet or JSON lines.")]
Target = Annotated[str, typer.Option("--target", "-t", help="The column to be explained.")]
Feature = Annotated[
    list[str] | None, typer.Option("--feature", "-f", help="A column to explain it by; default: every free number.")
]
Rung = Annotated[int | None, typer.Option("--rung", min=0, max=3, help="How often operators are applied.")]
Dimension = Annotated[int | None, typer.Option("--dimension", "-d", min=1, max=4, help="Most features in a formula.")]
Select = Annotated[int | None, typer.Option("--n-sis", min=1, help="Features that each dimension adds to the search.")]
Operators = Annotated[
    list[str] | None, typer.Option("--operator", help="An operator, e.g. --operator / --operator exp; default: most.")
]
Complexity = Annotated[int | None, typer.Option("--max-complexity", min=0, help="Most operators in a feature.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Of permutations, folds and resamples.")]
Workers = Annotated[int | None, typer.Option("--workers", "-w", min=1, help="Worker processes; default: all cores.")]


@app.command()
def fit(
    file: File,
    target: Target,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder for the results.")] = None,
    feature: Feature = None,
    rung: Rung = None,
    dimension: Dimension = None,
    n_sis: Select = None,
    operator: Operators = None,
    max_complexity: Complexity = None,
    permutations: Annotated[int | None, typer.Option(min=0, help="Shuffles for the p-values.")] = None,
    resamples: Annotated[int | None, typer.Option(min=0, help="Resamples for the stability of genes.")] = None,
    group: Annotated[str | None, typer.Option("--group", help="Column whose rows are left out together.")] = None,
    unit: Unit = None,
    role: Role = None,
    sheet: Sheet = None,
    decimal: Decimal = None,
    seed: Seed = 2026,
    workers: Workers = None,
    json: Json = False,
) -> None:
    """Find the formulas that govern a column; a study of two steps, check and genes, with report and record.

    Example: matgenes sisso fit octet.csv --target dE --rung 2 --out octet-genes
    """
    from .. import study as studies
    from .._core.progress import terminal
    from .._core.tasks import workers as pool
    from .run import tell

    told = {
        "rung": rung, "dimension": dimension, "n_sis": n_sis, "operators": operator, "max_complexity": max_complexity,
        "permutations": permutations, "resamples": resamples,
    }  # fmt: skip
    study = _study(
        file, target, feature, pairs(unit), pairs(role), sheet, decimal,
        seed=seed,
        groups={"column": group} if group else None,
        step={"genes": {name: value for name, value in told.items() if value is not None}},
    )  # fmt: skip
    with terminal() as progress, pool(workers, kind="processes"):
        done = studies.run(study, out or Path(f"{file.stem}-genes"), progress=progress)
    tell(done, json)


@app.command()
def predict(
    folder: Annotated[Path, typer.Argument(help="The folder that 'fit', or a study with the step 'genes', wrote.")],
    data: Annotated[Path, typer.Argument(help="New rows, with the columns that the formula needs.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder to write; default: <data>-predicted.")] = None,
    json: Json = False,
) -> None:
    """Predict new rows by the formula of a finished search, with error bars that include its selection.

    Example: matgenes sisso predict octet-genes new.csv
    """
    from ..study import apply
    from .predict import tell

    tell(apply(folder, data, out or Path(f"{data.stem}-predicted"), model="formula"), json)


@app.command()
def estimate(
    file: File,
    target: Target,
    feature: Feature = None,
    rung: Rung = None,
    dimension: Dimension = None,
    n_sis: Select = None,
    operator: Operators = None,
    max_complexity: Complexity = None,
    unit: Unit = None,
    role: Role = None,
    sheet: Sheet = None,
    decimal: Decimal = None,
    json: Json = False,
) -> None:
    """Say how many features and formulas one search looks at, and the memory and time that it takes.

    Example: matgenes sisso estimate octet.csv --target dE --rung 3 --n-sis 1000
    """
    from dataclasses import asdict

    from .. import study as studies
    from ..sisso import SISSORegressor

    told: dict[str, Any] = {
        "rung": rung, "dimension": dimension, "n_sis": n_sis, "operators": operator, "max_complexity": max_complexity
    }  # fmt: skip
    study = _study(file, target, feature, pairs(unit), pairs(role), sheet, decimal)
    prepared = studies.prepared(study)
    x, _, units = prepared.data.xy(target, prepared.features)
    search = SISSORegressor(**{name: value for name, value in told.items() if value is not None})
    answer = search.estimate(x, units)
    if json:
        print_json(asdict(answer))
    else:
        typer.echo(f"{answer}\n\nThis is one search; 'sisso fit' repeats it for folds, shuffled targets and resamples.")


def _study(
    file: Path,
    target: str,
    feature: list[str] | None,
    units: dict[str, str],
    roles: dict[str, str],
    sheet: str | None,
    decimal: str | None,
    **more: Any,
) -> Study:
    """Return the study of two steps that the commands stand for."""
    from ..study import Study, validated

    return validated(
        Study,
        {
            "title": f"Which formula governs {target}?",
            "data": {"file": str(file), "sheet": sheet, "decimal": decimal, "units": units, "roles": roles},
            "target": {"column": target},
            "features": {"columns": feature or []},
            "steps": ["check", "genes"],
            **more,
        },
    )
