"""Plots by what they answer; every function draws on ``ax`` (or on a new figure where it is None) and returns it.

Axes are labelled with name and unit, uncertainty is shown wherever it was given, and colours are safe for the
colour-blind. The figure is ``axes.figure``; its size and look are those of :mod:`matgenes.report.style`.

How good are the predictions: :func:`parity`, :func:`error_distribution`, :func:`residuals_by_group`, :func:`violins`,
:func:`calibration`, :func:`learning_curve`. Which is best: :func:`bars`, :func:`correlations`, :func:`ranking`. What
did a search find: :func:`front`, :func:`chance`, :func:`coverages`, :func:`inside`, :func:`searches`. What do the
data look like: :func:`histogram`, :func:`histograms`, :func:`matrix`, :func:`map2d`. For a step's ``data.Figure``,
which is drawn later:
``draw=drawing(parity, y, mean, std, unit="eV")``.
"""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from ._comparison import bars as bars
    from ._comparison import correlations as correlations
    from ._comparison import ranking as ranking
    from ._data import histogram as histogram
    from ._data import histograms as histograms
    from ._data import map2d as map2d
    from ._data import matrix as matrix
    from ._formulas import chance as chance
    from ._formulas import front as front
    from ._parts import drawing as drawing
    from ._prediction import error_distribution as error_distribution
    from ._prediction import parity as parity
    from ._prediction import residuals_by_group as residuals_by_group
    from ._rules import coverages as coverages
    from ._rules import inside as inside
    from ._searches import searches as searches
    from ._trust import calibration as calibration
    from ._trust import learning_curve as learning_curve
    from ._violins import violins as violins

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "_comparison": ["bars", "correlations", "ranking"],
        "_data": ["histogram", "histograms", "map2d", "matrix"],
        "_formulas": ["chance", "front"],
        "_parts": ["drawing"],
        "_prediction": ["error_distribution", "parity", "residuals_by_group"],
        "_rules": ["coverages", "inside"],
        "_searches": ["searches"],
        "_trust": ["calibration", "learning_curve"],
        "_violins": ["violins"],
    },
)
