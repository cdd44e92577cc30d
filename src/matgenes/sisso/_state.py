"""What of a fitted search is kept when it is copied, sent to another process or saved: formulas, rows, and numbers.

The feature space itself is left behind. It follows from the rows, the columns' units and the parameters, so it is built
again when it is first asked for; predictions and formulas do not need it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn.base import BaseEstimator

from .._core.errors import InputError
from .fits._problem import Integers
from .fits._rows import Rows
from .formulas._plain import models_of, plain_models, plain_space, space_of
from .questions._error_bars import Calibration

if TYPE_CHECKING:
    from .formulas._model import Model
    from .space._space import Space

__all__ = ["State"]


class State(BaseEstimator):
    """The state of a fitted ``SISSORegressor`` as plain data."""

    rows_: Rows
    tasks_: tuple[Any, ...]
    models_: list[list[Model]]
    subspaces_: list[Integers]
    calibration_: Calibration | None
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
            self._space = self.models_[0][0].space.known_to(space)
        return self._space

    def _build_space(self, rows: Rows, **how: Any) -> Space:
        raise NotImplementedError

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = dict(super().__getstate__())
        if "models_" in state:
            ids = [id_ for models in self.models_ for model in models for id_ in model.ids]
            ids += [id_ for some in self.subspaces_ for id_ in some.tolist() if id_ < 0]  # fitted functions
            state["_space"] = plain_space(self.models_[0][0].space.compact(ids))
            state["models_"] = [plain_models(models) for models in self.models_]
            state["rows_"] = dict(vars(self.rows_))
            state["calibration_"] = None if self.calibration_ is None else self.calibration_.plain()
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        state = dict(state)
        if "models_" in state:
            space = space_of(state["_space"])
            state["models_"] = [models_of(plain, space, state["tasks_"]) for plain in state["models_"]]
            state["rows_"] = Rows(**state["rows_"])
            known = state["calibration_"]
            state["calibration_"] = None if known is None else Calibration.of_plain(known, state["tasks_"])
            state["_space"] = None
        super().__setstate__(state)
