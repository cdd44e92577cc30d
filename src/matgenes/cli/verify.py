"""``matgenes verify``: does a finished run still hold?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["verify_command"]

NOT_GOOD = 2  # as for bad input: what the folder says does not hold here


def verify_command(
    folder: Annotated[Path, typer.Argument(help="The folder of a finished run, with its record.json.")],
    no_rerun: Annotated[bool, typer.Option("--no-rerun", help="Only check that nothing was changed.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON, for machines.")] = False,
) -> None:
    """Check that a run is unchanged, run it again, and compare every output within its tolerance.

    Answers identical, conforms, differs or cannot-run; with --no-rerun intact or differs. The exit code is 0 for
    identical, conforms and intact, 2 for the others.

    Example: matgenes verify results
    """
    from .. import records
    from .._core.progress import terminal

    with terminal() as progress:
        answer = records.verify(folder, rerun=not no_rerun, progress=progress)
    if json:
        import json as js

        typer.echo(js.dumps(answer.to_dict(), indent=2))
    else:
        typer.echo(str(answer))
    if not answer.ok:
        raise typer.Exit(NOT_GOOD)
