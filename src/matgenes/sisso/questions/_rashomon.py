"""The Rashomon set: all descriptors that fit as well as the best one within the noise, and what they have in common.

The confidence region of a least-squares fit with p parameters to n rows holds all parameters with

    SSE <= SSE_min (1 + p / (n - p) F_level(p, n - p))

(Draper and Smith, Applied Regression Analysis, section 1.4 and 24.2; F is the quantile of Fisher's distribution). Here
p = d + 1, and a descriptor belongs to the set if its own best fit satisfies this. That is a convention: the region is
one of the best descriptor's coefficients, not of forms, and no statement about the probability of the others (the name
is Breiman's, Statist. Sci. 16 (2001) 199). With T tasks p = T (d + 1), and the loss that ranks the models (see
``task_weight``) stands in place of SSE: exact for "samples", the same ratio for the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scipy.special import fdtri

from ..._core.errors import InputError
from ...data._dataset import Dataset
from ...data._quantity import Quantity
from ..fits._problem import Integers
from ..formulas._columns import columns_of
from ..formulas._model import Model
from ..formulas._subspace import Subspace
from ..search._l0 import search
from ._alike import Cluster, clusters_of

if TYPE_CHECKING:
    from ..._core.tasks import How
    from ..regressor import SISSORegressor

__all__ = ["Rashomon", "rashomon"]

NEARLY_ALL = 0.9
SHOWN = 5  # features, columns and clusters in the text
GROWTH = 10  # from one search to the next
UNIT = 1e-12  # of a loss, which is rounded to 12 digits


@dataclass(frozen=True, eq=False)
class Rashomon:
    """All models of one dimension that fit as well as the best one within the noise.

    Parameters
    ----------
    models : tuple of Model
        Best first.
    threshold : float
        The largest loss (1 - R2) of the set.
    level : float
        Of the confidence region that makes the threshold.
    is_cut : bool
        Whether there are more models than were asked for.
    features : mapping of str to float
        Share of the models that use each feature, largest first.
    columns : mapping of str to float
        Share of the models that use each column, largest first; 0 for a column that no model needs.
    clusters : tuple of Cluster
        Features that are nearly equal on the rows of the fit, as one gene each.
    target, unit : str or None
        Name and unit of the target.
    """

    models: tuple[Model, ...]
    threshold: float
    level: float
    is_cut: bool
    features: Mapping[str, float]
    columns: Mapping[str, float]
    clusters: tuple[Cluster, ...]
    target: str | None = None
    unit: str | None = None

    @property
    def count(self) -> int:
        """How many models there are; at least this many, if the set is cut."""
        return len(self.models)

    @property
    def common(self) -> tuple[Cluster, ...]:
        """The genes that at least nine in ten models use, in one form or a nearly equal one."""
        return tuple(cluster for cluster in self.clusters if cluster.share >= NEARLY_ALL)

    def to_dataset(self, of: Literal["models", "features", "columns"] = "models") -> Dataset:
        """Return a table of the models, or of the shares of features or columns.

        Raises
        ------
        InputError
            If ``of`` is something else.
        """
        if of == "models":
            return Dataset.from_columns(
                {
                    Quantity("formula", role="id"): [" ; ".join(model.features) for model in self.models],
                    Quantity("RMSE", unit=self.unit): [model.rmse for model in self.models],
                    Quantity("R2", unit=""): [model.r2 for model in self.models],
                    Quantity("complexity", unit="", description="operators"): [m.complexity for m in self.models],
                }
            )
        if of not in ("features", "columns"):
            raise InputError(f"of is {of!r}; it can be 'models', 'features' or 'columns'.")
        shares = self.features if of == "features" else self.columns
        return Dataset.from_columns(
            {
                Quantity(of.removesuffix("s"), role="id"): list(shares),
                Quantity("share", unit="", description="of the models that use it"): list(shares.values()),
            }
        )

    def __str__(self) -> str:
        best, worst = self.models[0], max(self.models, key=lambda model: model.rmse)
        unit = f" {self.unit}" if self.unit else ""
        count = f"at least {self.count}" if self.is_cut else f"{self.count}"
        lines = [
            f"{count} formulas of {len(best.features)} features fit {self.target or 'the target'} as well as the best "
            f"one within the noise ({self.level:.0%} region): RMSE {best.rmse:.4g} to {worst.rmse:.4g}{unit}.",
            f"Common to nine in ten: {', '.join(map(str, self.common)) or 'no gene'}.",
            f"Features: {_shares(self.features)}.",
            f"Columns: {_shares(self.columns)}.",
        ]
        return "\n".join(lines)


def rashomon(model: SISSORegressor, dimension: int | None, level: float, at_most: int, how: How) -> Rashomon:
    """Return the set of one dimension of a fitted model, the highest by default; see ``SISSORegressor.rashomon``."""
    if not 0 < level < 1:
        raise InputError(f"the level lies between 0 and 1; given: {level}.")
    if at_most < 1:
        raise InputError(f"at_most is {at_most}; it must be at least 1.")
    dimension = len(model.models_) if dimension is None else dimension
    subspace = Subspace.of(model, dimension)
    tuples, threshold, is_cut = _within(subspace, dimension, level, at_most, how)
    models = subspace.models(tuples)
    made_of = [columns_of(subspace.space, one.ids) for one in models]
    features = _counted([one.features for one in models], ())
    return Rashomon(
        models=models,
        threshold=threshold,
        level=level,
        is_cut=is_cut,
        features=features,
        columns=_counted(made_of, model.names_),
        clusters=clusters_of(subspace, tuples),
        target=model.target_,
        unit=model.target_unit_,
    )


def ratio(n_rows: int, n_parameters: int, level: float) -> float:
    """Return how much larger than the least the sum of squares may be.

    Examples
    --------
    >>> round(ratio(82, 3, 0.95), 4)
    1.1033
    """
    freedom = n_rows - n_parameters
    return 1.0 + n_parameters / freedom * float(fdtri(n_parameters, freedom, level))


def _within(subspace: Subspace, dimension: int, level: float, at_most: int, how: How) -> tuple[Integers, float, bool]:
    """Search for more and more tuples until one is too bad, or there are more than wanted."""
    rows = subspace.rows
    factor = ratio(len(rows.y), len(rows.tasks) * (dimension + 1), level)
    wanted = min(GROWTH, at_most + 1)
    while True:
        found = search(subspace.problem, dimension, wanted, **how)
        threshold = float(found.loss[0]) * factor
        n_within = int((found.loss <= threshold + UNIT / 2).sum())
        if n_within < wanted or wanted > at_most:
            return found.tuples[: min(n_within, at_most)], threshold, n_within > at_most
        wanted = min(wanted * GROWTH, at_most + 1)


def _counted(used: list[tuple[str, ...]], others: tuple[str, ...]) -> dict[str, float]:
    """Return in which share of some lists each name stands, largest first, then by name."""
    counts = Counter(dict.fromkeys(others, 0))
    counts.update(name for names in used for name in set(names))
    return {name: count / len(used) for name, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))}


def _shares(shares: Mapping[str, float]) -> str:
    shown = [f"{name} {share:.0%}" for name, share in list(shares.items())[:SHOWN]]
    return ", ".join(shown) + (f" and {len(shares) - SHOWN} more" if len(shares) > SHOWN else "")
