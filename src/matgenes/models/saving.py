"""Fitted models as files that run no code when they are opened: skops, never pickle.

A folder holds ``model.skops`` and ``model.json``: class, names of the features, versions. On loading, only the types
that our models are made of are built; a file that names any other is refused, whatever it claims to be.
"""

from __future__ import annotations

import json
import os
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .. import __version__
from .._core.errors import InputError
from .._core.files import atomic_folder
from ._prediction import Predictive

__all__ = ["load", "save"]

MODEL, FACTS = "model.skops", "model.json"
MOST_BYTES = 2_000_000_000
TRUSTED = (
    "matgenes.models.baselines.MeanBaseline",
    "matgenes.models.baselines.LinearBaseline",
    "matgenes.models.gaussian_process.GaussianProcess",
    "matgenes.models.forests.RandomForest",
    "matgenes.models.forests.ExtraTrees",
    "matgenes.models.average.Average",
    "matgenes.models.selected.Selected",
    "matgenes.models.logarithm.LogTarget",
)
"""Types beyond those of NumPy and scikit-learn, which skops itself trusts, that a model's file may hold."""


def save(model: Predictive, folder: str | os.PathLike[str]) -> None:
    """Write a fitted model into a new folder.

    Raises
    ------
    InputError
        If the model is not fitted, holds types that :func:`load` would refuse, or the folder cannot be written.
    """
    import skops.io

    names = getattr(model, "feature_names_in_", None)
    if getattr(model, "n_features_in_", None) is None:
        raise InputError("the model is not fitted, so there is nothing to save.")
    data = skops.io.dumps(model)
    strange = [kind for kind in skops.io.get_untrusted_types(data=data) if kind not in TRUSTED]
    if strange:
        raise InputError(f"the model holds types that would not be loaded again: {', '.join(strange)}.")
    facts = {
        "class": type(model).__name__,
        "features": None if names is None else [str(name) for name in names],
        "matgenes": __version__,
        "scikit-learn": version("scikit-learn"),
        "numpy": version("numpy"),
    }
    with atomic_folder(folder) as partial:
        (partial / MODEL).write_bytes(data)
        (partial / FACTS).write_text(json.dumps(facts, indent=1), encoding="utf-8")


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
    if path.stat().st_size > MOST_BYTES:
        raise InputError(f"the file is larger than {MOST_BYTES} bytes, too large for a model.", file=path)
    try:
        strange = [kind for kind in skops.io.get_untrusted_types(file=path) if kind not in TRUSTED]
        if strange:
            raise InputError(f"the file holds types that no model is made of: {', '.join(strange[:5])}.", file=path)
        return skops.io.load(path, trusted=list(TRUSTED))
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, json.JSONDecodeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"the file is damaged or from another version ({error}).", file=path) from error
