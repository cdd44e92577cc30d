"""How large a search gets, before it is made: features a rung, tuples a dimension, seconds and memory of each stage.

Features are counted by classes of equal complexity and unit, as ``_blocks`` joins them; those that turn out invalid or
equal are counted too, so the numbers are upper bounds. Seconds are those of a core like that of the benchmarks
(``benchmarks/bars.toml``), from rates that were measured there at several numbers of rows; they say hours or minutes,
not more. m features are the tuples C(m, d) of dimension d; the search for triples holds an (m, m) matrix a task.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING, TypeAlias

from ..._core.memory import shown
from ..space._feature_units import REFUSED, FeatureUnits
from ..space._operators import ABSDIFF, ADD, BY_CODE, DIV, EXP, MUL, SUB, Operator, chosen
from ..space._rungs import CANDIDATE

if TYPE_CHECKING:
    from ...data import Dataset

__all__ = ["Estimate", "Stage", "estimate", "search_memory"]

FIXED = 200e6  # bytes of compiled kernels and tiles
WORKER = 60e6  # bytes of what a worker keeps at hand
ENTRY = 25  # bytes of a feature on its way to a selection
PASSED = 50  # features on their way for each that is selected
COPIES = 5  # of the selected features, while they are centred and scaled

# Seconds of a core: those of one item, and those of one item and row.
STORED = 5e-7, 2.6e-8  # a candidate of a stored rung
SUM = 4.3e-9, 4.6e-11  # in a last rung: a sum or difference,
PRODUCT = 1.1e-8, 1.1e-10  # a product or quotient,
DIRECT = 1e-7, 1.6e-9  # and one that is evaluated by itself
UNARY = 1e-7, 6e-9
PAIR = 1.3e-9, 3e-11
GRAM = 0.0, 7e-11
TRIPLE, TRIPLE_OF_TASK = 2.5e-10, 4e-10

Counts: TypeAlias = Counter[tuple[int, int]]  # complexity and unit: how many
Pair: TypeAlias = tuple[tuple[int, int], int, int, int]  # two complexities, two units, how many
Cost: TypeAlias = tuple[float, float]


@dataclass(frozen=True)
class Stage:
    """One part of a search: what it goes through, how many of these, in how many seconds of one core and bytes."""

    name: str
    count: int
    seconds: float
    memory: float


@dataclass(frozen=True)
class Estimate:
    """The size of a search; all numbers are upper bounds.

    Parameters
    ----------
    features : tuple of int
        That each rung adds, columns first.
    stages : tuple of Stage
        What is done, in order.
    memory : float
        Bytes of the largest stage, above those of the start.
    seconds : float
        Of all stages, on ``cores``.
    cores : int
        How many cores work.
    """

    features: tuple[int, ...]
    stages: tuple[Stage, ...]
    memory: float
    seconds: float
    cores: int = 1

    def __str__(self) -> str:
        rungs = ", ".join(f"rung {k}: {count:.4g}" for k, count in enumerate(self.features))
        width = max(len(stage.name) for stage in self.stages)
        lines = [
            f"{stage.name:{width}}  {stage.count:>9.3g}  {_time(stage.seconds):>8}  {shown(stage.memory):>7}"
            for stage in self.stages
        ]
        cores = "one core" if self.cores == 1 else f"{self.cores} cores"
        return "\n".join(
            [
                f"features at most: {rungs}",
                f"{'stage':{width}}  {'at most':>9}  {'one core':>8}  {'memory':>7}",
                *lines,
                f"in all at most about {_time(self.seconds)} on {cores}, {shown(self.memory)} of memory",
            ]
        )

    def to_dataset(self) -> Dataset:
        """Return the stages as a table with units."""
        from ...data import Dataset, Quantity

        return Dataset.from_columns(
            {
                Quantity("stage", role="id"): [stage.name for stage in self.stages],
                Quantity("count", unit="", role="note"): [float(stage.count) for stage in self.stages],
                Quantity("time", unit="s", role="time"): [stage.seconds for stage in self.stages],
                Quantity("memory", unit="", role="note", description="bytes"): [stage.memory for stage in self.stages],
            }
        )


def estimate(
    n_samples: int,
    n_columns: int,
    units: Sequence[str] | None = None,
    operators: Iterable[str] = ("+", "-", "*", "/"),
    rung: int = 1,
    max_complexity: int | None = None,
    strict: bool = True,
    n_sis: Sequence[int] = (500,),
    n_residual: int = 1,
    n_tasks: int = 1,
    cores: int = 1,
) -> Estimate:
    """Say how large the search of ``SISSORegressor`` can get.

    Parameters
    ----------
    n_samples, n_columns : int
        Size of the table.
    units, operators, rung, max_complexity, strict
        As for :func:`~matgenes.sisso.space._space.build_space`.
    n_sis : sequence of int
        Features to select for dimension 1, 2, ...
    n_residual, n_tasks : int
        Residuals that are screened for, and tasks with coefficients of their own.
    cores : int
        How many work.

    Returns
    -------
    Estimate

    Examples
    --------
    >>> estimate(82, 3, ["eV", "eV", "nm"], ["+", "/"], rung=1, n_sis=[5, 5]).features
    (3, 7)
    """
    used, feature_units = chosen(operators), FeatureUnits(units, strict)
    columns = feature_units.columns if units is not None else [0] * n_columns
    old: Counts = Counter()
    new: Counts = Counter((0, unit) for unit in columns)
    sizes, held, stages = [n_columns], n_columns, []
    last: dict[int, Counts] = {}
    for number in range(1, rung + 1):
        is_last = number == rung
        last = {op.code: _made(old, new, op, feature_units, max_complexity, is_last) for op in used}
        old, new = old + new, sum(last.values(), Counter())
        sizes.append(new.total())
        if not is_last:
            memory = FIXED + CANDIDATE * new.total() + 8.0 * n_samples * (2 * held + new.total())
            stages.append(
                Stage(f"features of rung {number}", new.total(), _cost(STORED, n_samples) * new.total(), memory)
            )
            held += new.total()
    screening = _screening(last if rung else {}, n_samples, held)
    stages += _searches(n_sis, sum(sizes), screening, n_samples, held, n_residual, n_tasks, cores)
    seconds = sum(stage.seconds for stage in stages) / cores
    return Estimate(tuple(sizes), tuple(stages), max(stage.memory for stage in stages), seconds, cores)


def search_memory(m: int, n_samples: int, size: int, n_tasks: int = 1, workers: int = 1) -> float:
    """Return the bytes that the search for tuples of ``size`` out of m features takes, above the values themselves."""
    matrix = {3: 1, 4: workers}.get(size, 0) * 4.0 * n_tasks * m**2
    return matrix + 8.0 * n_samples * m * (COPIES + (2 * workers if size == 4 else 0)) + WORKER * workers


def _screening(last: dict[int, Counts], n: int, held: int) -> tuple[int, float, float]:
    """Return number of features, seconds for one residual, and seconds that each further one takes."""
    count = held + sum(made.total() for made in last.values())
    seconds, further = held * _cost(UNARY, n), 0.0
    for code, made in last.items():
        kind = {ADD: SUM, SUB: SUM, MUL: PRODUCT, DIV: PRODUCT}.get(code, DIRECT if code <= ABSDIFF else UNARY)
        seconds += made.total() * _cost(kind, n)
        further += made.total() * n * kind[1] / 3
    return count, seconds, further


def _searches(
    n_sis: Sequence[int],
    n_features: int,
    screening: tuple[int, float, float],
    n: int,
    held: int,
    n_residual: int,
    n_tasks: int,
    cores: int,
) -> Iterator[Stage]:
    """Give the screening and the search of each dimension."""
    count, seconds, further = screening
    m, residuals = 0, 1
    base = FIXED + 8.0 * n * held * (2 if n_tasks > 1 else 1)
    for size, n_select in enumerate(n_sis, 1):
        if m < n_features:
            m = min(m + n_select, n_features)
            memory = base + WORKER * cores + (PASSED * ENTRY + 16.0 * n) * n_select + 8.0 * n * m
            yield Stage(f"screening for dimension {size}", count, seconds + (residuals - 1) * further, memory)
        tuples = comb(m, size)
        name = ("features", "pairs", "triples", "quadruples")[size - 1]
        memory = base + 8.0 * n * m + search_memory(m, n, size, n_tasks, cores)
        yield Stage(f"{name} of {m:,}", tuples, _search_seconds(m, tuples, n, size, n_tasks), memory)
        residuals = n_residual


def _search_seconds(m: int, tuples: int, n: int, size: int, n_tasks: int) -> float:
    if size < 3:
        return tuples * _cost(PAIR, n) * n_tasks
    grams = _cost(GRAM, n) * m**2 * (m / 3 if size == 4 else 1)
    return grams + tuples * (TRIPLE if n_tasks == 1 else TRIPLE_OF_TASK * n_tasks)


def _cost(of: Cost, n: int) -> float:
    return of[0] + n * of[1]


def _made(
    old: Counts, new: Counts, operator: Operator, units: FeatureUnits, max_complexity: int | None, is_last: bool
) -> Counts:
    """Return how many features of each class an operator makes; of the last rung, the units do not matter."""
    made: Counts = Counter()
    limit = float("inf") if max_complexity is None else max_complexity
    merge = is_last and operator.code in (MUL, DIV)
    is_sure = is_last and operator.needs != "dimension one"  # pairs of unlike units are not even given
    judge = BY_CODE[EXP] if operator.needs == "dimension one" else operator  # its answers are known from then on
    if operator.arity == 1:
        pairs: Iterable[Pair] = (((c, 0), u, u, count) for (c, u), count in new.items())
    else:
        together = operator.needs == "same unit" and units.is_checked
        pairs = _pairs(_merged(old, merge), _merged(new, merge), operator, together)
    for (c, d), a, b, count in pairs:
        if c + d + 1 <= limit:
            unit = 0 if is_sure else units.after(judge, a, b)
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


def _time(seconds: float) -> str:
    for length, unit in ((86400.0, "d"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 2 * length:
            return f"{seconds / length:.3g} {unit}"
    return f"{seconds:.2g} s" if seconds >= 0.1 else "< 0.1 s"
