"""Expected hypervolume improvement: several objectives, without weights between them.

The hypervolume is what the known values dominate above a reference point r. For two independent normal objectives and a
front sorted so that a_1 < ... < a_n in the first and h_0 > ... > h_n = r_2 in the second (a_0 = r_1, a_{n+1} = inf),

    E = sum_i {E[(y_1 - a_i)+] - E[(y_1 - a_{i+1})+]} E[(y_2 - h_i)+]

exactly (Emmerich, Deutz and Klinkenberg, CEC 2011; the strips: Yang et al, Swarm Evol. Comput. 44 (2019) 945). Beyond
two, E = integral of prod_k P(y_k > u_k) over what is not dominated, by quasi Monte-Carlo over u (Sobol points).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr, logsumexp
from scipy.stats import qmc

from ..._core.errors import InputError
from ..improvement import log_expected_improvement
from ._view import Floats, View

__all__ = ["ExpectedHypervolume", "front"]

BLOCK = 2**21  # points times candidates held at once


@dataclass(frozen=True)
class ExpectedHypervolume:
    """Rank by the logarithm of the expected hypervolume improvement over the known values.

    Parameters
    ----------
    reference : tuple of float, optional
        The point above which volume counts, in the objectives' units; by default a tenth of the front's extent (or of
        the extent of all known values, where the front has none) below its worst value in each objective.
    log2_points : int
        Power of two of Sobol points for three and more objectives.
    """

    reference: tuple[float, ...] | None = None
    log2_points: int = 12
    name: str = "ehvi"

    def scores(self, view: View) -> Floats:
        """Return (n_candidates,) logarithms.

        Raises
        ------
        InputError
            If there is one objective only, one is to come close to a value, or the numbers of known values differ.
        """
        views = (view, *view.others)
        _check(views, self.reference)
        mean = np.stack([each.goal.worth(each.prediction.mean) for each in views], axis=1)
        std = np.stack([each.prediction.std for each in views], axis=1)
        known = np.stack([each.goal.worth(each.known) for each in views], axis=1)
        best = front(known)
        if self.reference is None:
            reference = _reference(best, known)
        else:
            given = zip(views, self.reference, strict=True)
            reference = np.array([float(each.goal.worth([r])[0]) for each, r in given])
        best = best[(best > reference).all(axis=1)]
        if len(views) == 2:
            return _exact(mean, std, best, reference)
        return _by_points(mean, std, best, reference, self.log2_points)


def front(values: Floats) -> Floats:
    """Return the rows of (n, n_objectives) values that no other row dominates, ascending; higher is better.

    Examples
    --------
    >>> front(np.array([[0.0, 3.0], [1.0, 2.0], [0.5, 1.0]]))
    array([[0., 3.],
           [1., 2.]])
    """
    values = np.unique(values, axis=0)
    dominated = [bool(((values >= row).all(axis=1) & (values > row).any(axis=1)).any()) for row in values]
    return np.asarray(values[~np.array(dominated, dtype=bool)])


def _check(views: tuple[View, ...], reference: tuple[float, ...] | None) -> None:
    if len(views) < 2:
        raise InputError("ehvi needs two objectives or more, `others`; for one use ei.")
    if any(isinstance(view.goal.aim, float) for view in views):
        raise InputError("ehvi is for objectives to 'maximise' or 'minimise'; give a value to reach as a limit.")
    if len({len(view.known) for view in views}) != 1 or not len(views[0].known):
        raise InputError(
            f"the objectives have {[len(view.known) for view in views]} known values; give all of each row."
        )
    if reference is not None and len(reference) != len(views):
        raise InputError(f"the reference point has {len(reference)} numbers for {len(views)} objectives.")


def _reference(best: Floats, known: Floats) -> Floats:
    extent = np.where(np.ptp(best, axis=0) > 0, np.ptp(best, axis=0), np.ptp(known, axis=0))
    return np.asarray(best.min(axis=0) - 0.1 * np.where(extent > 0, extent, 1.0))


def _exact(mean: Floats, std: Floats, best: Floats, reference: Floats) -> Floats:
    edges = [reference[0], *best[:, 0]]
    heights = [*best[:, 1], reference[1]]
    first = [log_expected_improvement(mean[:, 0], std[:, 0], edge) for edge in edges]
    first.append(np.full(len(mean), -np.inf))
    terms = []
    for i, height in enumerate(heights):
        with np.errstate(divide="ignore", invalid="ignore"):
            step = np.where(np.isneginf(first[i]), -np.inf, first[i] + np.log1p(-np.exp(first[i + 1] - first[i])))
        terms.append(step + log_expected_improvement(mean[:, 1], std[:, 1], height))
    return np.asarray(logsumexp(terms, axis=0))


def _by_points(mean: Floats, std: Floats, best: Floats, reference: Floats, log2_points: int) -> Floats:
    top = np.maximum(np.max(mean + 4.0 * std, axis=0), best.max(axis=0, initial=-np.inf))
    top = np.maximum(top, reference + 1e-9 * (1.0 + np.abs(reference)))
    points = reference + (top - reference) * qmc.Sobol(mean.shape[1], rng=0).random_base2(log2_points)
    open_ = points[~np.array([bool((best >= point).all(axis=1).any()) for point in points])]
    if not len(open_):
        return np.full(len(mean), -np.inf)
    volume = np.sum(np.log(top - reference)) - np.log(len(points))
    safe = np.maximum(std, 1e-12 * (top - reference))
    size = max(1, BLOCK // len(open_))
    parts = []
    for start in range(0, len(mean), size):
        block = slice(start, start + size)
        logs = sum(log_ndtr((mean[block, k, None] - open_[:, k]) / safe[block, k, None]) for k in range(mean.shape[1]))
        parts.append(logsumexp(logs, axis=1))
    return np.asarray(volume + np.concatenate(parts))
