"""The command line: ``matgenes <noun> <verb>``; thin files, one a command group, over the same functions as Python.

Exit code 0 is good, 2 is bad input, 1 is our fault, 130 is Ctrl-C. Nothing heavy is imported before a command runs.
"""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Run the command line and leave the process with its exit code."""
    from ._main import run

    raise SystemExit(run())
