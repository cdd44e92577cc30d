"""What a fitted search for classes can be asked: is it chance, and which descriptors stay when rows change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from sklearn.utils.validation import check_is_fitted

if TYPE_CHECKING:
    from ..._core.tasks import How
    from ..questions._significance import Significance
    from ._stability import ClassStability

__all__ = ["ClassAnalyses"]


class ClassAnalyses:
    """Questions to a fitted ``SISSOClassifier``; each repeats the search on other labels or rows."""

    def significance(self, n_permutations: int = 1000, **how: Unpack[How]) -> Significance:
        """Search again for shuffled labels, and give every model its look-elsewhere p-value.

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
        """
        from ._significance import significance

        check_is_fitted(self)
        return significance(self, n_permutations, how)  # type: ignore[arg-type]

    def stability(
        self, n_resamples: int = 100, fraction: float | None = None, groups: Any = None, **how: Unpack[How]
    ) -> ClassStability:
        """Repeat the whole search on resampled rows, and count which descriptors and columns return.

        Parameters
        ----------
        n_resamples : int
            How many times.
        fraction : float, optional
            Share of the rows drawn without replacement; by default as many as there are, with replacement (bootstrap).
        groups : (n_rows,) array, optional
            Rows of one group are drawn together.
        **how
            As for :meth:`significance`.
        """
        from ._stability import stability

        check_is_fitted(self)
        return stability(self, n_resamples, fraction, groups, how)  # type: ignore[arg-type]
