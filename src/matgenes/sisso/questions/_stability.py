"""Which genes return when the whole search is repeated on resampled rows, and what it predicts for rows not drawn.

Rows are drawn with replacement, as many as there are (Efron, Ann. Stat. 7 (1979) 1), or a share of them without
(Meinshausen and Bühlmann, J. R. Stat. Soc. B 72 (2010) 417); in each task as many as it has, or whole groups. Two
features count as one gene where their values on the fitted rows correlate by more than 0.99 in size, in each task:
(a-b)/c and (b-a)/c, or ln(a) and sqrt(a) over a narrow range, are forms of one thing. The out-of-bag error is that of
every row averaged over the resamples that leave it out, then over the rows (Efron and Tibshirani, J. Am. Stat. Assoc.
92 (1997) 548, eq. 17).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ..._core import tasks
from ..._core.errors import InputError
from ..fits._problem import Floats, Integers, prepare
from ..fits._rows import Rows
from ..formulas._columns import columns_of
from ..formulas._model import Model
from ._alike import ALIKE
from ._refits import Refit, mean_of, refits

if TYPE_CHECKING:
    from ..._core.tasks import How
    from ...data import Dataset
    from ..regressor import SISSORegressor

__all__ = ["Returns", "Stability", "stability"]

STAGE = 2  # of the random numbers
SHOWN = 5


@dataclass(frozen=True)
class Returns:
    """How often a gene, or a column, is in the best model of a resample.

    Parameters
    ----------
    name : str
        The column, or the gene's form in the fitted model, else the most frequent form.
    unit : str or None
        Its unit; None where units were not given.
    share : float
        Share of the resamples.
    is_in_model : bool
        Whether the model of all rows has it.
    forms : tuple of str
        All forms that were found, ``name`` first.
    """

    name: str
    unit: str | None
    share: float
    is_in_model: bool
    forms: tuple[str, ...]

    def __str__(self) -> str:
        others = len(self.forms) - 1
        return f"{self.name}{f' (and {others} like it)' * bool(others)} {self.share:.0%}"


@dataclass(frozen=True, eq=False)
class Stability:
    """What came of searching resampled rows.

    Parameters
    ----------
    n_resamples : int
        That were searched.
    problems : tuple of str
        Why others could not be searched.
    genes, primaries : tuple of tuple of Returns
        Of each dimension the genes and the columns, the most frequent first.
    whole : tuple of float
        Of each dimension the share of the resamples whose best model has just the genes of the model of all rows.
    rmse, out_of_bag : tuple of float
        Of each dimension the error in the fit, and that of rows that were not drawn (NaN if there are none), in the
        unit of the target.
    unit : str or None
        Unit of the target, where it is known.
    """

    n_resamples: int
    problems: tuple[str, ...]
    genes: tuple[tuple[Returns, ...], ...]
    primaries: tuple[tuple[Returns, ...], ...]
    whole: tuple[float, ...]
    rmse: tuple[float, ...]
    out_of_bag: tuple[float, ...]
    unit: str | None = None

    def features(self, dimension: int | None = None) -> Dataset:
        """Return one row a gene, the most frequent first; of the highest dimension by default."""
        return _dataset("feature", self._of(self.genes, dimension))

    def columns(self, dimension: int | None = None) -> Dataset:
        """Return one row a column, the most frequent first; of the highest dimension by default."""
        return _dataset("column", self._of(self.primaries, dimension)).drop(["forms"])

    def to_dataset(self) -> Dataset:
        """Return one row a dimension: the share of equal models, the error in the fit and out of bag."""
        from ...data import Dataset, Quantity

        return Dataset.from_columns(
            {
                Quantity("dimension", unit=""): np.arange(1, len(self.rmse) + 1),
                Quantity("share", unit="", description="of resamples that find the genes of the model"): self.whole,
                Quantity("rmse", unit=self.unit, description="in the fit"): self.rmse,
                Quantity("out-of-bag rmse", unit=self.unit, description="of rows not drawn"): self.out_of_bag,
            }
        )

    def __str__(self) -> str:
        lines = [f"{self.n_resamples} resamples searched" + f", {len(self.problems)} not" * bool(self.problems)]
        unit = f" {self.unit}" if self.unit else ""
        for d, genes in enumerate(self.genes):
            own = ", ".join(map(str, (gene for gene in genes if gene.is_in_model)))
            others = [gene for gene in genes if not gene.is_in_model][:SHOWN]
            lines.append(f"{d + 1}D: the same genes in {self.whole[d]:.0%} of them; {own}")
            lines += [f"    others: {', '.join(map(str, others))}"] * bool(others)
            lines.append(f"    rmse {self.rmse[d]:.3g}{unit} in the fit, {self.out_of_bag[d]:.3g}{unit} out of bag")
        return "\n".join(lines)

    def _of(self, each: Sequence[tuple[Returns, ...]], dimension: int | None) -> tuple[Returns, ...]:
        if dimension not in (None, *range(1, len(each) + 1)):
            raise InputError(f"there are models of dimension 1 to {len(each)}; given: {dimension}.")
        return each[-1 if dimension is None else dimension - 1]


def stability(model: SISSORegressor, n_resamples: int, fraction: float | None, groups: Any, how: How) -> Stability:
    """Search resampled rows; those that cannot be searched (e.g. a task with too few different rows) do not count.

    Raises
    ------
    InputError
        If parameters are out of range, or no resample can be searched.
    """
    if n_resamples < 1:
        raise InputError(f"n_resamples is {n_resamples}; give 1 or more, 100 for shares to a few per cent.")
    if fraction is not None and not 0 < fraction < 1:
        raise InputError(f"fraction is {fraction}; give a share of the rows between 0 and 1, or None for a bootstrap.")
    rows, entropy = model.rows_, model.random_state or 0
    members = _members(rows, groups if groups is not None else getattr(model, "groups_", None))
    counts = [_drawn(members, len(rows.y), fraction, tasks.seed(entropy, STAGE, k)) for k in range(n_resamples)]
    done = refits(model, counts, how, "refits for stability")
    found = [(count, refit) for count, refit in zip(counts, done, strict=True) if refit.models]
    problems = tuple(refit.problem for refit in done if refit.problem)
    if not found:
        raise InputError(f"no resample can be searched: {problems[0]}")
    genes, primaries, whole, out_of_bag = [], [], [], []
    for d, (best, *_) in enumerate(model.models_):
        models = [_of_dimension(refit, d) for _, refit in found]
        some, share = _genes(best, models, rows)
        genes.append(some)
        whole.append(share)
        primaries.append(_primaries(best, models, model))
        out_of_bag.append(_out_of_bag(models, [count for count, _ in found], rows))
    rmse = tuple(models[0].rmse for models in model.models_)
    unit = model.target_unit_
    return Stability(len(found), problems, tuple(genes), tuple(primaries), tuple(whole), rmse, tuple(out_of_bag), unit)


def _of_dimension(refit: Refit, d: int) -> Model:
    """Return the best model of a dimension, or of the last one that was searched before it."""
    return refit.models[min(d, len(refit.models) - 1)]


def _members(rows: Rows, groups: Any) -> list[list[Integers]]:
    """Return what is drawn together, stratum by stratum: the rows of each task, or the groups."""
    if groups is None:
        return [[np.array([row]) for row in np.flatnonzero(rows.numbers == k)] for k in range(len(rows.tasks))]
    if len(groups) != len(rows.y):
        raise InputError(f"{len(groups)} groups were given for {len(rows.y)} fitted rows (those of weight above 0).")
    codes = np.unique([str(group) for group in groups], return_inverse=True)[1]
    return [[np.flatnonzero(codes == code) for code in range(codes.max() + 1)]]


def _drawn(
    members: Sequence[Sequence[Integers]], n_rows: int, fraction: float | None, seed: np.random.SeedSequence
) -> Integers:
    """Return how often each row is drawn."""
    rng, counts = np.random.default_rng(seed), np.zeros(n_rows, np.int64)
    for stratum in members:
        n = len(stratum)
        drawn = (
            rng.integers(n, size=n)
            if fraction is None
            else rng.choice(n, size=max(1, round(fraction * n)), replace=False)
        )
        for k in drawn.tolist():
            counts[stratum[k]] += 1
    return counts


def _genes(best: Model, models: Sequence[Model], rows: Rows) -> tuple[tuple[Returns, ...], float]:
    """Return the genes of one dimension, and the share of the models that have just those of the best one."""
    counts = Counter(text for model in models for text in model.features)
    units = {text: unit for model in (best, *models) for text, unit in zip(model.features, model.units, strict=True)}
    order = [*best.features, *sorted(set(counts) - set(best.features), key=lambda text: (-counts[text], text))]
    close = _closeness(order, (best, *models), rows) > ALIKE
    leader: dict[str, str] = {}
    for k, text in enumerate(order):
        heads = (order[j] for j in np.flatnonzero(close[k, :k]).tolist() if leader[order[j]] == order[j])
        leader[text] = next(heads, text)
    has = [{leader[text] for text in model.features} for model in models]
    own = {leader[text] for text in best.features}
    forms: dict[str, list[str]] = {name: [name] for name in leader.values()}
    for text in order:
        if text != leader[text]:
            forms[leader[text]].append(text)
    found = [
        Returns(name, units[name], float(np.mean([name in some for some in has])), name in own, tuple(forms[name]))
        for name in forms
    ]
    found.sort(key=lambda gene: (-gene.share, not gene.is_in_model, gene.name))
    return tuple(found), float(np.mean([some == own for some in has]))


def _closeness(texts: Sequence[str], models: Sequence[Model], rows: Rows) -> Floats:
    """Return the least size of the correlation of features in any task; of one not defined for all rows, 0."""
    values: dict[str, Floats] = {}
    columns = np.ascontiguousarray(rows.x.T)
    with np.errstate(all="ignore"):
        for model in models:
            if not values.keys() >= set(model.features):
                values |= zip(model.features, model.space.evaluate(model.ids, columns), strict=True)
    matrix = np.stack([values[text] for text in texts])
    matrix[~np.isfinite(matrix).all(axis=1)] = 0.0
    problem = prepare(matrix, rows.y, texts, tasks=rows.numbers, weights=rows.weights)
    z = np.empty_like(problem.z)
    z[problem.order] = problem.z
    each = [np.abs(z[:, a:b] @ z[:, a:b].T) for a, b in pairwise(problem.starts.tolist())]
    closeness: Floats = np.min(each, axis=0)
    np.fill_diagonal(closeness, 1.0)
    return closeness


def _primaries(best: Model, models: Sequence[Model], fitted: SISSORegressor) -> tuple[Returns, ...]:
    """Return the columns of one dimension."""
    units = dict(zip(fitted.names_, fitted.units_ or [None] * len(fitted.names_), strict=True))
    has = [columns_of(model.space, model.ids) for model in models]
    own = columns_of(best.space, best.ids)
    counts = Counter(name for some in has for name in some)
    found = [Returns(n, units[n], counts[n] / len(models), n in own, (n,)) for n in units if n in own or counts[n]]
    return tuple(sorted(found, key=lambda column: (-column.share, not column.is_in_model)))


def _out_of_bag(models: Sequence[Model], counts: Sequence[Integers], rows: Rows) -> float:
    """Return the out-of-bag error; a row for which no formula is defined does not count."""
    total, n = np.zeros(len(rows.y)), np.zeros(len(rows.y))
    for model, count in zip(models, counts, strict=True):
        out = np.flatnonzero(count == 0)
        errors = (rows.y[out] - mean_of(model, rows.x[out], rows.numbers[out])) ** 2
        known = np.isfinite(errors)
        total[out[known]] += errors[known]
        n[out[known]] += 1
    used = n > 0
    return float(np.sqrt(np.average(total[used] / n[used], weights=rows.weights[used]))) if used.any() else float("nan")


def _dataset(kind: str, found: Sequence[Returns]) -> Dataset:
    from ...data import Dataset, Quantity

    return Dataset.from_columns(
        {
            Quantity(kind, role="id"): [one.name for one in found],
            Quantity("unit"): [one.unit for one in found],
            Quantity("share", unit="", description="of the resamples"): [one.share for one in found],
            Quantity("is_in_model", description="the model of all rows"): [one.is_in_model for one in found],
            Quantity("forms", description="nearly equal on the fitted rows"): ["; ".join(one.forms) for one in found],
        }
    )
