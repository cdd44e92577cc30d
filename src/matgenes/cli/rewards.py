"""``matgenes rewards``: which method of discovery will earn most, estimated from what is labelled."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ._shared import Decimal, Json, Role, Sheet, Unit, pairs

__all__ = ["app"]

app = typer.Typer(help="Which method of discovery to trust with the choice of what comes next.", no_args_is_help=True)


@app.callback()
def rewards() -> None:
    """Which method of discovery to trust with the choice of what comes next."""


@app.command()
def estimate(
    file: Annotated[Path, typer.Argument(help="The labelled rows: CSV, Excel, Parquet or JSON lines.")],
    target: Annotated[str, typer.Option("--target", "-t", help="What is looked for.")],
    population_size: Annotated[
        int | None,
        typer.Option(
            "--population-size",
            "-p",
            min=2,
            help="All materials that are searched; default: the labelled ones and the candidates.",
        ),
    ] = None,
    method: Annotated[
        list[str] | None, typer.Option("--method", help="Methods to compare: gp-ei, random_forest-ei, random.")
    ] = None,
    candidates: Annotated[Path | None, typer.Option("--candidates", "-c", help="Table of the unlabelled ones.")] = None,
    uniform_sample: Annotated[
        str | None,
        typer.Option(
            "--uniform-sample",
            help="Labels of a uniform sample of the unlabelled: 1.2,0.9,1.1 or a table with the target's column.",
        ),
    ] = None,
    concentration: Annotated[
        float | None, typer.Option("--concentration", help="How the labelled were chosen; 1 is uniformly.")
    ] = None,
    alpha: Annotated[
        float | None, typer.Option("--alpha", help="Share of materials better than the best labelled.")
    ] = None,
    world: Annotated[str, typer.Option("--world", help="naive, adjusted, posterior or averaged.")] = "adjusted",
    goal: Annotated[str, typer.Option("--goal", "-g", help="maximise, minimise or a value.")] = "maximise",
    feature: Annotated[
        list[str] | None, typer.Option("--feature", "-f", help="A column to learn from; default: every free number.")
    ] = None,
    repetitions: Annotated[int, typer.Option("--repetitions", min=2, help="Searches of each method.")] = 20,
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="Rounds of a search.")] = 30,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder for the results.")] = None,
    unit: Unit = None,
    role: Role = None,
    sheet: Sheet = None,
    decimal: Decimal = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of all draws.")] = 2026,
    workers: Annotated[
        int | None, typer.Option("--workers", "-w", min=1, help="Worker processes; default: all cores.")
    ] = None,
    json: Json = False,
) -> None:
    """Estimate the rewards of methods; a study of two steps, check and rewards, with report and record.

    Example: matgenes rewards estimate known.csv --target K -p 4500 --alpha 0.03 --method gp-ei --method random
    """  # fmt: skip
    from .. import study as studies
    from .._core.progress import terminal
    from .._core.tasks import workers as pool
    from ..discovery import Goal
    from ..study import Study, validated
    from .run import tell

    told: dict[str, Any] = {
        "methods": method, "population_size": population_size, "alpha": alpha, "concentration": concentration,
        "uniform_sample": None if uniform_sample is None else _labels(uniform_sample, target), "world": world,
        "repetitions": repetitions, "rounds": rounds,
    }  # fmt: skip
    study = validated(
        Study,
        {
            "title": f"Which method will find the best {target}?",
            "data": {
                "file": str(file), "sheet": sheet, "decimal": decimal, "units": pairs(unit), "roles": pairs(role),
            },
            "target": {"column": target, "goal": Goal.parse(goal).aim},
            "features": {"columns": feature or []},
            "candidates": None if candidates is None else {"file": str(candidates)},
            "seed": seed,
            "steps": ["check", "rewards"],
            "step": {"rewards": {name: value for name, value in told.items() if value is not None}},
        },
    )  # fmt: skip
    with terminal() as progress, pool(workers, kind="processes"):
        done = studies.run(study, out or Path(f"{file.stem}-rewards"), progress=progress)
    tell(done, json)


def _labels(text: str, target: str) -> list[float]:
    """Return the labels of a uniform sample: numbers, or a column of a table."""
    import numpy as np

    from .._core.errors import InputError
    from ..data import Dataset

    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        if not Path(text).is_file():
            raise InputError(f"'{text}' is neither numbers, such as 1.2,0.9, nor a table.") from None
    values = Dataset.read(Path(text)).numpy(target)
    return [float(value) for value in values[np.isfinite(values)]]
