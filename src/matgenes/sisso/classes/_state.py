"""What of a fitted search for classes is kept when it is copied or saved: formulas, boundaries and rows, as plain data.

As in ``_state``, the feature space is left behind and built again when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator

from ..._core.errors import InputError
from ..fits._rows import Rows
from ..formulas._plain import plain_space, space_of
from ._boundary import Boundary
from ._model import ClassModel

if TYPE_CHECKING:
    from ..space._space import Space

__all__ = ["ClassState"]

NUMBERS = ("score", "volume", "accuracy", "auc")


class ClassState(BaseEstimator):
    """The state of a fitted ``SISSOClassifier`` as plain data."""

    rows_: Rows
    classes_: Any
    models_: list[list[ClassModel]]
    _space: Space | None

    @property
    def space_(self) -> Space:
        """The features and how to compute them; of a loaded model, built again when it is first asked for."""
        if self._space is None:
            space = self._build_space(self.rows_)
            if space.sizes != self.models_[0][0].space.sizes:
                raise InputError(
                    "the parameters were changed after the fit, so the feature space cannot be built again; fit again."
                )
            self._space = space
        return self._space

    def _build_space(self, rows: Rows, **how: Any) -> Space:
        raise NotImplementedError

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = dict(super().__getstate__())
        if "models_" in state:
            ids = [id_ for models in self.models_ for model in models for id_ in model.ids]
            state["_space"] = plain_space(self.models_[0][0].space.compact(ids))
            state["models_"] = [_plain(models) for models in self.models_]
            state["rows_"] = dict(vars(self.rows_))
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        state = dict(state)
        if "models_" in state:
            space, labels = space_of(state["_space"]), tuple(state["classes_"].tolist())
            state["models_"] = [_models(plain, space, labels) for plain in state["models_"]]
            state["rows_"] = Rows(**state["rows_"])
            state["_space"] = None
        super().__setstate__(state)


def _plain(models: Sequence[ClassModel]) -> dict[str, Any]:
    """Return models of one dimension as arrays, one row a model."""
    return {
        "ids": np.array([model.ids for model in models], dtype=np.int64),
        "overlap": np.array([model.overlap for model in models], dtype=np.int64),
        "p_value": np.array([np.nan if model.p_value is None else model.p_value for model in models]),
        "coefficients": np.stack([model.boundary.coefficients for model in models]),
        "intercepts": np.stack([model.boundary.intercepts for model in models]),
        **{name: np.array([getattr(model, name) for model in models]) for name in NUMBERS},
    }


def _models(plain: Mapping[str, Any], space: Space, labels: tuple[Any, ...]) -> list[ClassModel]:
    """Return the models that :func:`_plain` wrote."""
    return [
        ClassModel(
            features=tuple(space.text(id_) for id_ in ids),
            units=tuple(space.unit(id_) for id_ in ids),
            complexity=int(space.complexities(np.array(ids)).sum()),
            overlap=int(plain["overlap"][k]),
            classes=labels,
            boundary=Boundary(plain["coefficients"][k], plain["intercepts"][k]),
            ids=tuple(ids),
            space=space,
            p_value=None if np.isnan(plain["p_value"][k]) else float(plain["p_value"][k]),
            **{name: float(plain[name][k]) for name in NUMBERS},
        )
        for k, ids in enumerate(plain["ids"].tolist())
    ]
