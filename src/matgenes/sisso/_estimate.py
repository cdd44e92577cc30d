"""How large a feature space gets, before it is built: features a rung, memory, and seconds of screening.

Features are counted by classes of equal complexity and unit, as ``_blocks`` joins them; those that turn out invalid or
equal are counted too, so the numbers are upper bounds. Seconds are those of one core like that of the benchmarks.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ._feature_units import REFUSED, FeatureUnits
from ._operators import DIV, MUL, Operator, chosen

__all__ = ["Estimate", "estimate"]

CANDIDATE = 120  # bytes of a feature of a stored rung while equal ones are looked for
FIXED = 200e6  # bytes of compiled kernels and tiles
FLOPS = 4e10  # single precision, of one core, all steps of the screening counted in
CANDIDATES = 5e5  # features of a stored rung that are compared a second

Counts: TypeAlias = Counter[tuple[int, int]]  # complexity and unit: how many
Pair: TypeAlias = tuple[tuple[int, int], int, int, int]  # two complexities, two units, how many


@dataclass(frozen=True)
class Estimate:
    """The size of a feature space; all numbers are upper bounds.

    Parameters
    ----------
    features : tuple of int
        That each rung adds, columns first.
    memory : float
        Bytes, above those of the start.
    seconds : float
        To build it and to select from it once, on one core.
    """

    features: tuple[int, ...]
    memory: float
    seconds: float

    def __str__(self) -> str:
        rungs = ", ".join(f"rung {k}: {count:.4g}" for k, count in enumerate(self.features))
        cost = f"memory {self.memory / 1e9:.2g} GB; {self.seconds:.2g} s a selection on one core"
        return f"features at most: {rungs}; {cost}"


def estimate(
    n_samples: int,
    n_columns: int,
    units: Sequence[str] | None = None,
    operators: Iterable[str] = ("+", "-", "*", "/"),
    rung: int = 1,
    max_complexity: int | None = None,
    strict: bool = True,
) -> Estimate:
    """Say how large the space of :func:`build_space` can get.

    Parameters
    ----------
    n_samples, n_columns : int
        Size of the table.
    units, operators, rung, max_complexity, strict
        As for :func:`build_space`.

    Returns
    -------
    Estimate

    Examples
    --------
    >>> estimate(82, 3, ["eV", "eV", "nm"], ["+", "/"], rung=1).features
    (3, 7)
    """
    used, feature_units = chosen(operators), FeatureUnits(units, strict)
    columns = feature_units.columns if units is not None else [0] * n_columns
    old: Counts = Counter()
    new: Counts = Counter((0, unit) for unit in columns)
    sizes = [n_columns]
    for number in range(1, rung + 1):
        made = _next_rung(old, new, used, feature_units, max_complexity, is_last=number == rung)
        old, new = old + new, made
        sizes.append(made.total())
    stored = sum(sizes[:-1]) if rung else n_columns
    last = sizes[-1] if rung else 0
    memory = FIXED + 8.0 * n_samples * stored + CANDIDATE * stored
    return Estimate(tuple(sizes), memory, stored / CANDIDATES + last * (6 * n_samples + 200) / FLOPS)


def _next_rung(
    old: Counts,
    new: Counts,
    operators: Sequence[Operator],
    units: FeatureUnits,
    max_complexity: int | None,
    is_last: bool,
) -> Counts:
    """Return how many features of each class operators make; of the last rung, the units are not told apart."""
    made: Counts = Counter()
    limit = float("inf") if max_complexity is None else max_complexity
    for operator in operators:
        if operator.arity == 1:
            pairs: Iterable[Pair] = (((c, 0), u, u, count) for (c, u), count in new.items())
        else:
            merge = is_last and operator.code in (MUL, DIV)
            together = operator.needs == "same unit" and units.is_checked
            pairs = _pairs(_merged(old, merge), _merged(new, merge), operator, together)
        for (c, d), a, b, count in pairs:
            if c + d + 1 <= limit:
                unit = 0 if is_last and operator.code in (MUL, DIV) else units.after(operator, a, b)
                if unit != REFUSED:
                    made[c + d + 1, unit] += count
    return made


def _merged(counts: Counts, merge: bool) -> Counts:
    if not merge:
        return counts
    merged: Counts = Counter()
    for (complexity, _), count in counts.items():
        merged[complexity, 0] += count
    return merged


def _pairs(old: Counts, new: Counts, operator: Operator, same_unit: bool) -> Iterator[Pair]:
    """Give complexities, units and number of the pairs of classes in which one feature at least is new."""
    groups: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for key in sorted(set(old) | set(new)):
        groups[key[1] if same_unit else 0].append(key)
    both = old + new
    for keys in groups.values():
        for k, p in enumerate(keys):
            for q in keys[k:]:
                if p == q:
                    count = (both[p] * (both[p] - 1) - old[p] * (old[p] - 1)) // 2
                else:
                    count = both[p] * both[q] - old[p] * old[q]
                if count:
                    yield (p[0], q[0]), p[1], q[1], count
                if count and operator.code == DIV:
                    yield (p[0], q[0]), q[1], p[1], count
