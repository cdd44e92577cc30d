"""A task: a labelled table, what is sought, from which rows searches start, and for how long they go on."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ..._core import tasks
from ..._core.canonical import hash_of
from ..._core.errors import InputError
from ..._core.files import sha256, write_text
from ...data import Dataset
from ...data._validated import EntryError, Section, validated
from ..acquisition._view import Floats
from ..goal import Goal
from ..spaces import Table

__all__ = ["RewardTask"]

MOST_BYTES = 100_000
FEWEST = 12


class RewardTask(Section):
    """A task as its file says it; paths are seen from the file.

    Parameters
    ----------
    title, source : str
        For readers: what it is, and where the data are from.
    file, sha256 : str
        The table, and the SHA-256 of its bytes, so that all play on the same.
    target : str
        The column that is sought.
    goal : "maximise", "minimise" or float
        What is wanted of it.
    features : tuple of str
        Columns to learn from; by default all numbers.
    n_known : int
        Labelled rows at the beginning.
    share : float
        They are drawn uniformly from this share of the rows, the worse ones: 1 is all.
    n_uniform : int
        Further rows whose labels tell how rare better ones are.
    sets, rounds, seed : int
        Numbers of initial sets and of rounds; seed of all draws.
    """

    title: str
    source: str = ""
    file: str
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    target: str
    goal: Literal["maximise", "minimise"] | float = "maximise"
    features: tuple[str, ...] = ()
    n_known: Annotated[int, Field(ge=FEWEST)] = 50
    share: Annotated[float, Field(gt=0, le=1)] = 0.9
    n_uniform: Annotated[int, Field(ge=1)] = 100
    sets: Annotated[int, Field(ge=2, le=1000)] = 10
    rounds: Annotated[int, Field(ge=1)] = 20
    seed: Annotated[int, Field(ge=0)] = 0

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> RewardTask:
        """Read and check a task file.

        Raises
        ------
        InputError
            If it is missing, no TOML, or says something that a task cannot mean.
        """
        path = Path(path)
        try:
            if path.stat().st_size > MOST_BYTES:
                raise InputError("this is too long to be a task.", file=path)
            entries = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise InputError(f"this cannot be read as a task ({error}).", file=path) from None
        try:
            return validated(cls, entries)
        except EntryError as error:
            raise error.at(file=path) from None

    @classmethod
    def made(cls, path: str | os.PathLike[str], table: str | os.PathLike[str], **entries: Any) -> RewardTask:
        """Write a task file for a table, and read it back.

        Parameters
        ----------
        path : path
            The file to write.
        table : path
            The table, in the same folder or below.
        **entries
            Fields of the task; title and target at least.

        Raises
        ------
        InputError
            If the file exists, the table lies elsewhere, or the task cannot be.
        """
        path, table = Path(path), Path(table)
        if path.exists():
            raise InputError("this already exists; choose another name or remove it first.", file=path)
        if not table.resolve().is_relative_to(path.resolve().parent):
            raise InputError(f"the table must lie beside the task or below it, in {path.resolve().parent}.", file=table)
        file = table.resolve().relative_to(path.resolve().parent).as_posix()
        task = validated(cls, {"file": file, "sha256": sha256(table), **entries})
        task.rows(path.resolve().parent)
        lines = [f"{name} = {json.dumps(value)}" for name, value in task.model_dump(mode="json").items()]
        write_text(path, "\n".join(lines) + "\n")
        return cls.read(path)

    @property
    def id(self) -> str:
        """``"sha256:..."`` of all that the results depend on."""
        return hash_of(self.model_dump(mode="json", exclude={"title", "source", "file"}))

    @property
    def aim(self) -> Goal:
        """What is wanted, as the acquisitions know it."""
        return Goal(self.goal)

    def rows(self, folder: Path) -> tuple[Floats, Floats, str]:
        """Return features, labels and the unit of the target, of the rows that have all of them.

        Raises
        ------
        InputError
            If the table is not the one that the task was made with, or too small.
        """
        path = folder / self.file
        if sha256(path) != self.sha256:
            raise InputError("this is not the table that the task was made with: its SHA-256 differs.", file=path)
        data = Dataset.read(path)
        unit = data.quantity(self.target).unit or ""
        table = Table(data.drop([self.target]), self.features)
        x = np.column_stack([data.numpy(name) for name in table.features])
        y = data.numpy(self.target)
        whole = np.isfinite(x).all(axis=1) & np.isfinite(y)
        if np.count_nonzero(whole) < self.n_known + self.n_uniform + 1:
            raise InputError(
                f"{np.count_nonzero(whole)} whole rows are too few for {self.n_known} known ones and a sample of "
                f"{self.n_uniform}.",
                file=path,
            )
        return x[whole], y[whole], unit

    def starts(self, y: Floats) -> NDArray[np.intp]:
        """Return the rows (sets, n_known) that are labelled at the beginning."""
        order = np.argsort(self.aim.worth(y), kind="stable")[: max(round(self.share * len(y)), self.n_known)]
        draws = [np.random.default_rng(tasks.seed(self.seed, 0, number)) for number in range(self.sets)]
        return np.array([order[rng.permutation(len(order))[: self.n_known]] for rng in draws])

    def uniform(self, known: NDArray[np.intp], n_rows: int, number: int) -> NDArray[np.intp]:
        """Return rows (n_uniform,) drawn uniformly from those that are not labelled in a set."""
        rest = np.setdiff1d(np.arange(n_rows), known)
        return np.random.default_rng(tasks.seed(self.seed, 1, number)).choice(rest, self.n_uniform, replace=False)
