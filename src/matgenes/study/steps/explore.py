"""Step ``explore``: how the target is distributed, what it goes with, and how the materials lie on a map.

Correlations are Spearman's rank correlations rho; their 95 % interval is tanh(artanh rho +- 1.96 s) with
s = 1.03 / sqrt(n - 3) (Fieller, Hartley and Pearson, Biometrika 44 (1957) 470). The map shows the first two principal
components of the standardised features.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from ...data import Context, Dataset, Figure, Hover, Output, Quantity, StepResult, Tolerance
from ...report import figures

__all__ = ["Explore"]


MOST_PANELS = 9


class Parameters(BaseModel):
    """``top`` is the number of features shown in the picture of the correlations."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    top: int = Field(default=15, ge=1, le=60)


@dataclass(frozen=True)
class _Map:
    """Coordinates (n, 2) of the materials, and the share of the variance along each axis."""

    coordinates: NDArray[np.float64]
    share: NDArray[np.float64]


class Explore:
    """Look at the data before modelling them."""

    name = "explore"
    after: tuple[str, ...] = ()
    Parameters = Parameters

    def run(self, dataset: Dataset, context: Context) -> StepResult:
        """Describe the accepted rows: distribution of the target, correlations with it, a map in two dimensions."""
        x, y, _ = dataset.xy(context.target, context.features)
        correlations = rank_correlations(x, y)
        pictures = [
            _distribution(dataset, y, context),
            _correlations(correlations, context),
            _features(dataset, x, correlations),
        ]
        if x.shape[1] > 1:
            pictures.append(_map(dataset, x, y, context))
        return StepResult(
            title="A first look",
            text=_text(dataset, y, context),
            findings=(_finding(correlations, context),),
            tables={"correlations": correlations},
            captions={"correlations": "Rank correlation of each feature with the target, with its 95 % interval."},
            figures=tuple(pictures),
            outputs={"correlations": Output(correlations, Tolerance.close(absolute=1e-9))},
            methods=(
                "Features were compared with the target by Spearman's rank correlation with 95 % intervals; a map was "
                "made from the first two principal components of the standardised features [@scikit-learn]."
            ),
        )


def rank_correlations(x: pd.DataFrame, y: pd.Series) -> Dataset:
    """Return Spearman's rank correlation of each feature with the target, strongest first.

    Parameters
    ----------
    x : (n_rows, n_features) DataFrame
        Features, none constant.
    y : (n_rows,) Series
        The target.

    Returns
    -------
    Dataset
        Columns ``feature, correlation, low, high``: rho and its 95 % interval, dimensionless.

    Examples
    --------
    >>> x = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0, 5.0]})
    >>> rank_correlations(x, pd.Series([1.0, 4.0, 9.0, 16.0, 20.0])).numpy("correlation").round(6).tolist()
    [1.0]
    """
    rho = x.rank().corrwith(y.rank()).to_numpy()
    half = 1.96 * 1.03 / np.sqrt(max(len(y) - 3, 1))
    centre = np.arctanh(np.clip(rho, -1 + 1e-12, 1 - 1e-12))
    order = np.lexsort((np.arange(len(rho)), -np.abs(np.round(rho, 12))))
    return Dataset.from_columns(
        {
            Quantity("feature"): x.columns.to_numpy()[order],
            Quantity("correlation", unit=""): rho[order],
            Quantity("low", unit=""): np.tanh(centre - half)[order],
            Quantity("high", unit=""): np.tanh(centre + half)[order],
        }
    )


def principal_map(x: pd.DataFrame) -> _Map:
    """Return the first two principal components of the standardised features, and their shares of the variance."""
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import StandardScaler

    analysis = PCA(n_components=2, svd_solver="full")
    coordinates = analysis.fit_transform(StandardScaler().fit_transform(x))
    return _Map(coordinates, analysis.explained_variance_ratio_)


def _distribution(dataset: Dataset, y: pd.Series, context: Context) -> Figure:
    target = dataset.quantity(context.target)
    return Figure(
        name="target",
        caption=f"Distribution of {target.name} over the {len(y)} accepted rows.",
        data=Dataset.from_columns({target: y.to_numpy()}),
        draw=figures.drawing(figures.histogram, y, name=target.name, unit=target.unit or ""),
    )


def _correlations(correlations: Dataset, context: Context) -> Figure:
    top = correlations.take(range(min(context.parameters.top, len(correlations))))
    names = list(top.numpy("feature"))
    return Figure(
        name="correlations",
        caption=(
            f"The {len(top)} features whose rank goes best with that of {context.target}, with 95 % intervals. "
            "Correlation is no cause, and features that go together share it."
        ),
        data=top,
        draw=figures.drawing(
            figures.correlations,
            names,
            top.numpy("correlation"),
            top.numpy("low"),
            top.numpy("high"),
            name="rank correlation",
            top=len(top),
        ),
    )


def _features(dataset: Dataset, x: pd.DataFrame, correlations: Dataset) -> Figure:
    names = list(correlations.numpy("feature")[:MOST_PANELS])
    quantities = [dataset.quantity(name) for name in names]
    units = {quantity.name: quantity.unit or "" for quantity in quantities}
    return Figure(
        name="features",
        caption=f"Distributions of the {len(names)} features that go best with the target, over the accepted rows.",
        data=Dataset.from_columns({quantity: x[quantity.name].to_numpy() for quantity in quantities}),
        draw=figures.drawing(figures.histograms, {name: x[name] for name in names}, units=units),
    )


def _map(dataset: Dataset, x: pd.DataFrame, y: pd.Series, context: Context) -> Figure:
    target = dataset.quantity(context.target)
    flat = principal_map(x)
    names = [f"component {i + 1} ({share:.0%} of the variance)" for i, share in enumerate(flat.share)]
    labels = [name for name in dataset.names() if dataset.quantity(name).role in {"id", "group"}]
    rows = dataset.take(x.index.to_numpy())
    first, second = (Quantity(name, unit="") for name in names)
    data = Dataset.from_columns(
        {first: flat.coordinates[:, 0], second: flat.coordinates[:, 1], target: y.to_numpy()}
        | {Quantity(name): [str(value) for value in rows.numpy(name)] for name in labels}
    )
    return Figure(
        name="map",
        caption=(
            f"The accepted rows on the first two principal components of the {x.shape[1]} features; colour is "
            f"{target.label}. Rows that lie close have similar features."
        ),
        data=data,
        draw=figures.drawing(
            figures.map2d,
            flat.coordinates[:, 0],
            flat.coordinates[:, 1],
            y,
            x_name=names[0],
            y_name=names[1],
            name=target.name,
            unit=target.unit or "",
        ),
        hover=Hover(names[0], names[1], color=target.name, text=tuple(labels), title="The materials on a map"),
    )


def _finding(correlations: Dataset, context: Context) -> str:
    name, rho = correlations.numpy("feature")[0], correlations.numpy("correlation")[0]
    low, high = correlations.numpy("low")[0], correlations.numpy("high")[0]
    return (
        f"Of single features, {name} goes best with {context.target}: rank correlation {rho:+.2f} "
        f"(95 % interval {low:+.2f} to {high:+.2f})."
    )


def _text(dataset: Dataset, y: pd.Series, context: Context) -> str:
    target = dataset.quantity(context.target)
    unit = f" {target.label.removeprefix(target.name).strip(' ()')}" if target.unit else ""
    return (
        f"**{target.name}** has the mean {y.mean():.3g}{unit} and the standard deviation {y.std(ddof=0):.3g}{unit}; it "
        f"lies between {y.min():.3g} and {y.max():.3g}{unit}. A model is worth something only where its errors are "
        "well below that standard deviation."
    )
