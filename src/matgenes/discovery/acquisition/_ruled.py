"""Acquisitions that rules drive: where the target is exceptional, and where the model errs.

    score = (w + 1e-6) epistemic,   w = mean over the rules of 1 inside, 1/2 near, 0 elsewhere

so that candidates inside and near the rules come first, the least known of them first of all. Near is a candidate that
would be inside if each cut were moved outwards by a margin, in standard deviations of the feature. The rules are found
anew from all known values whenever scores are asked for. ``rule`` takes the front of rules of coverage against the
shift of the mean (the roadmap's section 2.3), ``applicability`` the rules of large errors (Sutton et al 2020).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..._core.errors import InputError
from ...subgroups import MeanShift, Proposition, Rule, SubgroupDiscovery
from ._view import Floats, View, needed

__all__ = ["Applicability", "FrontRules"]

ELSEWHERE = 1e-6  # keeps an order where no rule holds


@dataclass(frozen=True)
class FrontRules:
    """Label inside and near the rules in which the target is exceptionally good.

    Parameters
    ----------
    depth : int
        Most propositions in a rule.
    margin : float
        How far outside still counts as near, in standard deviations of a feature.
    n_cuts : int
        Most cuts of a feature.
    """

    depth: int = 2
    margin: float = 0.25
    n_cuts: int = 6
    name: str = "rule"

    def scores(self, view: View) -> Floats:
        """Return (n_candidates,) scores, positive."""
        found = _search(self.name, view, view.goal.worth(view.known), self.depth, self.n_cuts, front=True)
        return _weighed(self.name, view, found, self.margin)


@dataclass(frozen=True)
class Applicability:
    """Label inside and near the rules in which the model errs most.

    Parameters
    ----------
    depth, margin, n_cuts
        As for :class:`FrontRules`.
    n_rules : int
        How many rules.
    """

    depth: int = 2
    margin: float = 0.25
    n_cuts: int = 6
    n_rules: int = 5
    name: str = "applicability"

    def scores(self, view: View) -> Floats:
        """Return (n_candidates,) scores, positive."""
        errors = needed(self.name, view.errors, "the model's errors on known values, `errors`")()
        found = _search(self.name, view, errors, self.depth, self.n_cuts, n_rules=self.n_rules)
        return _weighed(self.name, view, found, self.margin)


def _search(
    name: str, view: View, target: Floats, depth: int, n_cuts: int, n_rules: int = 10, front: bool = False
) -> tuple[Rule, ...]:
    known = needed(name, view.known_features, "the features of the known rows, `known_features`")
    if len(known) < 10:
        raise InputError(f"the acquisition {name!r} finds rules in at least 10 known values; there are {len(known)}.")
    search = SubgroupDiscovery(MeanShift(1), depth=depth, n_rules=n_rules, front=front, n_cuts=n_cuts)
    return search.fit(_table(known), pd.Series(target, name="target")).rules_


def _weighed(name: str, view: View, rules: Sequence[Rule], margin: float) -> Floats:
    table = _table(needed(name, view.features, "the candidates' features, `features`"))
    weight = np.zeros(len(table))
    for rule in rules:
        wider = replace(rule, selector=tuple(_moved(each, margin) for each in rule.selector))
        weight += (0.5 * rule.covers(table) + 0.5 * wider.covers(table)) / len(rules)
    return np.asarray((weight + ELSEWHERE) * np.maximum(view.prediction.epistemic, np.finfo(float).tiny))


def _moved(proposition: Proposition, margin: float) -> Proposition:
    sign = {"<=": 1.0, ">=": -1.0}.get(proposition.operator)
    if sign is None or not isinstance(proposition.value, float | int):
        return proposition
    return replace(proposition, value=proposition.value + sign * margin)


def _table(features: Floats) -> pd.DataFrame:
    return pd.DataFrame(features, columns=[f"x{i}" for i in range(features.shape[1])])
