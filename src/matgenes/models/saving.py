"""Fitted models as files that run no code when they are opened: skops, never pickle.

A folder holds ``model.skops`` and ``model.json``: class, names of the features, versions, and what else was told about
it, such as units and goal. On loading, only the types that our models are made of are built; a file that names any
other is refused, whatever it claims to be.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .. import __version__
from .._core.errors import InputError
from .._core.files import atomic_folder
from ._prediction import Predictive

__all__ = ["facts", "load", "save"]

MODEL, FACTS = "model.skops", "model.json"
MOST_BYTES = 2_000_000_000
TRUSTED = (
    "matgenes.models.baselines.MeanBaseline",
    "matgenes.models.baselines.LinearBaseline",
    "matgenes.models.gaussian_process.GaussianProcess",
    "matgenes.models.forests.RandomForest",
    "matgenes.models.forests.ExtraTrees",
    "matgenes.models.distance_forest.Forest",
    "matgenes.models.average.Average",
    "matgenes.models.bootstrapped.Bootstrapped",
    "matgenes.models.deep.ensemble.DeepEnsemble",
    "matgenes.models.fidelity.process.MultiFidelity",
    "matgenes.models.selected.Selected",
    "matgenes.models.logarithm.LogTarget",
    "matgenes.uncertainty.calibrated.Calibrated",
    "matgenes.sisso.regressor.SISSORegressor",
    "matgenes.sisso.choice.SISSORegressorCV",
    "matgenes.sisso.logregressor.SISSOLogRegressor",
    "matgenes.sisso.classifier.SISSOClassifier",
    "sklearn.tree._tree.Tree",
)
"""Types that a model's file may hold beyond plain data, NumPy's arrays and scikit-learn's estimators, which skops
trusts by itself. The nodes of a tree are checked by the forest that takes them.
"""

MODELS = tuple(name for name in TRUSTED if name.startswith("matgenes."))


def save(model: Predictive, folder: str | os.PathLike[str], about: Mapping[str, object] | None = None) -> None:
    """Write a fitted model into a new folder.

    Parameters
    ----------
    model : Predictive
        A fitted model of ours.
    folder : path
        Is made; must not exist.
    about : mapping of str to plain data, optional
        What a user of the model must know: units of the features, name and unit of the target, the goal.

    Raises
    ------
    InputError
        If the model is not fitted, holds types that :func:`load` would refuse, or the folder cannot be written.
    """
    import skops.io

    if getattr(model, "n_features_in_", None) is None:
        raise InputError("the model is not fitted, so there is nothing to save.")
    data = skops.io.dumps(model)
    strange = _strange(skops.io.get_untrusted_types(data=data))
    if strange:
        raise InputError(f"the model holds types that would not be loaded again: {', '.join(strange)}.")
    names = getattr(model, "feature_names_in_", None)
    told = {
        **(about or {}),
        "class": type(model).__name__,
        "features": None if names is None else [str(name) for name in names],
        "versions": {"matgenes": __version__} | {name: version(name) for name in ("scikit-learn", "skops", "numpy")},
    }
    with atomic_folder(folder) as partial:
        (partial / MODEL).write_bytes(data)
        (partial / FACTS).write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def load(folder: str | os.PathLike[str]) -> Any:
    """Read a model that :func:`save` wrote.

    Raises
    ------
    InputError
        If the files are missing or damaged, or hold a type that no model of ours is made of.
    """
    import skops.io

    path = Path(folder) / MODEL
    if not path.is_file():
        raise InputError("there is no saved model here.", file=path)
    try:
        _check_size(path)
        strange = _strange(skops.io.get_untrusted_types(file=path))
        if strange:
            raise InputError(f"the file holds types that no model is made of: {', '.join(strange[:5])}.", file=path)
        model = skops.io.load(path, trusted=list(TRUSTED))
    except InputError as error:
        raise error.at(file=path) from None
    except Exception as error:  # a damaged file can fail anywhere while it is read
        raise InputError(f"the file is damaged or from another version ({error}).", file=path) from error
    if f"{type(model).__module__}.{type(model).__qualname__}" not in MODELS:
        raise InputError(f"the file holds a {type(model).__name__}, which is no model of ours.", file=path)
    return model


def facts(folder: str | os.PathLike[str]) -> dict[str, Any]:
    """Return what ``model.json`` says: class, features, versions, and what was told about the model.

    Raises
    ------
    InputError
        If the file is missing or damaged.
    """
    path = Path(folder) / FACTS
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"this description of a model cannot be read ({error}).", file=path) from error
    if not isinstance(told, dict):
        raise InputError("this is no description of a model.", file=path)
    return told


def _strange(kinds: Iterable[str]) -> list[str]:
    return [kind for kind in kinds if kind not in TRUSTED]


def _check_size(path: Path) -> None:
    """Refuse a file that would unpack to more than any model needs."""
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
    if unpacked > MOST_BYTES:
        raise InputError(f"the file unpacks to {unpacked} bytes, too much for a model.", file=path)
