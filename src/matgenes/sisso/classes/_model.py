"""One descriptor that a search for classes has found: its features, how well it separates, and its boundary."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ._boundary import Boundary
from ._scores import Floats

if TYPE_CHECKING:
    import sympy

    from ..space._space import Space

__all__ = ["ClassModel"]


@dataclass(frozen=True, eq=False)
class ClassModel:
    """A descriptor of d features, and the boundary between the classes in it.

    Parameters
    ----------
    features : tuple of str
        The features as texts.
    units : tuple of (str or None)
        Their units; None where units were not given.
    complexity : int
        Number of operators in all features.
    score : float
        The number by which models are ranked, see ``SISSOClassifier``.
    overlap : int
        Samples in the overlaps of the classes' convex hulls, summed over pairs of classes.
    volume : float
        The overlap's share of the volume of the hull of both classes, mean over pairs.
    accuracy : float
        Share of the weight of the fitted samples that is on the right side of the boundary.
    auc : float
        Share of the pairs of samples, one of each class, that the decisions put in the right order; mean over pairs
        of classes.
    classes : tuple
        The labels of the classes, in order.
    boundary : Boundary
        The decisions.
    ids : tuple of int
        The features' numbers in the space.
    p_value : float, optional
        How often the whole search finds as good a descriptor of this dimension for shuffled labels; known after
        ``SISSOClassifier.significance``.
    """

    features: tuple[str, ...]
    units: tuple[str | None, ...]
    complexity: int
    score: float
    overlap: int
    volume: float
    accuracy: float
    auc: float
    classes: tuple[Any, ...]
    boundary: Boundary = field(repr=False)
    ids: tuple[int, ...] = field(repr=False)
    space: Space = field(repr=False)
    p_value: float | None = None

    @property
    def expression(self) -> sympy.Expr:
        """The logarithm of the odds of the second of two classes, zero on the boundary.

        Raises
        ------
        ValueError
            If there are more classes; each then has an expression of its own, see :meth:`expression_of`.
        """
        if len(self.classes) > 2:
            raise ValueError(f"there are {len(self.classes)} classes; ask for expression_of(label) of one of them.")
        return self._sum(0)

    def expression_of(self, label: Any) -> sympy.Expr:
        """Return the decision for one class; of several classes, the largest decides.

        Raises
        ------
        ValueError
            If there is no such class.
        """
        if label not in self.classes:
            raise ValueError(f"there is no class {label!r}; there are {', '.join(map(repr, self.classes))}.")
        place = self.classes.index(label)
        if len(self.classes) > 2:
            return self._sum(place)
        return self._sum(0) if place else -self._sum(0)

    @property
    def threshold(self) -> float | None:
        """Where one feature separates two classes; None for more features or classes, or no slope."""
        slope = self.boundary.coefficients
        return None if slope.shape != (1, 1) or not slope[0, 0] else float(-self.boundary.intercepts[0] / slope[0, 0])

    def __str__(self) -> str:
        cut = f", cut at {self.threshold:.4g}" if self.threshold is not None else ""
        numbers = f"accuracy {self.accuracy:.1%} in the fit, AUC {self.auc:.3f}, {self.overlap} samples in the overlap"
        return f"{'; '.join(self.features)}{cut}: {numbers}"

    def probabilities(self, features: Floats) -> Floats:
        """Return the probabilities (n, n_classes) for features (d, n)."""
        return self.boundary.probabilities(features)

    def _sum(self, row: int) -> sympy.Expr:
        import sympy

        terms = [
            sympy.Mul(sympy.Float(float(c)), self.space.sympy(id_))
            for c, id_ in zip(self.boundary.coefficients[row], self.ids, strict=True)
        ]
        return sympy.Add(sympy.Float(float(np.asarray(self.boundary.intercepts)[row])), *terms)
