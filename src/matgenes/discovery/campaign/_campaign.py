"""A campaign: ask what to measure next, tell what came out, in a folder that outlives every process.

All that is asked and told stands in the journal before anybody hears of it; whoever opens the folder goes on from
there. Several people, scripts and robots may ask and tell at the same time: they are served one after the other, and
nobody is sent to what another one is busy with.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from ..._core.errors import InputError, did_you_mean
from ..._core.files import atomic_folder
from ...data import Dataset, Quantity
from ...data._dataset import FIRST_ROW
from ...data._validated import validated
from ...records import Code
from ..spaces import Continuous, Formulas, Space, Table
from . import _files
from ._decide import decide
from ._journal import Journal, Line
from ._results import measurements_in
from ._settings import Settings
from ._state import Measurement, State, state_of
from ._status import Status, history_of, status_of
from ._suggestion import Suggestion
from ._told import told_of

__all__ = ["Campaign", "Replayed"]

MOST_LEVELS = 6


@dataclass(frozen=True)
class Replayed:
    """An ask that was made again: its number, what was suggested then and now."""

    number: int
    suggested: tuple[str, ...]
    now: tuple[str, ...]

    @property
    def is_identical(self) -> bool:
        """Whether the same was suggested."""
        return self.suggested == self.now


class Campaign:
    """An open campaign.

    Parameters
    ----------
    folder : path
        Where :meth:`create` made it.
    space : Space, optional
        One's own space, where the campaign is on one.

    Raises
    ------
    InputError
        If there is no campaign, or something in the folder was changed.

    Examples
    --------
    >>> import tempfile
    >>> from matgenes.data import Quantity
    >>> alloys = Dataset.from_columns({
    ...     Quantity("alloy", role="id"): list("ABCDEFGH"), Quantity("x", unit="", role="feature"): np.arange(8.0),
    ... })
    >>> campaign = Campaign.create(Path(tempfile.mkdtemp()) / "hard", alloys, "hardness", unit="GPa")
    >>> for each in campaign.ask(4):
    ...     is_new = campaign.tell(each.candidate, 9.0 - (ord(each.candidate) - ord("F")) ** 2)
    >>> print(campaign.status())
    hardness highest
    4 measured, 0 failed, 0 being measured, 4 left
    best known: F, hardness 9 GPa
    """

    def __init__(self, folder: str | os.PathLike[str], space: Space | None = None) -> None:
        self.folder = Path(folder)
        self.settings, self.space = _files.opened(self.folder, space)
        self._journal = Journal(self.folder / _files.JOURNAL)

    @classmethod
    def create(
        cls,
        folder: str | os.PathLike[str],
        candidates: Dataset | Space,
        objective: str | Sequence[Mapping[str, Any]],
        *,
        unit: str | None = None,
        goal: str | float = "maximise",
        features: Iterable[str] = (),
        known: Dataset | None = None,
        **settings: Any,
    ) -> Campaign:
        """Begin a campaign in a new folder.

        Parameters
        ----------
        folder : path
            To be made.
        candidates : Dataset or Space
            What may be measured: a table, or a space of ``discovery.spaces``. Rows of a table that have a value of the
            objective, or the outcome "failed", count as known.
        objective : str, or sequence of mappings
            The quantity that is looked for; or several, each with name, unit and goal.
        unit, goal
            Of a single objective; the unit is by default that of the table's column.
        features : iterable of str
            Columns that a model learns from; by default those of role feature, else all other numbers.
        known : Dataset, optional
            Further known rows, with names of candidates and values.
        **settings
            Fields of ``Settings``: title, limits, method, strategy, per_cost, fidelity, budget, unasked, seed.

        Raises
        ------
        InputError
            If the folder exists, there is no candidate, two have one name, or a setting cannot be.
        """
        wanted = (
            [{"name": objective, "goal": goal, **_unit(candidates, known, objective, unit)}]
            if isinstance(objective, str)
            else [dict(each) for each in objective]
        )
        made = validated(Settings, {"objectives": wanted, **settings})
        space: Space = candidates if not isinstance(candidates, Dataset) else Table(candidates, features, made.measured)
        found = _known(made, space, known)
        _check_costs(made, space)
        with atomic_folder(folder) as partial:
            _files.written(partial, made, space)
            journal = Journal(partial / _files.JOURNAL)
            with journal.open() as lines:
                if found:
                    lines.add(_line("tell", measurements=found))
        return cls(folder, None if isinstance(candidates, Dataset) else candidates)

    # --- asking and telling ---

    def ask(self, n: int = 1) -> list[Suggestion]:
        """Return what to measure next, the best first; from now on it counts as being measured.

        Parameters
        ----------
        n : int
            How many; fewer where no more are left or can be paid for.

        Raises
        ------
        InputError
            If no candidate is left, the budget is spent, or n is not positive.
        """
        if n < 1:
            raise InputError(f"{n} suggestions were asked for; ask for 1 or more.")
        with self._journal.open() as lines:
            found = decide(self.settings, self.space, state_of(lines.lines), n)
            suggestions = [each.to_dict() for each in found]
            lines.add(_line("ask", n=n, suggestions=suggestions, code=Code.here().model_dump()))
        return found

    def tell(
        self,
        candidate: str | Mapping[str, float],
        values: float | Mapping[str, float] | None = None,
        *,
        sigma: float | Mapping[str, float] | None = None,
        unit: str | None = None,
        outcome: str = "accepted",
        reason: str = "",
        note: str = "",
        measurement: str = "",
    ) -> bool:
        """Say what came out; when this returns, it is on the disk.

        Parameters
        ----------
        candidate : str, or mapping of str to float
            Its name; of free conditions the values will do.
        values : float, or mapping of str to float
            The measured value, or several by name, in the units of the campaign; none where it failed.
        sigma : float, or mapping of str to float, optional
            Their standard uncertainties.
        unit : str, optional
            In which a single value and its uncertainty are given, where it is another one.
        outcome : {"accepted", "negative", "failed"}
            What came of it.
        reason, note : str
            Why it failed; anything else.
        measurement : str
            A name that tells a further measurement of the same candidate from the first.

        Returns
        -------
        bool
            False if just this was told before: a script that was killed may tell again, and nothing counts twice.

        Raises
        ------
        InputError
            If there is no such candidate, a value is missing or no number, a unit does not fit, or something else was
            told of it before.
        """
        name = self._called(candidate)
        told = told_of(self.settings, name, values, sigma, unit, outcome)
        return self._tell([replace(told, reason=reason, note=note, measurement=measurement)]) == 1

    def tell_all(self, results: Dataset) -> int:
        """Say what stands in a table, all of it or, where one row cannot be, nothing; return how many rows were new.

        Columns are those of :func:`ask` written to a table: candidate, the measured quantities, "<quantity> sigma",
        outcome, reason, note. Rows without a result are left out.

        Raises
        ------
        InputError
            As :meth:`tell`, and if a column is missing.
        """
        found = measurements_in(results, self.settings, self.space)
        return self._tell([replace(each, candidate=self._called(each.candidate)) for _, each in found])

    def release(self, candidate: str) -> None:
        """Say that nobody measures a suggested candidate any more: it may be suggested again.

        Raises
        ------
        InputError
            If it is not being measured.
        """
        with self._journal.open() as lines:
            pending = state_of(lines.lines).pending
            if candidate not in pending:
                hint = did_you_mean(candidate, pending)
                raise InputError(f"'{candidate}' is not being measured.{hint}")
            lines.add(_line("release", candidate=candidate))

    def retract(self, candidate: str, reason: str, measurement: str = "") -> None:
        """Take back what was told of a candidate, and say why; it stays in the journal.

        Raises
        ------
        InputError
            If nothing was told of it, or no reason is given.
        """
        if not reason.strip():
            raise InputError(f"say why what was told of '{candidate}' is taken back.")
        with self._journal.open() as lines:
            if (candidate, measurement) not in {each.key for each in state_of(lines.lines).measurements}:
                raise InputError(f"nothing was told of '{candidate}'{f', {measurement}' if measurement else ''}.")
            lines.add(_line("retract", candidate=candidate, measurement=measurement, reason=reason))

    # --- looking at it ---

    @property
    def state(self) -> State:
        """What was measured, and what is being measured."""
        return state_of(self._journal.read())

    def status(self) -> Status:
        """Return where the campaign stands."""
        return status_of(self.settings, self.space, self.state)

    def pending(self) -> list[Suggestion]:
        """Return the suggestions of which nothing was told yet, as they were made."""
        lines = self._journal.read()
        waiting = state_of(lines).pending
        made = {each["candidate"]: each for line in lines if line["event"] == "ask" for each in line["suggestions"]}
        return [Suggestion.from_dict(made[name]) for name in waiting]

    def history(self) -> Dataset:
        """Return one row a measurement, in order, with the best value so far."""
        return history_of(self.settings, self.space, self.state)

    def verify(self) -> list[Replayed]:
        """Make every decision again from what was known at the time, and compare."""
        lines = self._journal.read()
        found: list[Replayed] = []
        for number, line in enumerate(lines):
            if line["event"] == "ask":
                again = decide(self.settings, self.space, state_of(lines[:number]), line["n"])
                then = tuple(each["candidate"] for each in line["suggestions"])
                found.append(Replayed(len(found) + 1, then, tuple(each.candidate for each in again)))
        return found

    # --- inside ---

    def _tell(self, measurements: list[Measurement]) -> int:
        with self._journal.open() as lines:
            state = state_of(lines.lines)
            before = {each.key: each for each in state.measurements}
            new = [
                replace(each, asked=each.candidate in state.pending, time=_now())
                for each in measurements
                if self._is_new(each, before)
            ]
            for each in new:
                self._check_asked(each)
            if new:
                lines.add(_line("tell", measurements=[each.to_dict() for each in new]))
        return len(new)

    def _is_new(self, told: Measurement, before: Mapping[tuple[str, str], Measurement]) -> bool:
        earlier = before.get(told.key)
        if earlier is None:
            return True
        if earlier.says() == told.says():
            return False
        raise InputError(
            f"something else was told of '{told.candidate}' before; give a further measurement a name "
            "(measurement='second'), or take back what was wrong: retract."
        )

    def _check_asked(self, told: Measurement) -> None:
        if self.settings.unasked == "refuse" and not told.asked:
            raise InputError(
                f"'{told.candidate}' was never suggested, or not any more, and this campaign takes only what it asked "
                "for (unasked='refuse')."
            )

    def _called(self, candidate: str | Mapping[str, float]) -> str:
        """Return the name of a candidate as the campaign writes it."""
        if isinstance(candidate, Mapping):
            if not isinstance(self.space, Continuous):
                raise InputError("candidates of this campaign have names; tell by name.")
            candidate = ";".join(f"{name}={value!r}" for name, value in candidate.items())
        features = self.space.describe(candidate)
        if isinstance(self.space, Continuous):
            return self.space.name_of(features)
        return self.space.called(candidate) if isinstance(self.space, Formulas) else candidate


def _line(event: str, **content: Any) -> Line:
    return {"event": event, "time": _now(), **content}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _check_costs(settings: Settings, space: Space) -> None:
    """Refuse what needs costs or levels that the candidates do not have."""
    table = space.data if isinstance(space, Table) else None
    if (settings.per_cost or settings.fidelity) and table is not None and not table.names("cost"):
        raise InputError(f"{'fidelity' if settings.fidelity else 'per_cost'} needs a column of role cost.")
    if settings.fidelity is None:
        return
    if not isinstance(space, Table):
        raise InputError("candidates of several fidelities stand in a table, one row a material and fidelity.")
    if settings.fidelity not in space.features:
        known = ", ".join(space.features)
        hint = did_you_mean(settings.fidelity, space.features)
        raise InputError(f"the fidelity must be one of the features ({known}); given: '{settings.fidelity}'.{hint}")
    number = len(np.unique(space.data.numpy(settings.fidelity)))
    if not 2 <= number <= MOST_LEVELS:
        raise InputError(
            f"a fidelity has 2 to {MOST_LEVELS} different numbers; here are {number}.", column=settings.fidelity
        )


def _unit(candidates: Dataset | Space, known: Dataset | None, objective: str, unit: str | None) -> dict[str, str]:
    """Return the unit of a single objective, by default that of a table that has its column."""
    if unit is not None:
        return {"unit": unit}
    for table in (candidates, known):
        if isinstance(table, Dataset) and objective in table.names():
            return {"unit": table.quantity(objective).unit or ""}
    return {}


def _known(settings: Settings, space: Space, known: Dataset | None) -> list[dict[str, Any]]:
    """Return what is known at the beginning, with the features of candidates that the space does not hold."""
    found: list[dict[str, Any]] = []
    if isinstance(space, Table) and set(settings.measured) & set(space.data.names()):
        data = space.data
        if space.id_column is None:
            data = data.with_column(Quantity("candidate", role="id"), space.ids)
        found += [each.to_dict() for _, each in measurements_in(data, settings, space)]
    if known is not None:
        for row, each in measurements_in(known, settings, space):
            found.append({**each.to_dict(), **_features(row, each.candidate, space, known)})
    keys = [(each["candidate"], each["measurement"]) for each in found]
    if len(set(keys)) < len(keys):
        twice = next(key for key, count in Counter(keys).items() if count > 1)
        raise InputError(f"the candidate '{twice[0]}' is known from both tables; leave it out of one of them.")
    return found


def _features(row: int, candidate: str, space: Space, known: Dataset) -> dict[str, Any]:
    """Return the features of a known candidate where the space cannot describe it."""
    try:
        space.describe(candidate)
    except InputError:
        missing = [name for name in space.features if name not in known.names()]
        if missing:
            raise InputError(
                f"'{candidate}' is not among the candidates, and the known rows have no column '{missing[0]}' that "
                "would describe it."
            ) from None
        values = [float(known.numpy(name)[row]) for name in space.features]
        if not np.isfinite(values).all():
            raise InputError(f"'{candidate}' has a feature without a value.", row=row + FIRST_ROW) from None
        return {"features": values}
    return {}
