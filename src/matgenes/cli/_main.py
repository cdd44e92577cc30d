"""The ``matgenes`` command: collects the commands, and turns every error into one line and an exit code."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from importlib.metadata import entry_points
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from .. import __version__
from .._core.errors import MatgenesError
from .import_eln import import_command
from .init import init
from .predict import predict
from .run import demo, run_study
from .verify import verify_command

__all__ = ["run"]

GOOD, OUR_FAULT, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
HELP = """From a table of materials to the genes, predictions and next experiments that it supports.

Start with: matgenes demo, or: matgenes init data.csv
"""
COMMANDS: dict[str, Callable[..., None]] = {
    "demo": demo,
    "init": init,
    "run": run_study,
    "predict": predict,
    "verify": verify_command,
    "import": import_command,
}


class Interrupted(Exception):
    """Ctrl-C, under a name that typer does not catch (its versions answer Ctrl-C in different ways)."""


class _Group(TyperGroup):
    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Interrupted from None


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; errors go to standard error in one line."""
    try:
        _app()(args=list(sys.argv[1:] if arguments is None else arguments))
    except SystemExit as leaving:  # typer's way to end, after a usage error with code 2
        return leaving.code if isinstance(leaving.code, int) else GOOD
    except Interrupted:
        _say("Interrupted. Nothing is half-written; the same command goes on where this one stopped.")
        return INTERRUPTED
    except MatgenesError as error:
        _say(f"Error: {error}")
        return BAD_INPUT
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  the reader of our output has left; say nothing more
        return GOOD
    except Exception as error:
        _say(_our_fault(error))
        return OUR_FAULT
    return GOOD


def _app() -> typer.Typer:
    app = typer.Typer(cls=_Group, help=HELP, no_args_is_help=True, pretty_exceptions_enable=False)
    app.callback()(_options)
    for name, command in COMMANDS.items():
        app.command(name)(command)
    for group in sorted(entry_points(group="matgenes.commands"), key=lambda point: point.name):
        app.add_typer(group.load(), name=group.name)
    return app


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"matgenes {__version__}")
        raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and leave.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Take the options that stand before the command."""


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _our_fault(error: Exception) -> str:
    """Keep the traceback in a file, or show it where MATGENES_DEBUG is set, and say what to do with it."""
    if os.environ.get("MATGENES_DEBUG"):
        traceback.print_exception(error)
    with tempfile.NamedTemporaryFile("w", prefix="matgenes-", suffix=".log", delete=False, encoding="utf-8") as log:
        log.write("".join(traceback.format_exception(error)))
    return (
        f"This is a mistake of matgenes {__version__}, not yours: {type(error).__name__}: {error}\n"
        f"Please report it together with the file {log.name}"
    )
