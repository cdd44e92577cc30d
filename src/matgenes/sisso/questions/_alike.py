"""Features that are nearly equal on the rows of a fit, and so stand for one gene.

The feature that most models use leads; every other one that correlates with it by more than 0.99 in size (in each task)
belongs to it. Of the rest, the one that most models use leads the next cluster, and so on.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..fits._problem import Floats, Integers
from ..formulas._subspace import Subspace

__all__ = ["Cluster", "clusters_of"]

ALIKE = 0.99


@dataclass(frozen=True)
class Cluster:
    """One gene in its nearly equal forms.

    Parameters
    ----------
    name : str
        The form that most models use.
    members : tuple of str
        All forms, ``name`` first.
    share : float
        Share of the models that use one of them.
    """

    name: str
    members: tuple[str, ...]
    share: float

    def __str__(self) -> str:
        others = len(self.members) - 1
        alike = f" or one of {others} nearly equal forms" if others > 1 else f" or {self.members[-1]}" * others
        return f"{self.name}{alike} ({self.share:.0%})"


def clusters_of(subspace: Subspace, tuples: Integers) -> tuple[Cluster, ...]:
    """Return the clusters of the features in some tuples (k, size), the one that most tuples use first."""
    counts = Counter(tuples.ravel().tolist())
    texts = {k: subspace.space.text(int(subspace.ids[k])) for k in counts}
    order = sorted(counts, key=lambda k: (-counts[k], texts[k]))
    close = _closeness(subspace, np.array(order)) > ALIKE
    left, clusters = np.ones(len(order), dtype=bool), []
    for place in range(len(order)):
        if left[place]:
            own = np.flatnonzero(left & close[place])
            left[own] = False
            members = [order[k] for k in own.tolist()]
            share = float(np.isin(tuples, members).any(axis=1).mean())
            clusters.append(Cluster(texts[members[0]], tuple(texts[k] for k in members), share))
    return tuple(sorted(clusters, key=lambda cluster: -cluster.share))


def _closeness(subspace: Subspace, positions: Integers) -> Floats:
    """Return the least |correlation| of features in any task, (k, k); 1 of a feature with itself."""
    problem = subspace.problem
    place = np.empty(problem.n_features, np.int64)
    place[problem.order] = np.arange(problem.n_features)
    z = problem.z[place[positions]]
    each = [np.abs(z[:, a:b] @ z[:, a:b].T) for a, b in pairwise(problem.starts.tolist())]
    closeness = np.min(each, axis=0)
    np.fill_diagonal(closeness, 1.0)
    return np.asarray(closeness)
