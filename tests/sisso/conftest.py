"""The slow, obvious twin of the feature space and its screening: one Python object a feature, all of them at once."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

OCTET = Path(__file__).parents[3] / "shared" / "data" / "sisso" / "octet82.csv"

COMPUTED = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "|-|": lambda a, b: np.abs(a - b),
    "exp": np.exp,
    "exp-": lambda a: np.exp(-a),
    "log": np.log,
    "^-1": lambda a: 1 / a,
    "^2": lambda a: a**2,
    "^3": lambda a: a**3,
    "^6": lambda a: a**6,
    "sqrt": np.sqrt,
    "cbrt": np.cbrt,
    "abs": np.abs,
    "sin": np.sin,
    "cos": np.cos,
}
WRITTEN = {
    "+": "({}+{})",
    "-": "({}-{})",
    "*": "({}*{})",
    "/": "({}/{})",
    "|-|": "|{}-{}|",
    "exp": "exp({})",
    "exp-": "exp(-{})",
    "log": "ln({})",
    "^-1": "({}^-1)",
    "^2": "({}^2)",
    "^3": "({}^3)",
    "^6": "({}^6)",
    "sqrt": "sqrt({})",
    "cbrt": "cbrt({})",
    "abs": "|{}|",
    "sin": "sin({})",
    "cos": "cos({})",
}
POWERS = {"^-1": -1, "^2": 2, "^3": 3, "^6": 6, "sqrt": Fraction(1, 2), "cbrt": Fraction(1, 3), "abs": 1}


@dataclass(frozen=True, eq=False)
class Feature:
    text: str
    values: np.ndarray
    complexity: int
    unit: tuple[Fraction, ...] | None  # exponents of eV and angstrom
    rung: int
    made: tuple[int, int, int] = (0, 0, 0)


class Twin:
    """``units``: for each column "eV", "angstrom" or "", or None."""

    def __init__(self, columns, units, operators, rung, max_complexity=None, bounds=(1e-3, 1e5)):
        self.operators = [name for name in COMPUTED if name in operators]
        self.max_complexity, self.bounds = max_complexity or 99, bounds
        self.stored = [
            Feature(name, values, 0, None if units is None else self.exponents(units[k]), 0)
            for k, (name, values) in enumerate(columns.items())
        ]
        for number in range(1, rung):
            self.stored += self.without_equals(self.made_in(number))
        self.features = self.stored + (self.made_in(rung) if rung else [])

    @staticmethod
    def exponents(unit):
        return (Fraction(unit == "eV"), Fraction(unit == "angstrom"))

    def made_in(self, rung):
        new = []
        numbers = range(len(self.stored))
        for code, name in enumerate(self.operators):
            if name in ("+", "-", "*", "|-|"):
                pairs = itertools.combinations(numbers, 2)
            elif name == "/":
                pairs = itertools.permutations(numbers, 2)
            else:
                pairs = [(i, i) for i in numbers]
            new += [self.feature(name, (code, i, j), rung) for i, j in pairs]
        return [feature for feature in new if feature is not None]

    def feature(self, name, made, rung):
        arguments = [self.stored[k] for k in (made[1:] if name in ("+", "-", "*", "/", "|-|") else made[1:2])]
        if all(argument.rung < rung - 1 for argument in arguments):
            return None
        complexity = 1 + sum(argument.complexity for argument in arguments)
        unit = self.unit(name, *[argument.unit for argument in arguments])
        if complexity > self.max_complexity or unit == "refused":
            return None
        with np.errstate(all="ignore"):
            values = COMPUTED[name](*[argument.values for argument in arguments])
        if not self.is_valid(values):
            return None
        text = WRITTEN[name].format(*[argument.text for argument in arguments])
        return Feature(text, values, complexity, unit, rung, made)

    @staticmethod
    def unit(name, a, b=None):
        if a is None:
            return None
        if name in ("+", "-", "|-|"):
            return a if a == b else "refused"
        if name in ("*", "/"):
            return tuple(x + y if name == "*" else x - y for x, y in zip(a, b, strict=True))
        if name in POWERS:
            return tuple(POWERS[name] * x for x in a)
        return "refused" if any(a) else a

    def is_valid(self, values):
        if not np.isfinite(values).all():
            return False
        largest = np.abs(values).max()
        return self.bounds[0] <= largest <= self.bounds[1] and np.ptp(values) > 1e-8 * largest

    def without_equals(self, new):
        kept = []
        for feature in sorted(new, key=lambda feature: (feature.complexity, feature.text)):
            if not any(
                np.abs(feature.values - other.values).max() <= 1e-10 * np.abs(other.values).max()
                for other in self.stored + kept
            ):
                kept.append(feature)
        return sorted(kept, key=lambda feature: feature.made)

    def sis(self, residuals, n_select, exclude=(), tasks=None, weights=None):
        """Texts and scores, best first."""
        n = len(self.features[0].values)
        tasks = np.zeros(n) if tasks is None else np.asarray(tasks)
        weights = np.ones(n) if weights is None else np.asarray(weights)
        scored = [(self.score(f.values, np.atleast_2d(residuals), tasks, weights), f) for f in self.features]
        scored.sort(key=lambda pair: (pair[1].complexity, pair[1].text))
        kept, taken = [], [f.values for f in self.features if f.text in exclude]
        for score, feature in scored:
            if not any(abs(np.corrcoef(feature.values, other)[0, 1]) > 1 - 1e-10 for other in taken):
                kept.append((score, feature))
                taken.append(feature.values)
        kept.sort(key=lambda pair: (-round(pair[0], 12), pair[1].complexity, pair[1].text))
        return [feature.text for _, feature in kept[:n_select]], [score for score, _ in kept[:n_select]]

    @staticmethod
    def score(values, residuals, tasks, weights):
        squares = np.zeros((len(residuals), len(np.unique(tasks))))
        for t, task in enumerate(np.unique(tasks)):
            here = tasks == task
            f, w = values[here], weights[here]
            f = f - np.average(f, weights=w)
            if w @ f**2 <= 1e-16 * (w @ values[here] ** 2):
                continue
            for r, residual in enumerate(residuals[:, here]):
                y = residual - np.average(residual, weights=w)
                squares[r, t] = (w @ (f * y)) ** 2 / ((w @ f**2) * (w @ y**2))
        return np.sqrt(squares.mean(axis=1).max())


@pytest.fixture(scope="session")
def twin():
    return Twin


@pytest.fixture(scope="session")
def octet():
    """Names, values (10, 82), units and target of the 82 octet binaries."""
    if not OCTET.exists():
        pytest.skip("needs shared/data/sisso/octet82.csv beside the repository")
    table = pd.read_csv(OCTET)
    names = list(table.columns[2:])
    units = ["eV" if name[0] in "IE" else "angstrom" for name in names]
    return names, table[names].to_numpy().T.copy(), units, table["dE_RS_ZB_eV"].to_numpy()
