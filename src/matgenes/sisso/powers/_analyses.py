"""The analyses of a product of powers: those of its logarithm, which is what was searched for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Unpack

from sklearn.utils.validation import check_is_fitted

from ..fits._problem import Floats
from ..questions._average import Average
from ._prediction import LogNormal
from ._search import LogSearch

if TYPE_CHECKING:
    from ..._core.tasks import How
    from ..questions._fronts import Front, TechniqueFront
    from ..questions._rashomon import Rashomon
    from ..questions._sensitivity import Sensitivity
    from ..questions._stability import Stability

__all__ = ["LogAnalyses", "LogAverage"]


class LogAverage(Average):
    """An average of products of powers, by the logarithm: a geometric mean, and log-normal; see ``Average``."""

    def predict(self, X: Any, return_std: bool = False, tasks: Any = None) -> Floats | tuple[Floats, Floats]:
        """Return the median (n_rows,), or median and standard deviation; see :meth:`Average.predict`."""
        prediction = self.predict_distribution(X, tasks)
        return (prediction.median, prediction.std) if return_std else prediction.median

    def predict_distribution(self, X: Any, tasks: Any = None) -> LogNormal:
        """Return the predictive distribution; its epistemic part includes the spread between the models."""
        return LogNormal.of(super().predict_distribution(X, tasks))


class LogAnalyses(LogSearch):
    """Questions to a fitted ``SISSOLogRegressor``: answers are those on ln y, which has no unit."""

    def stability(
        self, n_resamples: int = 100, fraction: float | None = None, groups: Any = None, **how: Unpack[How]
    ) -> Stability:
        """Repeat the whole search on resampled rows; see :meth:`SISSORegressor.stability`. Errors are those of ln y."""
        return self._logarithm().stability(n_resamples, fraction, groups, **how)

    def rashomon(
        self, dimension: int | None = None, level: float = 0.95, at_most: int = 1000, **how: Unpack[How]
    ) -> Rashomon:
        """Return all models that fit ln y as well as the best one; see :meth:`SISSORegressor.rashomon`."""
        return self._logarithm().rashomon(dimension, level, at_most, **how)

    def average(self, at_most: int = 100, **how: Unpack[How]) -> LogAverage:
        """Return a predictor that averages the logarithms of many models; see :meth:`SISSORegressor.average`."""
        found = self._logarithm().average(at_most, **how)
        return LogAverage(found.models, found.weights, found.names, found.units, self.target_)

    def front(self, **how: Unpack[How]) -> Front:
        """Return the best formula of every complexity; see :meth:`SISSORegressor.front`. Errors are those of ln y."""
        return self._logarithm().front(**how)

    def technique_front(
        self, techniques: Mapping[str, str], costs: Mapping[str, float], folds: int = 0, **how: Unpack[How]
    ) -> TechniqueFront:
        """Search again with every set of techniques; see :meth:`SISSORegressor.technique_front`."""
        return self._logarithm().technique_front(techniques, costs, folds, **how)

    def sensitivity(self, X: Any = None, tasks: Any = None) -> Sensitivity:
        """Return the derivatives of ln y; that with respect to a gene's logarithm is its exponent."""
        return self._logarithm().sensitivity(X, tasks)

    def _logarithm(self) -> LogSearch:
        """Return the fitted search for the logarithm of the target."""
        check_is_fitted(self)
        search = LogSearch(**self.get_params())
        for name, value in vars(self).items():
            if name == "_space" or name.endswith("_"):
                setattr(search, name, value)
        search.target_, search.target_unit_ = f"ln({self.target_ or 'target'})", ""
        return search
