"""Least squares of a target that is a logarithm already, on the logarithms of features."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..fits._rows import Rows
from ..regressor import SISSORegressor
from ..space._space import Space

__all__ = ["LogSearch"]


class LogSearch(SISSORegressor):
    """A ``SISSORegressor`` whose features count by the logarithms of their sizes."""

    def _build_space(self, rows: Rows, **how: Any) -> Space:
        return replace(super()._build_space(rows, **how), reference=rows.x[0].copy())

    def _search(self) -> SISSORegressor:
        return LogSearch(**self.get_params())
