"""A generated table that follows the handbook of oxidation catalysts, for demonstrations and tests: nothing measured.

Conversions are those of a plug-flow reactor and a reaction of first order, X = 1 - exp(-k tau), with k after Arrhenius
and an activation energy of 90 kJ/mol; one constant a catalyst makes up its activity.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from .._dataset import Dataset
from ._handbook import Handbook

__all__ = ["demonstration"]

START = datetime(2024, 3, 4, 8, tzinfo=UTC)
CATALYSTS = ("V-1", "V-2", "V-3", "Mn-1", "Mn-2", "Mo-1")
IN_A_SESSION = 2
BARRIER, GAS_CONSTANT, T_BENCHMARK = 90.0, 8.314462618e-3, 673.15  # kJ/mol, kJ/(mol K), K
BENCHMARK = 0.357  # rate constant of the benchmark at 400 degC in cm3/(g s): a conversion of 30 %
FEED = {"alkane": 3.0, "oxygen": 6.0, "steam": 20.0}
Row = dict[str, Any]


def demonstration(*, faults: bool, seed: int) -> Dataset:
    """Return the table; see :func:`matgenes.data.samples.oxidation_tests`."""
    handbook = Handbook.named("oxidation_catalysts")
    rows = list(_rows(np.random.default_rng(seed)))
    if faults:
        _plant(rows)
    sheet = handbook.sheet()
    arrays = [pa.array([row.get(field.name) for row in rows], field.type) for field in sheet.table.schema]
    table = pa.Table.from_arrays(arrays, names=list(sheet.names()))
    return Dataset(table, sheet.quantities.values())


def _rows(rng: np.random.Generator) -> Iterator[Row]:
    sizes = dict(zip(CATALYSTS, rng.uniform(8.0, 60.0, len(CATALYSTS)), strict=True))
    activity = dict(zip(CATALYSTS, rng.uniform(0.15, 0.6, len(CATALYSTS)), strict=True))
    for day, name in enumerate(CATALYSTS):
        temperature = float(rng.choice([450.0, 500.0, 550.0]))
        values = {"method": "precipitation", "calcination_temperature": temperature, "calcination_time": 4.0}
        yield _row(
            "synthesis", name, f"furnace {day + 1}", day, "furnace 2", **values, mass=round(rng.uniform(20, 40), 1)
        )
    yield from _sorption(rng, "characterisation_fresh", 10, sizes, 1.0)
    for day, name in enumerate(CATALYSTS):
        yield _row("activation", name, f"activation {day + 1}", 20 + day, "reactor 1", temperature=450.0, duration=48.0)
    yield from _sorption(rng, "characterisation_activated", 30, sizes, 0.85)
    for number in range(len(CATALYSTS) // IN_A_SESSION):
        tested = CATALYSTS[number * IN_A_SESSION : (number + 1) * IN_A_SESSION]
        yield from _kinetics(rng, number, {name: activity[name] for name in tested})
    yield from _sorption(rng, "characterisation_spent", 60, sizes, 0.8)


def _sorption(rng: np.random.Generator, step: str, day: int, sizes: dict[str, float], kept: float) -> Iterator[Row]:
    session, instrument = f"sorption {step.partition('_')[2]}", "sorption 1"
    area = round(101.0 + 0.7 * rng.normal(), 1)
    yield _row(step, "reference alumina", session, day, instrument, surface_area=min(max(area, 98.5), 103.5))
    for name, size in sizes.items():
        area = round(kept * size * (1 + 0.01 * rng.normal()), 1)
        yield _row(step, name, session, day, instrument, surface_area=area)


def _kinetics(rng: np.random.Generator, number: int, activity: dict[str, float]) -> Iterator[Row]:
    """One session of the reactor: the benchmark, then series of temperature, contact time and feed for each sample."""
    day = 40 + 5 * number
    yield _test(rng, number, day, "benchmark", "repeated point", BENCHMARK)
    for name, constant in activity.items():
        for celsius in (350.0, 375.0, 400.0, 425.0):
            yield _test(rng, number, day, name, "temperature", constant, celsius=celsius)
        for time in (0.5, 2.0):
            yield _test(rng, number, day, name, "contact time", constant, time=time)
        yield _test(rng, number, day, name, "feed", constant, oxygen=9.0)
        day += 1


def _test(
    rng: np.random.Generator,
    number: int,
    day: int,
    name: str,
    series: str,
    constant: float,
    *,
    celsius: float = 400.0,
    time: float = 1.0,
    oxygen: float = FEED["oxygen"],
) -> Row:
    rate = constant * np.exp(-BARRIER / GAS_CONSTANT * (1 / (celsius + 273.15) - 1 / T_BENCHMARK))
    conversion = 100 * (1 - np.exp(-rate * time)) * (1 + 0.01 * rng.normal())
    measured = {"conversion": round(min(conversion, 99.0), 2), "selectivity": round(75 - 0.6 * conversion, 2)}
    conditions = {**FEED, "oxygen": oxygen, "series": series, "temperature": celsius, "contact_time": time}
    balance = round(100 + 0.5 * rng.normal(), 1)
    return _row(
        "kinetics", name, f"reactor {number + 1}", day, "reactor 1", **conditions, **measured, carbon_balance=balance
    )


def _row(step: str, sample: str, session: str, day: int, instrument: str, **values: Any) -> Row:
    known = {"reference alumina": "A-2023", "benchmark": "VPP-7"}
    return {
        "sample": sample,
        "step": step,
        "session": session,
        "time": START + timedelta(days=day),
        "batch": known.get(sample, f"{sample}/1"),
        "instrument": instrument,
        "operator_role": "technician",
        **values,
    }


def _plant(rows: list[Row]) -> None:
    """Put in what goes wrong in laboratories: a shifted session, slips of the pen, a forgotten note, a wrong order."""
    tests = [row for row in rows if row["step"] == "kinetics"]
    for row in tests:
        if row["session"] == "reactor 2":  # the thermocouple reads 15 degC too much: everything converts less
            row["conversion"] = round(0.75 * row["conversion"], 2)
    rows[1]["calcination_temperature"] = 4500.0
    rows[2]["instrument"] = None
    rows[3]["operator_role"] = "techncian"
    tests[3]["carbon_balance"] = 88.0
    tests[4]["conversion"] = None
    tests[-1].update(outcome="failed", conversion=None, selectivity=None)
    early = next(row for row in rows if row["step"] == "activation" and row["sample"] == "Mo-1")
    early["time"] = START + timedelta(days=8)
