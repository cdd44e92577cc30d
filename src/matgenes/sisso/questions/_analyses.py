"""What a fitted search can be asked: is it chance, how sure is it, which genes stay, what would be simpler."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self, Unpack, cast

import numpy as np
from sklearn.utils.validation import check_is_fitted

if TYPE_CHECKING:
    from ..._core.tasks import How
    from ..regressor import SISSORegressor
    from ._average import Average
    from ._fronts import Front, TechniqueFront
    from ._rashomon import Rashomon
    from ._sensitivity import Sensitivity
    from ._significance import Significance
    from ._stability import Stability

__all__ = ["Analyses"]


class Analyses:
    """Questions to a fitted ``SISSORegressor``; each repeats the search on other rows, targets or features."""

    def significance(self, n_permutations: int = 1000, **how: Unpack[How]) -> Significance:
        """Search again for shuffled targets, and give every model its look-elsewhere p-value.

        The target is shuffled together with the weights, within the tasks, and the whole search is repeated with the
        parameters of the fit. Without a ``random_state`` the shuffles are those of 0. A space of up to about a million
        features is held in memory (at most 1 GB) and takes about 10 ms a shuffle; a larger one takes as long for each
        as the fit took.

        Parameters
        ----------
        n_permutations : int
            The smallest possible p-value is 1 / (n_permutations + 1).
        **how
            ``executor``, ``checkpoint`` and ``progress`` of :func:`matgenes._core.tasks.run`.

        Returns
        -------
        Significance
            The p-values and what chance reaches; ``models_`` have their ``p_value`` afterwards.

        Raises
        ------
        InputError
            If ``n_permutations`` is below 1, or the parameters were changed after the fit.
        sklearn.exceptions.NotFittedError
            If nothing has been fitted.

        Examples
        --------
        >>> from matgenes.sisso import SISSORegressor
        >>> x = np.random.default_rng(0).uniform(1, 2, size=(30, 3))
        >>> fitted = SISSORegressor(rung=0, dimension=1).fit(x, 3 + 2 * x[:, 0] - x[:, 2])
        >>> fitted.significance(99).p_values
        (0.01,)
        >>> fitted.models_[0][0].p_value
        0.01
        """
        from ._significance import significance

        check_is_fitted(self)
        return significance(cast("SISSORegressor", self), n_permutations, how)

    def calibrate(self, folds: int = 10, groups: Any = None, **how: Unpack[How]) -> Self:
        """Repeat the whole search in folds, and let error bars include the selection of the form.

        The predictions stay those of the formula that all rows gave. ``error_bars_`` then tells how often the search
        was repeated; ``predict_interval`` gives intervals without an assumption on the errors.

        Parameters
        ----------
        folds : int
            How many parts of the rows are left out in turn, drawn at random in each task.
        groups : (n_fitted_rows,) array, optional
            Rows of one group are left out together, for error bars of groups not seen; by default the groups by which
            a ``SISSORegressorCV`` chose, if any. One for each row of ``rows_``, those of weight above 0.
        **how
            As for :meth:`significance`.

        Raises
        ------
        InputError
            If folds or groups do not fit, or too few rows are left to tell the error of a task.

        Examples
        --------
        >>> from matgenes.sisso import SISSORegressor
        >>> x = np.random.default_rng(0).uniform(1, 2, size=(30, 3))
        >>> y = 3 + 2 * x[:, 0] - x[:, 2] + 0.1 * np.random.default_rng(1).normal(size=30)
        >>> SISSORegressor(rung=0, dimension=2).fit(x, y).calibrate(folds=5).error_bars_
        'including the selection of the form: 5 refits of the whole search'
        """
        from ._error_bars import calibrate

        calibrate(_fitted(self), folds, groups, how)
        return self

    def stability(
        self, n_resamples: int = 100, fraction: float | None = None, groups: Any = None, **how: Unpack[How]
    ) -> Stability:
        """Repeat the whole search on resampled rows, and count which genes return.

        Parameters
        ----------
        n_resamples : int
            How many times.
        fraction : float, optional
            Share of the rows drawn without replacement; by default as many as there are, with replacement (bootstrap).
        groups : (n_fitted_rows,) array, optional
            Rows of one group are drawn together; as for :meth:`calibrate`.
        **how
            As for :meth:`significance`.

        Returns
        -------
        Stability
            Shares of genes and columns; features that are nearly equal on the fitted rows count as one gene.

        Raises
        ------
        InputError
            If a parameter is out of range, or no resample can be searched.
        """
        from ._stability import stability

        return stability(_fitted(self), n_resamples, fraction, groups, how)

    def rashomon(
        self, dimension: int | None = None, level: float = 0.95, at_most: int = 1000, **how: Unpack[How]
    ) -> Rashomon:
        """Return all models that fit as well as the best one within the noise, and the genes common to them.

        Parameters
        ----------
        dimension : int, optional
            The highest by default.
        level : float
            Of the confidence region of the best fit that the others must reach.
        at_most : int
            How many models are listed; the result says if there are more.
        **how
            As for :meth:`significance`.
        """
        from ._rashomon import rashomon

        return rashomon(_fitted(self), dimension, level, at_most, how)

    def average(self, at_most: int = 100, **how: Unpack[How]) -> Average:
        """Return a predictor that averages many models, each weighted by how well it is supported.

        Parameters
        ----------
        at_most : int
            How many models, of all dimensions up to that of the fit.
        **how
            As for :meth:`significance`.

        Raises
        ------
        InputError
            If the rows are too few for Akaike's criterion.
        """
        from ._average import average

        return average(_fitted(self), at_most, how)

    def front(self, **how: Unpack[How]) -> Front:
        """Return the best formula of every complexity, over all tuples of the subspace of the fit.

        Parameters
        ----------
        **how
            As for :meth:`significance`.

        Returns
        -------
        Front
            Exact; dimensions with more than 1e12 tuples are left out, and the result says so.
        """
        from ._fronts import complexity_front

        return complexity_front(_fitted(self), how)

    def technique_front(
        self, techniques: Mapping[str, str], costs: Mapping[str, float], folds: int = 0, **how: Unpack[How]
    ) -> TechniqueFront:
        """Search again with every set of measurement techniques: which instrument could go?

        Parameters
        ----------
        techniques : mapping of column to technique
            How each column was obtained; one that is not named costs nothing. At most 10 techniques.
        costs : mapping of technique to cost
            Of having it at all, in any one unit. Both are what ``matgenes.sisso.techniques_of(dataset)`` returns.
        folds : int
            Parts of the rows that are left out in turn to judge each set by an error that includes the search; 0 for
            the error of the fit alone, which is too small.
        **how
            As for :meth:`significance`.

        Raises
        ------
        InputError
            If a column is unknown, a technique has no cost, or there are too many techniques.
        """
        from ._techniques import technique_front

        return technique_front(_fitted(self), techniques, costs, folds, how)

    def sensitivity(self, X: Any = None, tasks: Any = None) -> Sensitivity:
        """Return the derivatives of the target with respect to the genes and to the columns, with units.

        Parameters
        ----------
        X : (n_rows, n_features) array or DataFrame, optional
            Where; the rows of the fit by default.
        tasks : (n_rows,) array, optional
            The task of each row.
        """
        from ._sensitivity import sensitivity

        return sensitivity(_fitted(self), X, tasks)

    def transform(self, X: Any) -> Any:
        """Return the genes of the best model of the highest dimension as columns.

        Parameters
        ----------
        X : Dataset, DataFrame or (n_rows, n_features) array
            With the columns of the fit; of a Dataset those are enough that the genes are made of, in any unit that
            can be converted.

        Returns
        -------
        Dataset, or DataFrame (n_rows, dimension)
            A Dataset with the genes as further columns, with units and empty where a column is; else a frame of the
            genes alone (or what ``set_output`` says).

        Raises
        ------
        InputError
            If a column is missing, its unit does not fit, or a gene is not defined for a row (such as the logarithm
            of a negative number).
        """
        from ..formulas._transform import transform

        return transform(_fitted(self), X)

    def get_feature_names_out(self, input_features: Sequence[str] | None = None) -> np.ndarray[Any, Any]:
        """Return the genes' texts, (dimension,), the columns that :meth:`transform` makes.

        Parameters
        ----------
        input_features : sequence of str, optional
            The columns of the fit, to be checked; the genes keep the names of the fit.
        """
        from ..formulas._transform import names_out

        return names_out(_fitted(self), input_features)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        tags.transformer_tags.preserves_dtype = []  # genes are float64 whatever goes in
        return tags


def _fitted(model: Analyses) -> SISSORegressor:
    """Return the regressor, which is fitted, or raise NotFittedError."""
    check_is_fitted(model)
    return cast("SISSORegressor", model)
