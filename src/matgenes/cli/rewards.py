"""``matgenes rewards``: which method of discovery will earn most, estimated from what is labelled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ._shared import Decimal, Json, Role, Sheet, Unit, pairs, print_json

if TYPE_CHECKING:
    from ..data import Dataset

__all__ = ["app"]

app = typer.Typer(help="Which method of discovery to trust with the choice of what comes next.", no_args_is_help=True)

Task = Annotated[Path, typer.Argument(help="The task file.")]
Methods = Annotated[list[str], typer.Argument(help="Such as gp-ei, random_forest-ei, random.")]
By = Annotated[str, typer.Option("--by", help="Who enters it.")]
Workers = Annotated[int | None, typer.Option("--workers", "-w", min=1, help="Worker processes; default: all cores.")]


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
    world: Annotated[str, typer.Option("--world", help="naive, adjusted, posterior or averaged.")] = "averaged",
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


@app.command()
def task(
    file: Annotated[Path, typer.Argument(help="A table whose labels are known.")],
    out: Annotated[Path, typer.Argument(help="The task file to write, beside the table.")],
    target: Annotated[str, typer.Option("--target", "-t", help="What is looked for.")],
    title: Annotated[str, typer.Option("--title", help="For readers.")] = "",
    source: Annotated[str, typer.Option("--source", help="Where the data are from.")] = "",
    goal: Annotated[str, typer.Option("--goal", "-g", help="maximise, minimise or a value.")] = "maximise",
    known: Annotated[int, typer.Option("--known", min=12, help="Rows that are labelled at the beginning.")] = 50,
    share: Annotated[float, typer.Option("--share", help="They are drawn from this share, the worse rows.")] = 0.9,
    sets: Annotated[int, typer.Option("--sets", min=2, help="How many such beginnings.")] = 10,
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="Rounds of a search.")] = 20,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of all draws.")] = 0,
    json: Json = False,
) -> None:
    """Write a task that anyone can play: a table, what is sought in it, where searches begin.

    Example: matgenes rewards task perovskites.csv perovskites.toml --target K
    """
    from ..discovery import Goal, RewardTask

    made = RewardTask.made(
        out, file, title=title or f"The best {target}", source=source, target=target, goal=Goal.parse(goal).aim,
        n_known=known, share=share, sets=sets, rounds=rounds, seed=seed,
    )  # fmt: skip
    text = f"Wrote {out}. Enter a method: matgenes rewards enter {out} gp-ei"
    if json:
        print_json({"task": str(out), "id": made.id})
    else:
        typer.echo(text)


@app.command()
def enter(task: Task, method: Methods, by: By = "", workers: Workers = None, json: Json = False) -> None:
    """Play methods on a task and enter what they earned; each can be entered once.

    Example: matgenes rewards enter perovskites.toml gp-ei random
    """
    from .._core.progress import terminal
    from .._core.tasks import workers as pool
    from ..discovery import Leaderboard

    board = Leaderboard(task)
    with terminal() as progress, pool(workers, kind="processes"):
        for name in method:
            board.enter(name, by, progress=progress)
    _show(board.rewards(), json, "methods")


@app.command()
def board(task: Task, json: Json = False) -> None:
    """Show the methods of a task by their true rewards, and how well worlds foresaw that.

    Example: matgenes rewards board perovskites.toml
    """
    from ..discovery import Leaderboard

    found = Leaderboard(task)
    if json:
        print_json({"methods": found.rewards().table.to_pylist(), "worlds": found.worlds().table.to_pylist()})
        return
    typer.echo(f"{found.task.title}\n")
    _show(found.rewards(), json, "methods")
    if len(found.worlds()):
        typer.echo("")
        _show(found.worlds(), json, "worlds")


@app.command()
def replay(task: Task, method: Methods, workers: Workers = None, json: Json = False) -> None:
    """Play entered methods again; the exit code is 2 where other rows are found than were entered.

    Example: matgenes rewards replay perovskites.toml gp-ei
    """
    from .._core.progress import terminal
    from .._core.tasks import workers as pool
    from ..discovery import Leaderboard

    found = Leaderboard(task)
    with terminal() as progress, pool(workers, kind="processes"):
        replays = [found.replay(name, progress=progress) for name in method]
    if json:
        print_json({each.method: each.is_identical for each in replays})
    else:
        for each in replays:
            typer.echo(f"{each.method}: {_said(each.first_different)}")
    if not all(each.is_identical for each in replays):
        raise typer.Exit(2)


@app.command()
def judge(
    task: Task,
    world: Annotated[list[str], typer.Argument(help="naive, adjusted, posterior or averaged.")],
    by: By = "",
    repetitions: Annotated[int, typer.Option("--repetitions", min=2, help="Searches of each method.")] = 8,
    workers: Workers = None,
    json: Json = False,
) -> None:
    """Let worlds foresee the ranking of the entered methods, and enter how well they did.

    Example: matgenes rewards judge perovskites.toml naive adjusted
    """
    from .._core.progress import terminal
    from .._core.tasks import workers as pool
    from ..discovery import Leaderboard

    found = Leaderboard(task)
    with terminal() as progress, pool(workers, kind="processes"):
        for name in world:
            found.judge(name, by, repetitions=repetitions, progress=progress)  # type: ignore[arg-type]
    _show(found.worlds(), json, "worlds")


def _show(table: Dataset, json: bool, name: str) -> None:
    if json:
        print_json({name: table.table.to_pylist()})
    else:
        frame = table.to_pandas().rename(columns={each: table.quantity(each).label for each in table.names()})
        typer.echo(frame.to_string(index=False, float_format=lambda value: f"{value:.4g}", na_rep=""))


def _said(first_different: int | None) -> str:
    return "identical" if first_different is None else f"differs, first in set {first_different}"


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
