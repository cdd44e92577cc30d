"""From the tables as they are to tables that models can use: parts assigned, units agreed, descriptors computed.

Nothing is filled in: a feature with a missing value among the accepted rows is left out and named, a candidate with a
missing feature is kept in the table but not predicted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .._core.errors import InputError, UnitError
from ..data import Dataset, Quantity, descriptors
from ..data._dataset import FIRST_ROW
from ..data.files._sidecar import toml
from ._inputs import UNKNOWN_UNIT, Inputs
from ._names import unspoken_roles
from ._study import Features, Study

__all__ = ["Prepared", "featurised", "prepare"]

FEWEST_ROWS = 10
DESCRIPTOR = "descriptor"
"""The technique of features that were computed from elements or formulas, not read from the table."""
BUSY_ROLES = frozenset({"id", "sigma", "weight", "time", "cost", "outcome", "reason", "structure", "target", "group"})


@dataclass(frozen=True)
class Prepared:
    """Tables with features as columns of that role, the features in use, and why others were left out."""

    data: Dataset
    candidates: Dataset | None
    features: tuple[str, ...]
    left_out: Mapping[str, str]


def prepare(study: Study, inputs: Inputs) -> Prepared:
    """Assign the parts that the columns play, agree units, compute descriptors, and check that a study can start.

    Raises
    ------
    InputError
        If a column is missing, units are unknown or clash, an element or formula is unknown, the target is no number,
        is incomplete, constant or (for a log target) not positive, or fewer than 10 accepted rows are left. The
        message names the file.
    """
    try:
        data = _with_parts(study, inputs.data)
        data = featurised(study.features, data, _numbers(study, data))
        _check_rows(study, data)
        features, left_out = _usable(data)
        _check_target(study, data, features)
    except InputError as error:
        raise error.at(file=inputs.file("data")) from None
    if inputs.candidates is None:
        return Prepared(data, None, features, left_out)
    try:
        candidates = featurised(study.features, inputs.candidates, _numbers(study, data), like=data)
    except InputError as error:
        raise error.at(file=inputs.file("candidates")) from None
    return Prepared(data, candidates, features, left_out)


def featurised(features: Features, dataset: Dataset, numbers: Iterable[str], like: Dataset | None = None) -> Dataset:
    """Return the dataset with every feature as a column of role feature.

    Parameters
    ----------
    features : Features
        Which columns hold element symbols and formulas, and which properties describe them.
    dataset : Dataset
        Rows to be described.
    numbers : iterable of str
        Columns of numbers that are features themselves.
    like : Dataset, optional
        The study's data: columns of numbers are brought to its units.

    Raises
    ------
    InputError
        If a column is missing, units do not fit, or an element or formula is unknown.
    """
    for name in numbers:
        if like is not None:
            dataset = _agreeing(dataset, like.quantity(name))
        dataset = dataset.with_roles({name: "feature"})
    described = []
    if features.elements:
        described.append(
            descriptors.element_features(
                dataset, columns=features.elements, properties=features.properties, differences=features.differences
            )
        )
    for column in features.compositions:
        formulas = dataset.numpy(dataset.quantity(column).name)
        described.append(descriptors.composition_features(formulas, properties=features.properties, column=column))
    for table in described:
        for name, quantity in table.quantities.items():
            dataset = dataset.with_column(quantity.replace(technique=DESCRIPTOR), table.table.column(name))
    return dataset


def _agreeing(dataset: Dataset, wanted: Quantity) -> Dataset:
    """Bring one column to the unit that the study's data have; a column without a unit is taken to agree."""
    given = dataset.quantity(wanted.name)
    if not dataset.is_numeric(wanted.name):
        raise InputError("it holds texts, where the study's data have numbers.", column=wanted.name)
    if given.unit is None:
        return dataset.with_quantity(wanted.replace(role="feature"))
    try:
        return dataset.converted(wanted.name, wanted.unit or "")
    except UnitError as error:
        raise UnitError(
            f"its unit '{given.unit}' clashes with '{wanted.unit}' in the study's data ({error.problem})",
            column=wanted.name,
        ) from None


def _with_parts(study: Study, data: Dataset) -> Dataset:
    parts = {study.target.column: "target"}
    if study.groups is not None:
        parts[study.groups.column] = "group"
    for name in parts:
        data.quantity(name)
    if not data.is_numeric(study.target.column):
        raise InputError("the target must be a column of numbers; this one holds texts.", column=study.target.column)
    _ask_for_units(study, data, (study.target.column, *_numbers(study, data)))
    others = {name: "note" for name in data.names("target") if name != study.target.column}
    ids = {name: role for name, role in _by_name(study, data).items() if role == "id"}
    return data.with_roles({**ids, **others, **parts})


def _numbers(study: Study, data: Dataset) -> tuple[str, ...]:
    """Return the columns of numbers that are features: the named ones, or all that play no other part."""
    features = study.features
    if _is_named(features):
        for name in features.columns:
            if not data.is_numeric(name):
                raise InputError(
                    "it holds texts, so it is no feature; list it under 'elements' or 'compositions', or leave it out.",
                    column=name,
                )
        return features.columns
    busy = {name for name, quantity in data.quantities.items() if quantity.role in BUSY_ROLES}
    busy |= {study.target.column, *_by_name(study, data)}
    numbers = tuple(name for name in data.names() if name not in busy and data.is_numeric(name))
    if not numbers:
        raise InputError("no column of numbers is left to be a feature; name 'elements' or 'compositions' columns.")
    return numbers


def _is_named(features: Features) -> bool:
    return bool(features.columns or features.elements or features.compositions)


def _by_name(study: Study, data: Dataset) -> dict[str, str]:
    """Return the parts that names give away (the number of a row is no feature), where no feature is named."""
    return {} if _is_named(study.features) else unspoken_roles(data)


def _ask_for_units(study: Study, data: Dataset, names: Iterable[str]) -> None:
    unknown = [name for name in names if data.is_numeric(name) and data.quantity(name).unit is None]
    if not unknown:
        return
    count = "1 unit is unknown" if len(unknown) == 1 else f"{len(unknown)} units are unknown"
    such = 'such as "eV" or "degC", or "" for a pure number'
    if UNKNOWN_UNIT in study.data.units.values():
        listed = ", ".join(f"'{name}'" for name in unknown)
        where = 'in the place of each "?" under [data.units] in the study file'
        raise UnitError(f"{count}: {listed}. Write them {where}, {such}.")
    table = Path(study.data.file).name
    lines = "\n".join(f"{toml(name)} = {toml(UNKNOWN_UNIT)}" for name in unknown)
    raise UnitError(
        f'{count}. Write these lines into the file {table}.toml beside the table, and a unit in the place of each "?", '
        f"{such}. (Or tell a command --unit {unknown[0]!r}=eV; or put them under [data.units] in a study file.)\n\n"
        f"[units]\n{lines}\n"
    )


def _check_rows(study: Study, data: Dataset) -> None:
    values = data.numpy(study.target.column)[data.outcome_is("accepted")]
    rows = int(np.isfinite(values.astype(np.float64)).sum())
    if rows < FEWEST_ROWS:
        raise InputError(f"a study needs at least {FEWEST_ROWS} accepted rows with a target; here are {rows}.")


def _usable(data: Dataset) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the features that can be used, and for each other one the reason why it cannot."""
    rows = data.outcome_is("accepted")
    usable, left_out = [], {}
    for name in data.names("feature"):
        values = data.numpy(name)[rows]
        missing = int(np.isnan(values).sum())
        if missing:
            left_out[name] = f"no value in {missing} of {len(values)} rows"
        elif len(values) and np.ptp(values) == 0:
            left_out[name] = f"the same value, {values[0]:g}, in every row"
        else:
            usable.append(name)
    if not usable:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in list(left_out.items())[:5])
        raise InputError(f"no feature can be used ({reasons}).")
    return tuple(usable), left_out


def _check_target(study: Study, data: Dataset, features: tuple[str, ...]) -> None:
    column = study.target.column
    _, y, _ = data.xy(column, features)
    if y.nunique() == 1:
        raise InputError(f"every row has the same value, {y.iloc[0]:g}; there is nothing to explain.", column=column)
    if study.target.log and (y <= 0).any():
        row = int(y.index[y <= 0][0]) + FIRST_ROW
        raise InputError("a log target must be positive; this value is not.", row=row, column=column)
