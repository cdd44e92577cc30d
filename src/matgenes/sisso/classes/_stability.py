"""Which descriptors return when the whole search for classes is repeated on resampled rows, and how it does on others.

Rows are drawn within each class, as many as it has with replacement (Efron, Ann. Stat. 7 (1979) 1) or a share of them
without (Meinshausen and Bühlmann, J. R. Stat. Soc. B 72 (2010) 417), or whole groups. The out-of-bag accuracy is that
of the rows that a resample leaves out, averaged over the resamples and weighted by the rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.base import clone

from ..._core import tasks as work
from ..._core.errors import InputError
from ..formulas._columns import columns_of
from ._scores import Floats, Ids

if TYPE_CHECKING:
    from ...data._dataset import Dataset
    from ..classifier import SISSOClassifier

__all__ = ["ClassStability", "stability"]

STAGE = 2  # of the random numbers
SHOWN = 5


@dataclass(frozen=True, eq=False)
class ClassStability:
    """What came of searching resampled rows.

    Parameters
    ----------
    n_resamples : int
        That were searched.
    problems : tuple of str
        Why others could not be searched.
    features, columns : tuple of dict
        Of each dimension the share of the resamples whose best model has a feature, or a column; the largest first.
    out_of_bag : tuple of float
        Of each dimension the accuracy for rows that were not drawn (NaN if there were none).
    accuracy : tuple of float
        Of each dimension the accuracy in the fit.
    """

    n_resamples: int
    problems: tuple[str, ...]
    features: tuple[dict[str, float], ...]
    columns: tuple[dict[str, float], ...]
    out_of_bag: tuple[float, ...]
    accuracy: tuple[float, ...]

    def to_dataset(self, dimension: int | None = None) -> Dataset:
        """Return one row a feature with its share, the most frequent first; of the highest dimension by default."""
        from ...data._dataset import Dataset
        from ...data._quantity import Quantity

        shares = self.features[-1 if dimension is None else dimension - 1]
        about = "of the resamples whose best model has the feature"
        return Dataset.from_columns(
            {
                Quantity("feature", role="id"): list(shares),
                Quantity("share", unit="", role="note", description=about): list(shares.values()),
            }
        )

    def __str__(self) -> str:
        lines = [f"{self.n_resamples} resamples searched" + f", {len(self.problems)} not" * bool(self.problems)]
        for d, (features, columns) in enumerate(zip(self.features, self.columns, strict=True)):
            lines.append(f"{d + 1}D: accuracy {self.accuracy[d]:.1%} in the fit, {self.out_of_bag[d]:.1%} out of bag")
            for name, shares in (("features", features), ("columns", columns)):
                shown = ", ".join(f"{text} {share:.0%}" for text, share in list(shares.items())[:SHOWN])
                lines.append(f"    {name}: {shown}")
        return "\n".join(lines)


def stability(
    model: SISSOClassifier, n_resamples: int, fraction: float | None, groups: Any, how: Mapping[str, Any]
) -> ClassStability:
    """Search resampled rows; those that cannot be searched do not count.

    Raises
    ------
    InputError
        If parameters are out of range, or no resample can be searched.
    """
    if n_resamples < 1:
        raise InputError(f"n_resamples is {n_resamples}; give 1 or more, 100 for shares to a few per cent.")
    if fraction is not None and not 0 < fraction < 1:
        raise InputError(f"fraction is {fraction}; give a share of the rows between 0 and 1, or None for a bootstrap.")
    rows = model.rows_
    if groups is not None and len(groups) != len(rows.y):
        raise InputError(f"{len(groups)} groups were given for {len(rows.y)} fitted rows (those of weight above 0).")
    units = rows.y.astype(np.int64) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1]
    counts = [
        _drawn(np.random.default_rng(work.seed(model.random_state or 0, STAGE, k)), units, fraction, groups is not None)
        for k in range(n_resamples)
    ]
    shared = {
        "model": clone(model).set_params(n_models=1),
        "x": rows.x,
        "y": rows.y,
        "weights": rows.weights,
        "names": list(model.names_),
        "units": None if model.units_ is None else list(model.units_),
    }
    done = work.run(search_again, counts, shared=shared, stage="resampled rows", **how)
    problems = tuple(one["problem"] for one in done if "problem" in one)
    found = [one["models"] for one in done if "problem" not in one]
    if not found:
        raise InputError(f"none of the resamples could be searched: {problems[0]}")
    each = [[models[min(d, len(models) - 1)] for models in found] for d in range(len(model.models_))]
    return ClassStability(
        len(found),
        problems,
        tuple(_shares(one["features"] for one in some) for some in each),
        tuple(_shares(one["columns"] for one in some) for some in each),
        tuple(_mean([one["right"] for one in some], [one["judged"] for one in some]) for some in each),
        tuple(models[0].accuracy for models in model.models_),
    )


def search_again(
    counts: Ids, *, model: SISSOClassifier, x: Floats, y: Floats, weights: Floats, names: list[str], units: Any
) -> dict[str, Any]:
    """Search rows by how often they were drawn; returns plain data."""
    search, table = clone(model), pd.DataFrame(x, columns=names)
    try:
        search.fit(table, y.astype(np.int64), units=units, sample_weight=weights * counts)
    except InputError as error:
        return {"problem": str(error)}
    rest, found = counts == 0, []
    for best in (models[0] for models in search.models_):
        with np.errstate(all="ignore"):
            features = search.space_.evaluate(best.ids, np.ascontiguousarray(x[rest].T))
            guess = search.classes_[np.nan_to_num(best.probabilities(features)).argmax(axis=1)]
        is_right = (guess == y[rest]) & np.isfinite(features).all(axis=0)
        found.append(
            {
                "features": list(best.features),
                "columns": list(columns_of(search.space_, best.ids)),
                "right": float(weights[rest] @ is_right),
                "judged": float(weights[rest].sum()),
            }
        )
    return {"models": found}


def _drawn(rng: np.random.Generator, units: Ids, fraction: float | None, whole: bool) -> Ids:
    """Return how often each row is drawn: whole units, or rows within each unit."""
    if whole:
        n = int(units.max()) + 1
        return _counts(rng, n, fraction)[units]
    counts = np.zeros(len(units), np.int64)
    for unit in np.unique(units):
        here = np.flatnonzero(units == unit)
        counts[here] = _counts(rng, len(here), fraction)
    return counts


def _counts(rng: np.random.Generator, n: int, fraction: float | None) -> Ids:
    drawn = rng.integers(n, size=n) if fraction is None else rng.permutation(n)[: max(round(fraction * n), 1)]
    return np.bincount(drawn, minlength=n)


def _shares(each: Iterable[Sequence[str]]) -> dict[str, float]:
    """Return the share of lists that hold a text, the most frequent text first."""
    lists = list(each)
    counter = Counter(text for texts in lists for text in sorted(set(texts)))
    ordered = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    return {text: count / len(lists) for text, count in ordered}


def _mean(right: Sequence[float], judged: Sequence[float]) -> float:
    return sum(right) / sum(judged) if sum(judged) > 0 else float("nan")
