"""Errors that say what was given, what is allowed and what to do, and name file, row and column.

Rows are counted as a spreadsheet shows them: the header is row 1, the first row of data is row 2.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Iterable
from types import ModuleType
from typing import Self

__all__ = ["InputError", "MatgenesError", "MissingExtraError", "UnitError", "did_you_mean", "require"]


class MatgenesError(Exception):
    """The base of every error that matgenes raises on purpose; its text is one line that helps."""


class InputError(MatgenesError, ValueError):
    """Something that the user gave cannot be used; on the command line the exit code is 2.

    Examples
    --------
    >>> str(InputError("'n.a.' is not a number.", file="solutes.csv", row=14, column="E_act [eV]"))
    "solutes.csv, row 14, column 'E_act [eV]': 'n.a.' is not a number."
    """

    places = "row", "column"  # what the places in a file are called

    def __init__(
        self, problem: str, *, file: object | None = None, row: int | None = None, column: str | None = None
    ) -> None:
        self.problem = problem
        self.file = None if file is None else str(file)
        self.row = row
        self.column = column
        super().__init__(problem)

    def __str__(self) -> str:
        row, column = self.places
        places = [] if self.file is None else [self.file]
        if self.row is not None:
            places.append(f"{row} {self.row}")
        if self.column is not None:
            places.append(f"{column} '{self.column}'")
        return ": ".join(([", ".join(places)] if places else []) + [self.problem])

    def at(self, *, file: object | None = None, row: int | None = None, column: str | None = None) -> Self:
        """Return the same error with the places that were still unknown filled in."""
        return type(self)(
            self.problem,
            file=self.file if self.file is not None else file,
            row=self.row if self.row is not None else row,
            column=self.column if self.column is not None else column,
        )


class UnitError(InputError):
    """A unit is unknown, treacherous, or does not fit another one."""


class MissingExtraError(MatgenesError, ImportError):
    """A library of an optional extra is not installed; the text says which command installs it."""


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """Return ``" Did you mean 'x'?"`` for the closest allowed word, or nothing where none is close.

    Examples
    --------
    >>> did_you_mean("targt", ["target", "groups"])
    " Did you mean 'target'?"
    """
    by_lower = {option.lower(): option for option in allowed}
    close = difflib.get_close_matches(word.lower(), by_lower, n=1)
    return f" Did you mean '{by_lower[close[0]]}'?" if close else ""


def require(module: str, extra: str) -> ModuleType:
    """Import a library that belongs to an extra, or say in one line which command installs it.

    Raises
    ------
    MissingExtraError
        If the library is not installed or cannot be imported.
    """
    install = f"run: pip install 'matgenes[{extra}]'"
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        missing = error.name or module
        raise MissingExtraError(f"This needs the library '{missing}', which is not installed; {install}") from error
    except ImportError as error:
        raise MissingExtraError(
            f"The library '{module}' cannot be imported ({error}); to install it anew, {install}"
        ) from error
