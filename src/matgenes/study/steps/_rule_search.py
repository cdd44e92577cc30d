"""The searches of step ``rules``: the best rules, the exact front, and everything that is asked of them."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..._core.errors import InputError
from ...data import Context, Dataset, Quantity
from ...models import Split, group_folds, random_folds, split_id
from ...subgroups import (
    DispersionCorrected,
    HeldOut,
    JensenShannon,
    MeanShift,
    MedianShift,
    Rule,
    SubgroupDiscovery,
    Utility,
    Window,
)

__all__ = ["Evidence", "found", "how_of", "rule_columns", "table_of"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SMALL_SET = 8
NEAREST = 0.25
"""Share of the rows, those nearest to the wanted value, that are its window where the study gives none."""
DIGITS = 12  # to which qualities are compared, as SubgroupDiscovery.significance does


@dataclass(frozen=True)
class Evidence:
    """What was found.

    ``best`` are the rules of highest quality, "1" the first; ``small`` those of the front that speak of different rows,
    "A" the first; ``front`` is the search for the front. ``stability`` is by the rules' names; ``held_out`` what the
    best rules are worth on other rows. None, or nothing, for what was not asked.
    """

    target: Quantity
    goal: str | float
    utility: Utility
    rows: Dataset
    table: pd.DataFrame
    values: Floats
    best: Mapping[str, Rule]
    small: Mapping[str, Rule]
    front: SubgroupDiscovery
    held_out: HeldOut
    splits: str
    test: str
    chance: Floats | None
    stability: Mapping[str, float]
    candidates: Dataset | None

    @property
    def named(self) -> dict[str, Rule]:
        """The small set and the best rules."""
        return {**self.small, **self.best}

    def inside(self, rule: Rule) -> Bools:
        """Return which rows (n_rows,) a rule covers."""
        return rule.covers(self.table)

    def candidates_inside(self, rule: Rule) -> Bools:
        """Return which candidates (n_candidates,) a rule covers."""
        assert self.candidates is not None
        return rule.covers(self.candidates.select(dict.fromkeys(p.attribute for p in rule.selector)))


def found(dataset: Dataset, context: Context) -> Evidence:
    """Search the accepted rows, and ask what can be asked."""
    settings, target = context.parameters, dataset.quantity(context.target)
    rows, table, values, units = table_of(dataset, context, settings.categories)
    utility = _utility(context, values)
    is_log = context.log_target and not isinstance(utility, Window)
    searched = pd.Series(np.log(values) if is_log else values, name=target.name)
    units = {**units, target.name: ""} if is_log else units
    how = how_of(context)
    best, front = (_search(context, utility, is_front) for is_front in (False, True))
    best.fit(table, searched, units=units, **how("best"))
    front.fit(table, searched, units=units, **how("front"))
    chance = None
    if settings.permutations and front.rules_:
        chance = front.significance(settings.permutations, **how("chance")).chance
    splits, test = _splits(rows, context)
    named = _with_p_values(dict(zip(map(str, range(1, len(best.rules_) + 1)), best.rules_, strict=True)), chance)
    small = dict(zip(string.ascii_uppercase, front.distinct(at_most=SMALL_SET), strict=False))
    return Evidence(
        target=target,
        goal=context.goal,
        utility=utility,
        rows=rows,
        table=table,
        values=values,
        best=named,
        small=small,
        front=front,
        held_out=best.held_out(splits, **how("held out")),
        splits=split_id(splits),
        test=test,
        chance=chance,
        stability={**_stability(best, named, context), **_stability(front, small, context)},
        candidates=context.candidates,
    )


def table_of(
    dataset: Dataset, context: Context, categories: tuple[str, ...]
) -> tuple[Dataset, pd.DataFrame, Floats, dict[str, str]]:
    """Return the accepted rows, what rules may speak of there, the target, and the units.

    Features with gaps, which models leave out, are among the columns: rules can say what is missing.
    """
    _, y, units = dataset.xy(context.target, context.features)
    names = rule_columns(dataset, context, categories)
    units |= {name: dataset.quantity(name).unit or "" for name in names if dataset.is_numeric(name)}
    rows = dataset.take(y.index.to_numpy())
    return rows, rows.select(names).to_pandas(), y.to_numpy(), units


def rule_columns(dataset: Dataset, context: Context, categories: tuple[str, ...]) -> list[str]:
    """Return the features, those with gaps, and the columns of texts that the study names.

    Raises
    ------
    InputError
        If a named column is not there or is the target.
    """
    for name in categories:
        dataset.quantity(name)
        if name == context.target:
            raise InputError("the target is no category that rules could speak of.", column=name)
    with_gaps = [name for name in context.left_out if name in dataset.names("feature")]
    return list(dict.fromkeys([*context.features, *with_gaps, *categories]))


def how_of(context: Context) -> Any:
    """Return the function that says how a part of the work is done: by whom, with which journal, told to whom."""

    def how(part: str) -> dict[str, Any]:
        checkpoint = None if context.checkpoint is None else context.checkpoint / part.replace(" ", "_")
        return {"executor": context.executor, "checkpoint": checkpoint, "progress": context.progress}

    return how


def _utility(context: Context, values: Floats) -> Utility:
    """Return what is exceptional: high or low values as the goal says, or those near to the wanted one."""
    settings = context.parameters
    if isinstance(context.goal, str):
        if settings.window is not None:
            raise InputError("a window belongs to a goal that is a value; leave it out, or name the value.")
        is_high = context.goal == "maximise"
        sign: Literal[1, -1] = 1 if is_high else -1
        named: dict[str, Utility] = {
            "mean_shift": MeanShift(sign),
            "median_shift": MedianShift(sign),
            "dispersion_corrected": DispersionCorrected(sign=sign),
            "jensen_shannon": JensenShannon("high" if is_high else "low"),
        }
        return named[settings.utility or "mean_shift"]
    if settings.utility is not None:
        raise InputError(
            f"the utility '{settings.utility}' seeks high or low values, and the goal is the value {context.goal:g}; "
            "leave the utility out: a window around the value is taken."
        )
    width = settings.window or float(np.quantile(np.abs(values - context.goal), NEAREST))
    return Window(context.goal - width, context.goal + width)


def _search(context: Context, utility: Utility, is_front: bool) -> SubgroupDiscovery:
    settings = context.parameters
    shared = ("gamma", "depth", "n_rules", "cut_points", "n_cuts", "min_size")
    given = {name: getattr(settings, name) for name in shared}
    return SubgroupDiscovery(utility, front=is_front, random_state=context.seed, **given)


def _splits(rows: Dataset, context: Context) -> tuple[tuple[Split, ...], str]:
    """Return the parts that judge the rules: random ones, or whole groups where the study names some."""
    folds = context.parameters.folds
    if context.groups is not None:
        groups = [str(value) for value in rows.numpy(context.groups)]
        if len(set(groups)) >= folds:
            return group_folds(groups, folds), f"{folds} folds of whole groups by {context.groups}"
    return random_folds(len(rows), folds, context.seed), f"{folds} random folds"


def _with_p_values(named: Mapping[str, Rule], chance: Floats | None) -> dict[str, Rule]:
    """Return the best rules with p-values; the best quality of a shuffle is that of a rule on its front."""
    if chance is None:
        return dict(named)
    reached = np.round(chance, DIGITS)
    return {
        name: replace(rule, p_value=(1 + int((reached >= round(rule.quality, DIGITS)).sum())) / (1 + len(chance)))
        for name, rule in named.items()
    }


def _stability(search: SubgroupDiscovery, named: Mapping[str, Rule], context: Context) -> dict[str, float]:
    """Return how often each rule, or one alike, returns when the rows are resampled."""
    resamples = context.parameters.resamples
    if not resamples or not named:
        return {}
    part = "stability of the front" if search.front else "stability"
    answer = search.stability(resamples, **how_of(context)(part))
    alike = {rule.text: share for rule, share in zip(answer.rules, answer.alike, strict=True)}
    return {name: alike[rule.text] for name, rule in named.items()}
