"""``matgenes run`` and ``matgenes demo``: the main job."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ..study import Run

__all__ = ["demo", "run_study", "tell"]

Out = Annotated[Path | None, typer.Option("--out", "-o", help="Folder for the results; replaced if a study made it.")]
Workers = Annotated[int | None, typer.Option("--workers", "-w", min=1, help="Worker processes; default: all cores.")]
Json = Annotated[bool, typer.Option("--json", help="Print the outcome as JSON, for machines.")]


def run_study(
    study: Annotated[Path, typer.Argument(help="The study file, such as study.toml.")],
    out: Out = None,
    workers: Workers = None,
    json: Json = False,
) -> None:
    """Run a study: check the data, model them honestly, rank what to measure next, and write a report.

    Example: matgenes run study.toml --out results
    """
    from .. import study as studies
    from .._core.progress import terminal
    from .._core.tasks import workers as pool

    with terminal() as progress, pool(workers, kind="processes"):
        done = studies.run(study, out, progress=progress)
    tell(done, json)


def demo(out: Out = None, workers: Workers = None, json: Json = False) -> None:
    """Run the built-in study: which solutes diffuse slowly in metals? About a minute.

    Example: matgenes demo --out demo
    """
    from ..data import samples

    run_study(samples.path("diffusion.toml"), out or Path("matgenes-demo"), workers, json)


def tell(done: Run, json: bool) -> None:
    """Print where the report lies and its first findings, or everything as JSON."""
    if json:
        import json as js

        typer.echo(js.dumps(done.to_dict(), indent=2))
        return
    typer.echo(f"\nThe report: {done.report}")
    typer.echo("Open it in a browser; it needs no network.\n\nMain findings:")
    for number, finding in enumerate(done.findings[:3], 1):
        typer.echo(f"  {number}. {finding}")
    typer.echo(f"\nCheck it later with: matgenes verify {done.folder}")
