"""Candidates at several fidelities: what the cheap ones tell of the value that is wanted, at the costliest.

A candidate of the table is a material at a level (a functional, a mesh, a quick test), a number in one column that
grows with trust. The model is a Gaussian process of all levels. A candidate is ranked by the improvement that its
material promises at the highest level, times the correlation of what it would measure with that,

    log EI_top(x) + log |corr(f_t(x), f_top(x))| - log cost_t(x)

(augmented expected improvement: Huang et al, Struct. Multidisc. Optim. 32 (2006) 369, eqs. 7 to 10).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...models import MultiFidelity, Prediction
from ..acquisition._view import Floats
from ..spaces import Space, Table
from ._models import Labels, Said
from ._settings import Settings

__all__ = ["Levels", "is_top", "said_of_levels"]

Bools = NDArray[np.bool_]

FEWEST = 2
"""Labels of every level that a model needs."""


@dataclass(frozen=True, eq=False)
class Levels:
    """The levels of a table: in which of the features they stand, and their numbers, the costliest last."""

    column: int
    numbers: tuple[float, ...]

    @classmethod
    def of(cls, space: Table, name: str) -> Levels:
        """Return the levels of the table's column."""
        values = np.asarray(space.data.numpy(name), dtype=np.float64)
        return cls(space.features.index(name), tuple(np.unique(values[np.isfinite(values)]).tolist()))

    def is_top(self, x: Floats) -> Bools:
        """Return which rows (n, d) are of the highest level."""
        return np.asarray(x[:, self.column] == self.numbers[-1])

    def parted(self, x: Floats) -> tuple[Floats, list[float]]:
        """Return the features without the level (n, d - 1), and the levels (n,)."""
        return np.delete(x, self.column, axis=1), x[:, self.column].tolist()

    def lacking(self, x: Floats) -> list[float]:
        """Return the levels of which too few rows (n, d) are known."""
        return [level for level in self.numbers if np.count_nonzero(x[:, self.column] == level) < FEWEST]


def is_top(settings: Settings, space: Space, candidates: Sequence[str]) -> Bools:
    """Return which candidates are of the highest fidelity; all, where there is but one."""
    if settings.fidelity is None or not isinstance(space, Table) or not candidates:
        return np.ones(len(candidates), dtype=bool)
    x = np.array([space.describe(each) for each in candidates])
    return Levels.of(space, settings.fidelity).is_top(x)


def said_of_levels(levels: Levels, labels: Labels, pending: Floats, x: Floats) -> Said:
    """Return what is said of the candidates' materials at the highest level, and how much the candidates tell of it.

    Parameters
    ----------
    levels : Levels
        Where the level stands.
    labels : Labels
        All labels, of every level.
    pending, x : (n_pending, d) and (n_candidates, d) array
        What somebody is busy with, and the candidates.
    """
    features, at = levels.parted(labels.x)
    model = MultiFidelity(levels=levels.numbers).fit(features, labels.y, level=at, sigma=labels.noise)
    if len(pending):
        busy, busy_at = levels.parted(pending)
        means, _ = model.joint(busy)
        own = means[np.arange(len(busy)), [levels.numbers.index(level) for level in busy_at]]
        model = model.observe(busy, own, busy_at)
    materials, own_level = levels.parted(x)
    means, covariances = model.joint(materials)
    places = np.array([levels.numbers.index(level) for level in own_level], dtype=np.intp)
    rows, top = np.arange(len(x)), len(levels.numbers) - 1
    variances = np.maximum(np.diagonal(covariances, axis1=1, axis2=2), 1e-300)
    joint = covariances[rows, places, top]
    tells = np.clip(np.abs(joint) / np.sqrt(variances[rows, places] * variances[:, top]), 0.0, 1.0)
    tells = np.where(places == top, 1.0, tells)
    noise = np.full(len(x), float(np.hypot(model.noise_[top], np.sqrt(model.typical_))))
    return Said(Prediction(means[:, top], np.sqrt(variances[:, top]), noise), None, tells)
