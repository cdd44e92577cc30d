"""One table that says how far predictions and their error bars can be trusted, each number with its own error bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ...data import Dataset, Quantity
from ...models import Prediction
from ...models._bootstrap import bootstrap
from ...models._prediction import Floats
from ...models.metrics import METRICS, checked_pair, coverage
from ._calibration import ence, miscalibration_area, sharpness, zms
from ._rejection import RejectionCurve, rejection_curve, rejection_excess

__all__ = ["Assessment", "Score", "assess"]

Metric = Callable[[Floats, Prediction], float]
LEVELS = (0.5, 0.9, 0.95)
IN_UNIT = frozenset({"MAE", "RMSE", "CRPS", "mean sigma"})
RIGHT = {"E[Z^2]": 1.0, "ENCE": 0.0, "ZMS": 0.0, "miscalibration area": 0.0, "rejection excess": 0.0}


@dataclass(frozen=True)
class Score:
    """One metric: its value, standard error, 90 % bootstrap interval, unit, and the value of perfect error bars."""

    name: str
    value: float
    sigma: float
    low: float
    high: float
    unit: str = ""
    right: float = float("nan")


@dataclass(frozen=True, eq=False)
class Assessment:
    """What :func:`assess` found.

    Parameters
    ----------
    scores : tuple of Score
        Every metric.
    rejection : RejectionCurve
        Error of the kept share as the least sure predictions are rejected.
    n_rows, n_groups : int
        What was drawn: so many rows, in so many groups (as many as rows where none were given).
    unit : str
        Of the target.
    """

    scores: tuple[Score, ...]
    rejection: RejectionCurve
    n_rows: int
    n_groups: int
    unit: str = ""

    def __getitem__(self, name: str) -> Score:
        return {score.name: score for score in self.scores}[name]

    def to_table(self) -> Dataset:
        """Return one row a metric."""
        columns = ("value", "sigma", "low", "high", "right")
        said = {
            "sigma": "bootstrap standard error",
            "low": "5 % of the bootstrap samples lie below",
            "high": "5 % lie above",
            "right": "value of perfect error bars on very many rows",
        }
        return Dataset.from_columns(
            {
                Quantity("metric"): [score.name for score in self.scores],
                **{
                    Quantity(column, description=said.get(column, "")): [getattr(one, column) for one in self.scores]
                    for column in columns
                },
                Quantity("unit"): [score.unit for score in self.scores],
            }
        )

    def __str__(self) -> str:
        drawn = f"{self.n_rows} rows" + (f" in {self.n_groups} groups" if self.n_groups < self.n_rows else "")
        z2, inside, width = self["E[Z^2]"], self["coverage 90 %"], self["width 90 %"]
        return (
            f"{drawn}: {inside.value:.0%} ± {inside.sigma:.0%} of the observations lie in their 90 % intervals, which "
            f"are {width.value:.3g} {width.unit} wide on average; E[Z^2] = {z2.value:.2f} ± {z2.sigma:.2f} "
            f"({_verdict(z2)})."
        ).replace("  ", " ")


def assess(
    prediction: Prediction,
    y: ArrayLike,
    groups: Sequence[object] | None = None,
    *,
    unit: str = "",
    levels: Sequence[float] = LEVELS,
    bins: int = 10,
    n_bootstrap: int = 200,
    random_state: int = 0,
) -> Assessment:
    """Judge predictions of rows that the model has not seen.

    Parameters
    ----------
    prediction : Prediction
        Means and standard deviations.
    y : (n_rows,) array
        Observations, in the unit of the target.
    groups : (n_rows,) sequence, optional
        Rows of a group err together: the bootstrap draws groups as a whole.
    unit : str
        Of the target.
    levels : sequence of float
        Of the intervals whose coverage and mean width are given, between 0 and 1.
    bins : int
        Most bins of ENCE and ZMS.
    n_bootstrap, random_state : int
        Bootstrap samples and their seed.

    Raises
    ------
    InputError
        If the lengths differ, there is no row, an observation is missing, or a standard deviation is 0.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> print(assess(Prediction(np.zeros(500), np.ones(500), np.zeros(500)), rng.normal(size=500), unit="eV"))
    500 rows: 92% ± 1% of the observations lie in their 90 % intervals, which are 3.29 eV wide on average; E[Z^2] = \
1.03 ± 0.07 (the error bars are right on average).
    """
    y = checked_pair(y, prediction)
    metrics = _metrics(levels, bins)

    def all_of(rows: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Floats:
        part, values = prediction.take(rows), y[rows]
        return np.array([metric(values, part) for metric in metrics.values()])

    found = all_of(np.arange(len(y)))
    drawn = bootstrap(all_of, len(y), groups, n_bootstrap=n_bootstrap, random_state=random_state)
    n_groups = len(y) if groups is None else len({str(group) for group in groups})
    return Assessment(
        scores=tuple(
            _score(name, value, drawn[:, i], unit) for i, (name, value) in enumerate(zip(metrics, found, strict=True))
        ),
        rejection=rejection_curve(y, prediction),
        n_rows=len(y),
        n_groups=n_groups,
        unit=unit,
    )


def _metrics(levels: Sequence[float], bins: int) -> dict[str, Metric]:
    pointwise = {name: metric for name, metric in METRICS.items() if not name.startswith("coverage")}
    covered = {f"coverage {level * 100:g} %": _covered(level) for level in levels}
    widths = {f"width {level * 100:g} %": _width(level) for level in levels}
    return {
        **pointwise,
        "ENCE": lambda y, said: ence(y, said, bins),
        "ZMS": lambda y, said: zms(y, said, bins),
        "miscalibration area": miscalibration_area,
        **covered,
        "mean sigma": lambda _, said: sharpness(said),
        **widths,
        "rejection excess": rejection_excess,
    }


def _covered(level: float) -> Metric:
    return lambda y, said: coverage(y, said, level)


def _width(level: float) -> Metric:
    return lambda _, said: sharpness(said, level)


def _score(name: str, value: float, drawn: Floats, unit: str) -> Score:
    good = drawn[np.isfinite(drawn)]
    many = len(good) > 1
    low, high = np.quantile(good, [0.05, 0.95]) if many else (np.nan, np.nan)
    sigma = float(good.std(ddof=1)) if many else float("nan")
    own = unit if name in IN_UNIT or name.startswith("width") else ""
    right = float(name.split()[1]) / 100 if name.startswith("coverage") else RIGHT.get(name, float("nan"))
    return Score(name, float(value), sigma, float(low), float(high), own, right)


def _verdict(z2: Score) -> str:
    if z2.low > 1:
        return "the error bars are too small"
    return "the error bars are too large" if z2.high < 1 else "the error bars are right on average"
