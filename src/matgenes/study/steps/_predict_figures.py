"""The pictures and tables of step ``predict``, made from out-of-fold predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...data import Dataset, Figure, Hover, Quantity
from ...models import Prediction, metrics
from ...report import figures

__all__ = ["OutOfFold", "calibration", "comparison", "error_by_group", "errors", "importance", "learning", "parity"]

Floats = NDArray[np.float64]
MOST_FEATURES = 15
LEVELS = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95])


@dataclass(frozen=True)
class OutOfFold:
    """Predictions of rows that the model had not seen: one test, all rows once.

    ``title`` names the test in words, ``names`` the rows, ``groups`` their groups (or nothing).
    """

    title: str
    target: Quantity
    y: Floats
    prediction: Prediction
    names: Sequence[str]
    groups: Sequence[str] | None

    def table(self) -> Dataset:
        """Return one row a material: name, observed, predicted, standard deviation, error."""
        unit = self.target.unit or ""
        return Dataset.from_columns(
            {
                Quantity("material"): list(self.names),
                Quantity("observed", unit=unit): self.y,
                Quantity("predicted", unit=unit): self.prediction.mean,
                Quantity("sigma", unit=unit, role="sigma", sigma_of="predicted"): self.prediction.std,
                Quantity("error", unit=unit): self.prediction.mean - self.y,
            }
        )


def parity(test: OutOfFold, name: str) -> Figure:
    """Draw predicted against observed with error bars; hoverable."""
    return Figure(
        name=name,
        caption=f"Predicted against observed {test.target.name}, {test.title}; bars are one standard deviation.",
        data=test.table(),
        draw=figures.drawing(
            figures.parity,
            test.y,
            test.prediction.mean,
            test.prediction.std,
            name=test.target.name,
            unit=test.target.unit or "",
        ),
        hover=Hover(
            "observed", "predicted", error_y="sigma", text=("material",), diagonal=True, title=f"Parity, {test.title}"
        ),
    )


def errors(test: OutOfFold, name: str) -> Figure:
    """Draw the distribution of the errors beside the one that the stated uncertainties promise."""
    return Figure(
        name=name,
        caption=f"Errors, {test.title}: observed (bars) and as the stated standard deviations promise (line).",
        data=test.table().select(["material", "error", "sigma"]),
        draw=figures.drawing(
            figures.error_distribution, test.y, test.prediction.mean, test.prediction.std, unit=test.target.unit or ""
        ),
    )


def error_by_group(test: OutOfFold, name: str, column: str) -> Figure:
    """Draw the errors of each group when all of it was left out."""
    groups = list(test.groups or [])
    residuals = np.asarray(test.prediction.mean - test.y)
    return Figure(
        name=name,
        caption=f"Errors, {test.title}, by {column}: a row off zero is a {column} that the others do not tell of.",
        data=test.table().select(["material", "error"]).with_column(Quantity(column), groups),
        draw=figures.drawing(figures.residuals_by_group, residuals, groups, name=column, unit=test.target.unit or ""),
    )


def calibration(tests: Mapping[str, OutOfFold], name: str) -> Figure:
    """Draw how often the truth lies inside the stated intervals, for each test."""
    curves = {title: _coverages(test) for title, test in tests.items()}
    columns: dict[Quantity, Floats] = {Quantity("stated", unit=""): LEVELS}
    for title, (observed, error) in curves.items():
        columns[Quantity(title, unit="")] = observed
        columns[Quantity(f"{title} sigma", unit="", role="sigma", sigma_of=title)] = error
    return Figure(
        name=name,
        caption="Do the error bars hold? Share of the truths inside intervals of the stated probability.",
        data=Dataset.from_columns(columns),
        draw=figures.drawing(figures.calibration, LEVELS, curves),
    )


def comparison(scores: Mapping[str, Dataset], target: Quantity, name: str) -> Figure:
    """Draw the RMSE of every model in every test; ``scores`` by the tests' titles."""
    series = {title: (table.numpy("RMSE"), table.numpy("RMSE sigma")) for title, table in scores.items()}
    models = list(next(iter(scores.values())).numpy("model"))
    unit = target.unit or ""
    columns: dict[Quantity, Any] = {Quantity("model"): models}
    for title, (values, sigma) in series.items():
        columns[Quantity(title, unit=unit)] = values
        columns[Quantity(f"{title} sigma", unit=unit, role="sigma", sigma_of=title)] = sigma
    return Figure(
        name=name,
        caption=f"Error (RMSE) of each model in each test, with its standard error; the target is {target.label}.",
        data=Dataset.from_columns(columns),
        draw=figures.drawing(figures.bars, models, series, name="RMSE", unit=unit),
    )


def importance(table: Dataset, target: Quantity, name: str) -> Figure:
    """Draw how much the error grows when a feature is shuffled, for the features that matter most."""
    top = table.take(range(min(MOST_FEATURES, len(table))))
    series = {"": (top.numpy("importance"), top.numpy("sigma"))}
    return Figure(
        name=name,
        caption=(
            "What the model leans on: growth of its error (RMSE) on unseen rows when one feature is shuffled; the "
            f"first {len(top)}. Features that tell the same share what they are worth."
        ),
        data=top,
        draw=figures.drawing(
            figures.bars, list(top.numpy("feature")), series, name="growth of the RMSE", unit=target.unit or ""
        ),
    )


def learning(curve: Dataset, target: Quantity, name: str) -> Figure:
    """Draw the error against the number of training rows."""
    sizes, rmse, error = (curve.numpy(column) for column in ("rows", "RMSE", "sigma"))
    return Figure(
        name=name,
        caption="Error (RMSE) on unseen rows against the number of rows trained on: would more data help?",
        data=curve,
        draw=figures.drawing(
            figures.learning_curve, sizes, {"unseen rows": (rmse, error)}, name="RMSE", unit=target.unit or ""
        ),
    )


def _coverages(test: OutOfFold) -> tuple[Floats, Floats]:
    observed = np.array([metrics.coverage(test.y, test.prediction, level) for level in LEVELS])
    return observed, np.sqrt(observed * (1 - observed) / len(test.y))
