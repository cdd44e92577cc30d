"""Rows whose value a model that had not seen them finds surprising: wrong data, or new physics?

With z = (y - m) / s / k, k = max(1, 1.4826 median |(y - m) / s|) for error bars that are too small, a row is an outlier
if its two-sided normal p survives Benjamini and Hochberg's bound (J. R. Stat. Soc. B 57 (1995) 289) on the rate of
false ones. Three questions then sort them:

group   is the row's whole group shifted (Wilcoxon's signed ranks, Holm's correction over groups)? a batch, or a host
        that the model does not describe;
rule    does a rule, found on one half of the rows where |z| is large, still hold on the other (Mann and Whitney, one-
        sided)? what the outliers have in common, so the model misses something there: new physics, or a feature lacks;
alone   neither: the value itself is to be checked first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr
from scipy.stats import mannwhitneyu, wilcoxon

from .._core.errors import InputError
from ..data import Dataset, Quantity
from ..models import Prediction
from ..models._bootstrap import codes_of
from ..models._inputs import checked_y
from ..models._prediction import Floats
from ..subgroups import MeanShift, Rule, SubgroupDiscovery
from ._folds import plain_table

__all__ = ["Outliers", "inspect_outliers"]

FEWEST_IN_GROUP, FEWEST_FOR_RULE = 6, 40
SURE = 0.05
CAPPED = 6.0
"""|z| above it counts as this in the search for a rule, which one wild value should not decide."""


@dataclass(frozen=True, eq=False)
class Outliers:
    """What was found.

    Parameters
    ----------
    rows : (n_outliers,) array of int
        Positions, the most surprising first.
    kinds : tuple of {"group", "rule", "alone"}
        One an outlier.
    z : (n_rows,) array
        Errors of all rows (observed minus predicted) in their widened error bars.
    widened : float
        Factor k of the error bars.
    groups : (n_rows,) tuple of str
        Each row's group; "all" without groups.
    shifted : dict of str to float
        Groups that are shifted as a whole, with their median z.
    rule : Rule or None
        Where z is far from zero, found on all rows, if there is one that held.
    p_rule : float
        Probability of as large errors inside the rule by chance, on the half of the rows that it was not found on; 1
        where none was found.
    """

    rows: NDArray[np.intp]
    kinds: tuple[str, ...]
    z: Floats
    widened: float
    groups: tuple[str, ...]
    shifted: Mapping[str, float]
    rule: Rule | None
    p_rule: float

    def to_dataset(self, names: Sequence[object] | None = None) -> Dataset:
        """Return one row an outlier, with names (n_rows,) of the rows or their positions."""
        called = [str(row) if names is None else str(names[row]) for row in self.rows]
        return Dataset.from_columns(
            {
                Quantity("row", role="id"): called,
                Quantity("error / sigma", unit="", description="observed minus predicted"): self.z[self.rows],
                Quantity("group", role="group"): [self.groups[row] for row in self.rows],
                Quantity("kind"): list(self.kinds),
                Quantity("what to do"): [
                    self._advice(row, kind) for row, kind in zip(self.rows, self.kinds, strict=True)
                ],
            }
        )

    def by_group(self) -> Dataset:
        """Return one row a group: rows, median and quartiles of z, number of outliers."""
        frame = pd.DataFrame({"group": self.groups, "z": self.z})
        frame["is_outlier"] = np.isin(np.arange(len(frame)), self.rows)
        found = frame.groupby("group").agg(
            rows=("z", "size"), median=("z", "median"), low=("z", lambda z: z.quantile(0.25)),
            high=("z", lambda z: z.quantile(0.75)), outliers=("is_outlier", "sum"),
        )  # fmt: skip
        found = found.iloc[np.argsort(-found["median"].abs().to_numpy(), kind="stable")]
        return Dataset.from_columns(
            {
                Quantity("group", role="id"): found.index.tolist(),
                Quantity("rows", unit=""): found["rows"].to_numpy(),
                Quantity("median z", unit=""): found["median"].to_numpy(),
                Quantity("lower quartile", unit=""): found["low"].to_numpy(),
                Quantity("upper quartile", unit=""): found["high"].to_numpy(),
                Quantity("outliers", unit=""): found["outliers"].to_numpy(),
                Quantity("shifted"): [name in self.shifted for name in found.index],
            }
        )

    def _advice(self, row: int, kind: str) -> str:
        if kind == "group":
            return f"all of {self.groups[row]} are shifted by {self.shifted[self.groups[row]]:+.1f}: check the batch"
        if kind == "rule" and self.rule is not None:
            return f"the model fails where {self.rule.text}: measure more there, or add a feature"
        return "stands alone: check the value"

    def __str__(self) -> str:
        count = {kind: self.kinds.count(kind) for kind in ("group", "rule", "alone")}
        told = [f"{len(self.rows)} of {len(self.z)} rows are outliers"]
        if self.widened > 1:
            told.append(f"after the error bars were widened {self.widened:.2g} times")
        if self.shifted:
            names = ", ".join(f"{name} ({z:+.1f})" for name, z in self.shifted.items())
            told.append(f"{count['group']} in groups that are shifted as a whole: {names}")
        if self.rule is not None:
            told.append(f"{count['rule']} where {self.rule.text} (p = {self.p_rule:.2g} on rows it was not found on)")
        told.append(f"{count['alone']} stand alone")
        return "; ".join(told)


def inspect_outliers(
    X: Any,
    y: Any,
    prediction: Prediction,
    groups: Sequence[object] | None = None,
    *,
    units: Mapping[str, str] | Sequence[str] | None = None,
    rate: float = 0.05,
    depth: int = 2,
    random_state: int = 0,
) -> Outliers:
    """Find surprising rows, and sort them into shifted groups, rows with a common rule, and those that stand alone.

    Parameters
    ----------
    X : (n_rows, n_features) DataFrame or array, or Dataset
        What a rule may speak of.
    y : (n_rows,) array, or str
        Observed values; for a Dataset the target's name.
    prediction : Prediction
        Of the same rows by a model that had not seen them: of ``cross_validate``, in the order of X.
    groups : (n_rows,) sequence, optional
        Host, batch, laboratory.
    units : mapping of column to unit, optional
        Of a DataFrame.
    rate : float
        Share of the outliers that may be false.
    depth, random_state : int
        Most propositions of the rule; seed of the halves.

    Raises
    ------
    InputError
        If lengths differ, a value is missing, or error bars are zero.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.uniform(size=(200, 2))
    >>> y = rng.normal(size=200) + np.where(x[:, 0] > 0.9, 8.0, 0.0)
    >>> found = inspect_outliers(x, y, Prediction(np.zeros(200), np.zeros(200), np.ones(200)))
    >>> found.rule.selector[0].attribute, found.kinds.count("rule") > 5 * found.kinds.count("alone")
    ('x0', True)
    """
    frame, y, units = plain_table(X, y, units)
    values = checked_y(y, len(frame))
    if len(prediction) != len(frame):
        raise InputError(f"{len(prediction)} predictions were given for {len(frame)} rows.")
    if not (prediction.std > 0).all():
        raise InputError("a prediction has no error bar (standard deviation 0); take a model that states one.")
    names = ("all",) * len(frame) if groups is None else tuple(str(group) for group in groups)
    codes_of(names, len(frame))
    z = (values - prediction.mean) / prediction.std
    widened = max(1.0, float(1.4826 * np.median(np.abs(z))))
    z = z / widened
    rows = _surprising(z, rate)
    shifted = _shifted(z, names)
    rule, p_rule = _rule(frame, z, units, depth, random_state)
    covered = np.zeros(len(frame), dtype=bool) if rule is None else np.asarray(rule.covers(frame))
    kinds = tuple("group" if names[row] in shifted else "rule" if covered[row] else "alone" for row in rows)
    return Outliers(rows, kinds, z, widened, names, shifted, rule, p_rule)


def _surprising(z: Floats, rate: float) -> NDArray[np.intp]:
    """Return the rows below Benjamini and Hochberg's bound, the most surprising first."""
    if not 0 < rate < 1:
        raise InputError(f"the rate of false outliers lies between 0 and 1; given: {rate}.")
    p = 2 * ndtr(-np.abs(z))
    order = np.argsort(p, kind="stable")
    below = np.flatnonzero(p[order] <= rate * np.arange(1, len(p) + 1) / len(p))
    return order[: below[-1] + 1] if len(below) else order[:0]


def _shifted(z: Floats, names: Sequence[str]) -> dict[str, float]:
    """Return the groups, among two or more, whose z is not centred at 0, with their medians."""
    parts = {name: z[np.array([each == name for each in names])] for name in sorted(set(names))}
    tested = {name: float(wilcoxon(part).pvalue) for name, part in parts.items() if len(part) >= FEWEST_IN_GROUP}
    if len(parts) < 2:
        return {}
    found = {}
    for place, name in enumerate(sorted(tested, key=lambda each: tested[each])):
        if tested[name] * (len(tested) - place) > SURE:
            break
        if abs(np.median(parts[name])) > 1.0:  # that it is sure does not make it large
            found[name] = float(np.median(parts[name]))
    return found


def _rule(frame: pd.DataFrame, z: Floats, units: Any, depth: int, seed: int) -> tuple[Rule | None, float]:
    """Return the rule for large |z|, if one found on half of the rows holds on the other, and its p there."""
    if len(frame) < FEWEST_FOR_RULE:
        return None, 1.0
    size = pd.Series(np.minimum(np.abs(z), CAPPED), name="surprise")
    order = np.random.default_rng(seed).permutation(len(frame))
    first, second = np.sort(order[: len(frame) // 2]), np.sort(order[len(frame) // 2 :])
    half = _search(frame.iloc[first].reset_index(drop=True), size.iloc[first].reset_index(drop=True), units, depth)
    if half is None:
        return None, 1.0
    inside = np.asarray(half.covers(frame.iloc[second].reset_index(drop=True)))
    if not (inside.any() and (~inside).any()):
        return None, 1.0
    part = size.to_numpy()[second]
    p = float(mannwhitneyu(part[inside], part[~inside], alternative="greater").pvalue)
    return (_search(frame, size, units, depth) if p < SURE else None), p


def _search(frame: pd.DataFrame, size: pd.Series, units: Any, depth: int) -> Rule | None:
    found = SubgroupDiscovery(MeanShift(1), depth=depth, n_rules=1).fit(frame, size, units=units)
    return found.rules_[0] if found.rules_ else None
