"""Where a campaign stands: what was measured, what failed, and what somebody is busy with; folded from its lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field

from ._journal import Line

__all__ = ["Measurement", "State", "state_of"]


@dataclass(frozen=True)
class Measurement:
    """What was told of a candidate.

    Parameters
    ----------
    candidate : str
        Its id.
    values, sigma : mapping of str to float
        Measured quantities and their standard uncertainties, in the units of the campaign.
    outcome : {"accepted", "negative", "failed"}
        What came of it; a failed one has no values.
    reason, note : str
        Why it failed; anything else.
    measurement : str
        Tells several measurements of one candidate apart.
    asked : bool
        Whether the campaign had suggested it.
    time : str
        When it was told; empty for what was known at the beginning.
    """

    candidate: str
    values: Mapping[str, float] = field(default_factory=dict)
    sigma: Mapping[str, float] = field(default_factory=dict)
    outcome: str = "accepted"
    reason: str = ""
    note: str = ""
    measurement: str = ""
    asked: bool = False
    time: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What no two measurements share."""
        return self.candidate, self.measurement

    def to_dict(self) -> dict[str, object]:
        """Return plain data."""
        return asdict(self)

    def says(self) -> tuple[object, ...]:
        """Return what must be equal where the same thing is told twice."""
        return dict(self.values), dict(self.sigma), self.outcome


@dataclass(frozen=True)
class State:
    """Of a campaign at a moment.

    Parameters
    ----------
    measurements : tuple of Measurement
        In the order in which they came; those that were taken back are gone.
    pending : mapping of str to int
        Suggested candidates of which nothing was told yet, and the number of the ask.
    described : mapping of str to tuple of float
        Features of candidates that no table holds.
    asks : int
        How often was asked.
    """

    measurements: tuple[Measurement, ...] = ()
    pending: Mapping[str, int] = field(default_factory=dict)
    described: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    asks: int = 0

    @property
    def told(self) -> frozenset[str]:
        """Candidates of which something is known."""
        return frozenset(each.candidate for each in self.measurements)


def state_of(lines: Iterable[Line]) -> State:
    """Return the state after the lines of a journal."""
    measurements: dict[tuple[str, str], Measurement] = {}
    pending: dict[str, int] = {}
    described: dict[str, tuple[float, ...]] = {}
    asks = 0
    for line in lines:
        kind = line["event"]
        if kind == "ask":
            asks += 1
            for each in line["suggestions"]:
                pending[each["candidate"]] = asks
        elif kind == "tell":
            for each in line["measurements"]:
                told = Measurement(**{name: value for name, value in each.items() if name != "features"})
                measurements[told.key] = told
                pending.pop(told.candidate, None)
        elif kind == "retract":
            measurements.pop((line["candidate"], line["measurement"]), None)
        elif kind == "release":
            pending.pop(line["candidate"], None)
        for each in (*line.get("suggestions", ()), *line.get("measurements", ())):
            if each.get("features"):
                described[each["candidate"]] = tuple(each["features"])
    return State(tuple(measurements.values()), pending, described, asks)
