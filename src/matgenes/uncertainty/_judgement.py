"""How far a domain of applicability can be trusted: coverage and errors inside and outside, on untouched rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .._core import units
from ..data import Dataset, Quantity

__all__ = ["Judgement", "Verdict", "judged"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Verdict:
    """Errors of some rows inside and outside a domain; NaN where no row is.

    Parameters
    ----------
    split : str
        Which rows.
    text : str
        The rule of the domain; "all rows" where none was found.
    coverage : float
        Share of the rows inside.
    mae_inside, mae_outside, mae : float
        Mean error inside, outside, of all rows.
    p95_inside, p95_outside, p95 : float
        What 95 % of the errors do not exceed, likewise.
    """

    split: str
    text: str
    coverage: float
    mae_inside: float
    mae_outside: float
    mae: float
    p95_inside: float
    p95_outside: float
    p95: float


@dataclass(frozen=True)
class Judgement:
    """Each split's own domain on its test rows, and all of them pooled; no split is left out.

    Parameters
    ----------
    splits : tuple of Verdict
        One a split, in order.
    pooled : Verdict
        All test rows, each inside or outside the domain of its own split.
    unit : str, optional
        Of the errors.
    """

    splits: tuple[Verdict, ...]
    pooled: Verdict
    unit: str | None = None

    def to_dataset(self) -> Dataset:
        """Return one row a split, and the pooled one."""
        rows = (*self.splits, self.pooled)
        named = {
            "MAE inside": "mae_inside",
            "MAE outside": "mae_outside",
            "MAE": "mae",
            "95 % inside": "p95_inside",
            "95 % outside": "p95_outside",
            "95 %": "p95",
        }
        return Dataset.from_columns(
            {
                Quantity("split", role="id"): [row.split for row in rows],
                Quantity("domain", description="where the errors are small, found on the other rows"): [
                    row.text for row in rows
                ],
                Quantity("coverage", unit="", description="share of the test rows inside"): [
                    row.coverage for row in rows
                ],
                **{
                    Quantity(name, unit=self.unit): [getattr(row, field) for row in rows]
                    for name, field in named.items()
                },
            }
        )

    def __str__(self) -> str:
        unit = f" {units.label(self.unit)}" if self.unit else ""
        all_rows = self.pooled
        mae, tail = (
            [f"{getattr(all_rows, name + place):.3g}{unit}" for place in ("_inside", "_outside", "")]
            for name in ("mae", "p95")
        )
        return (
            f"{len(self.splits)} splits: the domains cover {all_rows.coverage:.0%} of the untouched rows; mean error "
            f"{mae[0]} inside, {mae[1]} outside, {mae[2]} in all; 95 % of the errors are below {tail[0]} inside, "
            f"{tail[1]} outside, {tail[2]} in all"
        )


def judged(
    names: Sequence[str], texts: Sequence[str], errors: Sequence[Floats], inside: Sequence[Bools], unit: str | None
) -> Judgement:
    """Return the judgement of domains from the errors (n_tested,) of each split and which of these are inside."""
    each = tuple(_verdict(*one) for one in zip(names, texts, errors, inside, strict=True))
    different = sorted(set(texts))
    text = different[0] if len(different) == 1 else f"{len(different)} rules"
    return Judgement(each, _verdict("all", text, np.concatenate(errors), np.concatenate(inside)), unit)


def _verdict(split: str, text: str, errors: Floats, inside: Bools) -> Verdict:
    parts = (errors[inside], errors[~inside], errors)
    means = [float(part.mean()) if len(part) else float("nan") for part in parts]
    tails = [float(np.quantile(part, 0.95)) if len(part) else float("nan") for part in parts]
    return Verdict(split, text, float(inside.mean()), *means, *tails)
