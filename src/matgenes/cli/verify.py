"""``matgenes verify``: does a finished run still hold?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ._shared import print_json, print_table

__all__ = ["verify_command"]

NOT_GOOD = 2  # as for bad input: what the folder says does not hold here


def verify_command(
    folder: Annotated[Path, typer.Argument(help="A finished run's folder or crate; with --all a catalogue.")],
    no_rerun: Annotated[bool, typer.Option("--no-rerun", help="Only check that nothing was changed.")] = False,
    frozen: Annotated[
        bool, typer.Option("--frozen", help="Ask for the recorded environment and identical outputs.")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="Check every entry of a catalogue.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON, for machines.")] = False,
) -> None:
    """Check that a run is unchanged, run it again, and compare every output within its tolerance.

    Answers identical, conforms, differs or cannot-run; with --no-rerun intact or differs. The exit code is 0 for
    identical, conforms and intact, 2 for the others.

    Examples: matgenes verify results; matgenes verify results.zip --frozen; matgenes verify --all group --json
    """
    from .. import records
    from .._core.progress import terminal

    answer: records.Checks | records.Verification
    with terminal() as progress:
        if every:
            answer = records.verify_all(folder, rerun=not no_rerun, frozen=frozen, progress=progress)
        else:
            answer = records.verify(folder, rerun=not no_rerun, frozen=frozen, progress=progress)
    if json:
        print_json(answer.to_dict())
    else:
        if isinstance(answer, records.Checks):
            print_table(answer.to_rows(), longest=60)
        typer.echo(str(answer))
    if not answer.ok:
        raise typer.Exit(NOT_GOOD)
