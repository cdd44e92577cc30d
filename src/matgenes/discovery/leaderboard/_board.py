"""The board of a task: entries of methods and of worlds in a journal beside it, which anyone can play again."""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np
from scipy.stats import spearmanr

from ..._core import tasks
from ..._core.errors import InputError, did_you_mean
from ..._core.progress import Progress, silent
from ...data import Dataset, Quantity
from ...records import Code
from ..acquisition._view import Floats
from ..campaign._journal import Journal
from ..goal import Goal
from ..rewards import estimate_rewards
from ..simulation import Method
from ..simulation._loop import best_so_far, search
from ..simulation._result import interval
from ._task import RewardTask

__all__ = ["Leaderboard", "Replay"]

World = Literal["naive", "adjusted", "posterior", "averaged"]


@dataclass(frozen=True)
class Replay:
    """An entry that was played again: whether the same rows were found, and in which set first not."""

    method: str
    first_different: int | None

    @property
    def is_identical(self) -> bool:
        """Whether all sets came out the same."""
        return self.first_different is None


class Leaderboard:
    """The entries of a task.

    Parameters
    ----------
    path : path
        The task file; entries stand beside it, in ``<name>.entries.jsonl``.

    Raises
    ------
    InputError
        If the file is no task, its table is another one, or entries are of another task.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.task = RewardTask.read(self.path)
        self.x, self.y, self.unit = self.task.rows(self.path.parent)
        self._starts = self.task.starts(self.y)
        self._journal = Journal(self.path.with_name(f"{self.path.stem}.entries.jsonl"))
        if any(line.get("task") != self.task.id for line in self._journal.read()):
            raise InputError("the entries are of another task; give this one another name.", file=self._journal.path)

    @property
    def methods(self) -> dict[str, Floats]:
        """True rewards (sets,) of the methods that were entered, in the order of entry."""
        lines = self._journal.read()
        return {line["method"]: np.array(line["rewards"]) for line in lines if line["event"] == "method"}

    def enter(
        self, method: str | Method, by: str = "", *, executor: Executor | None = None, progress: Progress = silent
    ) -> Floats:
        """Play a method on the task and enter it; return its rewards (sets,).

        Parameters
        ----------
        method : str or Method
            Such as "gp-ei".
        by : str
            Who enters it.
        executor, progress
            As for :func:`matgenes._core.tasks.run`; a task is one search.

        Raises
        ------
        InputError
            If it is unknown or was entered before.
        """
        made = Method.parse(method)
        if made.name in self.methods:
            raise InputError(f"'{made.name}' was entered before; play it again to compare: replay.")
        rows, rewards = self._played(made, executor, progress)
        self._write("method", method=made.name, refit=made.refit, by=by, rows=rows, rewards=rewards.tolist())
        return rewards

    def replay(self, method: str, *, executor: Executor | None = None, progress: Progress = silent) -> Replay:
        """Play an entered method again, and compare the rows that it labels.

        Raises
        ------
        InputError
            If it was not entered.
        """
        entry = self._entry("method", method)
        rows, _ = self._played(Method(*_words(method), refit=entry["refit"]), executor, progress)
        different = [number for number, each in enumerate(rows, 1) if each != entry["rows"][number - 1]]
        return Replay(method, different[0] if different else None)

    def judge(
        self,
        world: World,
        by: str = "",
        *,
        repetitions: int = 8,
        executor: Executor | None = None,
        progress: Progress = silent,
    ) -> tuple[float, float]:
        """Let a world foresee the ranking of the entered methods from each initial set, and enter how well it did.

        Returns
        -------
        (float, float)
            Mean over the sets of Spearman's correlation with the true rewards, and of the regret of the method that it
            puts first, in the distance between the best and the worst method.

        Raises
        ------
        InputError
            If fewer than three methods were entered, or there is no such world.
        """
        true = self.methods
        if len(true) < 3:
            raise InputError(f"{len(true)} methods were entered; a ranking takes 3 or more.")
        truth = self.task.aim.worth(np.array([rewards.mean() for rewards in true.values()]))
        found = []
        for number, known in enumerate(self._starts):
            rest = np.setdiff1d(np.arange(len(self.y)), known)
            estimate = estimate_rewards(
                (self.x[known], self.y[known]), len(self.y), list(true), goal=self.task.aim, world=world,
                uniform_sample=self.y[self.task.uniform(known, len(self.y), number)].tolist(),
                candidates=self.x[rest], repetitions=repetitions, rounds=self.task.rounds,
                random_state=self.task.seed + number, executor=executor, progress=progress,
            )  # fmt: skip
            found.append(agreement(self.task.aim.worth(estimate.rewards.mean(axis=1)), truth))
        ranks, regrets = np.array(found).T
        self._write(
            "world", world=world, methods=list(true), repetitions=repetitions, by=by, spearman=ranks.tolist(),
            regret=regrets.tolist(),
        )  # fmt: skip
        return float(ranks.mean()), float(regrets.mean())

    def rewards(self) -> Dataset:
        """Return one row a method, the best first: true reward with its interval, how far behind the first it is.

        Raises
        ------
        InputError
            If nothing was entered yet.
        """
        entered = self.methods
        if not entered:
            raise InputError("no method was entered yet: matgenes rewards enter TASK gp-ei.", file=self.path)
        order = sorted(entered, key=lambda name: -float(self.task.aim.worth([entered[name].mean()])[0]))
        means = [interval(entered[name]) for name in order]
        behind = [interval(_worth(self.task.aim, entered[order[0]], entered[name])) for name in order]
        return Dataset.from_columns(
            {
                Quantity("method"): order,
                Quantity("reward", unit=self.unit): [each[0] for each in means],
                Quantity("reward low", unit=self.unit): [each[1] for each in means],
                Quantity("reward high", unit=self.unit): [each[2] for each in means],
                Quantity("behind", unit=self.unit): [each[0] for each in behind],
                Quantity("behind low", unit=self.unit): [each[1] for each in behind],
                Quantity("behind high", unit=self.unit): [each[2] for each in behind],
                Quantity("by"): [self._entry("method", name)["by"] for name in order],
            }
        )

    def worlds(self) -> Dataset:
        """Return one row a judgement of a world: Spearman's correlation and regret with their 90 % intervals."""
        lines = [line for line in self._journal.read() if line["event"] == "world"]
        ranks, regrets = ([interval(np.array(line[name])) for line in lines] for name in ("spearman", "regret"))
        return Dataset.from_columns(
            {
                Quantity("world"): [line["world"] for line in lines],
                Quantity("methods", unit=""): np.array([len(line["methods"]) for line in lines], dtype=np.int64),
                **{
                    Quantity(f"{name}{end}", unit=""): np.array([each[place] for each in values], dtype=np.float64)
                    for name, values in (("spearman", ranks), ("regret", regrets))
                    for place, end in enumerate(("", " low", " high"))
                },
                Quantity("by"): [line["by"] for line in lines],
            }
        )

    def _played(self, method: Method, executor: Executor | None, progress: Progress) -> tuple[list[list[int]], Floats]:
        found = tasks.run(
            one_set,
            list(range(self.task.sets)),
            shared={
                "x": self.x, "y": self.y, "starts": self._starts, "aim": self.task.aim.aim, "rounds": self.task.rounds,
                "seed": self.task.seed, "method": [method.model, method.acquisition, method.refit],
            },
            executor=executor, progress=progress, stage=method.name,
        )  # fmt: skip
        return [each["rows"] for each in found], np.array([each["reward"] for each in found])

    def _entry(self, event: str, name: str) -> dict[str, Any]:
        lines = {line[event]: line for line in self._journal.read() if line["event"] == event}
        if name not in lines:
            raise InputError(f"'{name}' was not entered.{did_you_mean(name, lines)}")
        return lines[name]

    def _write(self, event: str, **content: Any) -> None:
        time = datetime.now(UTC).isoformat(timespec="seconds")
        with self._journal.open() as lines:
            if event == "method" and any(line.get("method") == content["method"] for line in lines.lines):
                raise InputError(f"'{content['method']}' was entered by somebody else meanwhile.")
            lines.add({"event": event, "task": self.task.id, "time": time, "code": Code.here().model_dump(), **content})


def one_set(
    number: int, *, x: Floats, y: Floats, starts: Any, aim: str | float, rounds: int, seed: int, method: list[Any]
) -> dict[str, Any]:
    """Play a method once, from one initial set."""
    goal, made, start = Goal(aim), Method(*method), [int(row) for row in starts[number]]
    rng = np.random.default_rng(tasks.seed(seed, made.stage, number))
    rows = search(x, y, start, made, goal, rounds=rounds, rng=rng)
    best = best_so_far(y, start, rows, goal, rounds=rounds, batch=1)
    return {"rows": rows, "reward": float(best[1:].mean())}


def agreement(said: Iterable[float], truth: Iterable[float]) -> tuple[float, float]:
    """Return Spearman's correlation of estimated and true worths (n,), and the regret of the one estimated best.

    Examples
    --------
    >>> agreement([3.0, 2.0, 1.0], [1.0, 3.0, 2.0])
    (-0.5, 1.0)
    """
    said, truth = np.asarray(said), np.asarray(truth)
    span = truth.max() - truth.min()
    rank = float(spearmanr(said, truth).statistic) if np.ptp(said) > 0 and span > 0 else 0.0
    return round(rank, 12), float((truth.max() - truth[np.argmax(said)]) / span) if span > 0 else 0.0


def _worth(goal: Goal, first: Floats, other: Floats) -> Floats:
    return np.asarray(goal.worth(first) - goal.worth(other))


def _words(name: str) -> tuple[str, str]:
    made = Method.parse(name)
    return made.model, made.acquisition
