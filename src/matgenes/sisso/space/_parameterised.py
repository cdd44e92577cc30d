"""A feature space with fitted functions of its stored features as further ones: h(alpha f + beta), see ``_inner``.

Candidates are all features below the last rung under each of the chosen operators. Every screening fits them to every
residual and adds the best ``n_select`` of them to those that it selects anyway; after the search for tuples the
parameters of the best ones are fitted again, all together. Complexity counts operators and fitted parameters. A fitted
function has a negative number as its id, in the order in which they are found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._core import tasks as work
from ..._core import units as unit_texts
from ..._core.errors import InputError, UnitError, did_you_mean
from ..fits._problem import Floats
from ..fits._rows import Rows
from . import _screening_kernels as kernels
from ._derivatives import UNARY
from ._expressions import Ids
from ._inner import FORMS, best_inner, numbers_of, parameters_of
from ._inner_refit import fitted_together
from ._operators import BY_CODE, in_sympy
from ._screening import Selection, prepared
from ._space import Space
from ._tiles import Screen, read_only

__all__ = ["Inner", "Parameter", "ParameterisedSpace", "checked_forms"]

ALIKE = 1 - 1e-10  # features with a larger correlation are one
STRAIGHT = 1 - 1e-4  # a function with a larger correlation with its argument is nearly a line: the argument serves
PART = 500  # features of a task
MORE = 4  # times as many are compared as are selected
BY_OPCODE = {form.code: (name, form) for name, form in FORMS.items()}


class Inner(NamedTuple):
    """A fitted function: opcode, the id of its argument, scale and shift."""

    code: int
    argument: int
    alpha: float
    beta: float

    def inside(self, f: Floats) -> Floats:
        """Return alpha f + beta."""
        return np.asarray(self.alpha * f + self.beta)

    def of(self, f: Floats) -> Floats:
        """Return the function of an argument's values (n,); NaN or inf where there is none."""
        out = np.empty((1, len(f)))
        first = np.zeros(1, dtype=np.int64)
        kernels.evaluate(np.array([self.code], np.int8), first, first, read_only(self.inside(f)[None]), out)
        return np.asarray(out[0])


class Parameter(NamedTuple):
    """A fitted number inside a feature: the feature, what it is called, its value and unit (None: not known)."""

    feature: str
    name: str
    value: float
    unit: str | None


def checked_forms(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names of parameterised operators, each once, in a fixed order.

    Raises
    ------
    InputError
        If there is no such operator.
    """
    names = [names] if isinstance(names, str) else list(names)
    for name in names:
        if name not in FORMS:
            raise InputError(
                f"{name!r} is no operator that can be parameterised.{did_you_mean(str(name), FORMS)} "
                f"There are {', '.join(FORMS)}."
            )
    return tuple(name for name in FORMS if name in names)


@dataclass(frozen=True, eq=False)
class ParameterisedSpace(Space):
    """A feature space with fitted functions.

    Parameters
    ----------
    forms : tuple of str
        Names of the operators that are fitted.
    inner : dict of int to Inner
        What has been found, by id; it grows when the space is screened.
    """

    forms: tuple[str, ...] = ()
    inner: dict[int, Inner] = field(default_factory=dict)

    @classmethod
    def over(cls, space: Space, forms: Sequence[str], inner: dict[int, Inner] | None = None) -> ParameterisedSpace:
        """Return a space with fitted functions of the stored features of another one."""
        own = {one.name: getattr(space, one.name) for one in fields(Space)}
        return cls(**own, forms=tuple(forms), inner={} if inner is None else inner)

    def known_to(self, other: Space) -> Space:
        """Return another space, with the functions that this one knows."""
        return ParameterisedSpace.over(other, self.forms, dict(self.inner))

    def compact(self, ids: ArrayLike) -> ParameterisedSpace:
        """Return a space of some features alone, see :meth:`Space.compact`."""
        given = np.asarray(ids, dtype=np.int64).tolist()
        small = super().compact(self.made_of(given))
        return ParameterisedSpace.over(small, self.forms, {id_: self.inner[id_] for id_ in given if id_ < 0})

    def made_of(self, ids: ArrayLike) -> Ids:
        """Return the ids of features, those of their arguments for fitted functions."""
        given = np.asarray(ids, dtype=np.int64)
        return np.array([self.inner[id_].argument if id_ < 0 else id_ for id_ in given.tolist()], dtype=np.int64)

    def text(self, id_: int) -> str:
        """Return a feature as text; parameters are shown with six digits."""
        if id_ >= 0:
            return super().text(id_)
        return self._text(self.inner[id_])

    def latex(self, id_: int) -> str:
        """Return a feature as LaTeX for math mode."""
        if id_ >= 0:
            return super().latex(id_)
        return self._written(self.inner[id_], BY_CODE[self.inner[id_].code].latex, super().latex, ".6g", r" \cdot ")

    def python(self, id_: int) -> str:
        """Return a feature as a Python expression of ``X`` (a table of columns) and ``np`` (NumPy)."""
        if id_ >= 0:
            return super().python(id_)
        return self._written(self.inner[id_], BY_CODE[self.inner[id_].code].python, super().python, times=" * ")

    def sympy(self, id_: int) -> Any:
        """Return a feature as a SymPy expression of the symbols ``Symbol(name)``."""
        if id_ >= 0:
            return super().sympy(id_)
        import sympy as sp

        one = self.inner[id_]
        argument = sp.Float(one.alpha) * super().sympy(one.argument) + (sp.Float(one.beta) if one.beta else 0)
        return in_sympy(one.code, argument, argument)

    def unit(self, id_: int) -> str | None:
        """Return the canonical unit of a feature; fitted functions have none, as alpha takes that of the argument."""
        if id_ >= 0:
            return super().unit(id_)
        return "" if self.table.units.is_checked else None

    def parameters(self, ids: Sequence[int]) -> tuple[Parameter, ...]:
        """Return the fitted numbers inside some features, with the shift if it is one."""
        found = []
        for id_ in ids:
            if id_ < 0:
                one = self.inner[id_]
                found.append(Parameter(self.text(id_), "alpha", one.alpha, _per(super().unit(one.argument))))
                if BY_OPCODE[one.code][1].n_parameters == 2:
                    found.append(Parameter(self.text(id_), "beta", one.beta, ""))
        return tuple(found)

    def complexities(self, ids: ArrayLike) -> Ids:
        """Return the numbers of operators and fitted parameters (k,) of features."""
        given = np.asarray(ids, dtype=np.int64)
        own = np.asarray(super().complexities(self.made_of(given)))
        for k in np.flatnonzero(given < 0).tolist():
            own[k] = self._complexity(self.inner[int(given[k])])
        return own

    def evaluate(self, ids: ArrayLike, values: ArrayLike) -> NDArray[np.float64]:
        """Return features of new samples, see :meth:`Space.evaluate`."""
        given = np.asarray(ids, dtype=np.int64)
        return self._applied(given, super().evaluate(self.made_of(given), values))

    def on_rows(self, ids: ArrayLike) -> Floats:
        """Return features (k, n) of the rows that the space was built from."""
        given = np.asarray(ids, dtype=np.int64)
        out = np.empty((len(given), self.values.shape[1]))
        kernels.evaluate(*self.table.decoded(self.made_of(given)), self.values, out)
        return self._applied(given, out)

    def slopes(self, ids: ArrayLike, values: ArrayLike) -> Floats:
        """Return the derivatives (k, n_new) of features with respect to their arguments; 1 where nothing is fitted."""
        given = np.asarray(ids, dtype=np.int64)
        out = super().evaluate(self.made_of(given), values)
        for k, id_ in enumerate(given.tolist()):
            one = self.inner.get(id_)
            with np.errstate(all="ignore"):
                out[k] = 1.0 if one is None else one.alpha * UNARY[one.code](one.inside(out[k]))
        return out

    def add(self, one: Inner) -> int:
        """Return the id of a fitted function, which is made known."""
        for id_, known in self.inner.items():
            if known == one:
                return id_
        self.inner[-1 - len(self.inner)] = one
        return -len(self.inner)

    def refitted(self, ids: Sequence[int], rows: Rows, share: Floats) -> tuple[int, ...]:
        """Return a tuple of features with the parameters of all its fitted functions fitted again, together.

        Parameters
        ----------
        ids : sequence of int
            The tuple.
        rows : Rows
            Targets, weights and tasks.
        share : (n_tasks,) array
            What each task's 1 - R2 counts.
        """
        own = [k for k, id_ in enumerate(ids) if id_ < 0]
        if not own:
            return tuple(ids)
        f, others = self.on_rows(self.made_of(ids)), [k for k in range(len(ids)) if k not in own]
        before = [self.inner[ids[k]] for k in own]
        numbers = fitted_together(
            [one.code for one in before],
            [numbers_of(one.code, one.alpha, one.beta, float(f[k].min()), float(f[k].max()))
             for k, one in zip(own, before, strict=True)],
            f[own], f[others], rows, share,
        )  # fmt: skip
        found = list(ids)
        for k, one, (p, q) in zip(own, before, numbers, strict=True):
            alpha, beta = parameters_of(one.code, p, q, float(f[k].min()), float(f[k].max()))
            new = Inner(one.code, one.argument, alpha, beta)
            is_straight = abs(np.corrcoef(new.of(f[k]), f[k])[0, 1]) > STRAIGHT
            found[k] = one.argument if is_straight else self.add(new)
        return tuple(found) if _is_valid(self.on_rows(found)).all() and len(set(found)) == len(ids) else tuple(ids)

    def sis(
        self,
        residuals: ArrayLike,
        n_select: int,
        *,
        exclude: Sequence[int] | Ids = (),
        tasks: ArrayLike | None = None,
        weights: ArrayLike | None = None,
        stage: str = "screening",
        **how: Any,
    ) -> Selection:
        """Select the features that correlate best with any of some residuals, and as many fitted functions."""
        known = np.asarray(exclude, dtype=np.int64)
        plain = super().sis(
            residuals, n_select, exclude=known[known >= 0], tasks=tasks, weights=weights, stage=stage, **how
        )
        how.pop("device", None)
        screen = prepared(self.values, self.bounds, residuals, tasks, weights)
        found = self._fitted(screen, f"{stage}, fitted functions", how)
        order = np.argsort(np.zeros(screen.values.shape[1]) if tasks is None else np.asarray(tasks), kind="stable")
        shields = np.concatenate([self.on_rows(known[known < 0]), plain.values])[:, order]
        chosen = self._distinct(found[: MORE * n_select], screen, shields)[:n_select]
        ids = np.array([self.add(one) for _, one in chosen], dtype=np.int64)
        return Selection(
            np.concatenate([plain.ids, ids]),
            np.concatenate([plain.values, self.on_rows(ids)]),
            np.concatenate([plain.scores, [score for score, _ in chosen]]),
            np.concatenate([plain.complexities, self.complexities(ids)]),
        )

    def _fitted(self, screen: Screen, stage: str, how: dict[str, Any]) -> list[tuple[float, Inner]]:
        """Return all fitted functions with their scores, the best first."""
        parts = [
            (FORMS[name].code, start, min(start + PART, len(self.table)))
            for name in self.forms
            for start in range(0, len(self.table), PART)
        ]
        shared = {name: getattr(screen, name) for name in ("values", "residuals", "weights", "starts")}
        done = work.run(fitted_part, parts, shared=shared, stage=stage, **how)
        found = []
        for (code, start, _), part in zip(parts, done, strict=True):
            for row, r in np.argwhere(part[..., 2] > 0).tolist():
                p, q, score = part[row, r].tolist()
                f = screen.values[start + row]
                alpha, beta = parameters_of(code, p, q, float(f.min()), float(f.max()))
                found.append((round(float(np.sqrt(score)), 9), Inner(code, start + row, alpha, beta)))
        return sorted(found, key=lambda pair: (-pair[0], *pair[1]))

    def _distinct(self, found: list[tuple[float, Inner]], screen: Screen, shields: Floats) -> list[tuple[float, Inner]]:
        """Return those that are valid, curved, and not equal up to scale and zero to a simpler one or a shield."""
        order = sorted(found, key=lambda pair: (self._complexity(pair[1]), self._text(pair[1])))
        values = np.array([one.of(screen.values[one.argument]) for _, one in order]).reshape(len(order), -1)
        arguments = screen.values[[one.argument for _, one in order]]
        kept: list[int] = []
        with np.errstate(all="ignore"):
            z, own = _unit(values, screen), _unit(arguments, screen)
            is_straight = _least(z * own, screen) > STRAIGHT
            taken = _closeness(z, _unit(shields, screen), screen).max(axis=1, initial=0.0) > ALIKE
            close = _closeness(z, z, screen) > ALIKE
        for k in np.flatnonzero(_is_valid(values) & ~is_straight & ~taken).tolist():
            if not close[k, kept].any():
                kept.append(k)
        return sorted((order[k] for k in kept), key=lambda pair: -pair[0])

    def _complexity(self, one: Inner) -> int:
        return int(self.table.complexity[one.argument]) + 1 + BY_OPCODE[one.code][1].n_parameters

    def _text(self, one: Inner) -> str:
        return self._written(one, BY_CODE[one.code].text, super().text, ".6g")

    def _applied(self, ids: Ids, out: Floats) -> Floats:
        for k, id_ in enumerate(ids.tolist()):
            if id_ < 0:
                out[k] = self.inner[id_].of(out[k])
        return out

    def _written(
        self, one: Inner, template: str, written: Callable[[int], str], digits: str = "", times: str = "*"
    ) -> str:
        alpha, beta = (format(number, digits) if digits else repr(number) for number in (one.alpha, abs(one.beta)))
        inside = f"{alpha}{times}{written(one.argument)}"
        inside += f"{'+' if one.beta > 0 else '-'}{beta}" if one.beta else ""
        return template.format(a=f"({inside})" if template.startswith(("({a}", "(1.0 /")) else inside)


def fitted_part(
    task: tuple[int, int, int],
    *,
    values: NDArray[np.float64],
    residuals: NDArray[np.float64],
    weights: NDArray[np.float64],
    starts: Ids,
) -> NDArray[np.float64]:
    """Return p, q and score (k, r, 3) of one operator on some stored features, for each residual."""
    code, start, stop = task
    form = BY_OPCODE[code][1]
    out = np.full((stop - start, len(residuals), 3), -1.0)
    bounds = read_only(np.array([form.lowest, form.highest]))
    some, y, w, begins = (read_only(part) for part in (values[start:stop], residuals, weights, starts))
    best_inner(code, read_only(form.starts), bounds, some, y, w, begins, out)
    return out


def plain_inner(space: Space) -> dict[str, Any] | None:
    """Return the fitted functions of a space as plain data; None if there can be none."""
    if not isinstance(space, ParameterisedSpace):
        return None
    known = space.inner.values()
    return {
        "forms": list(space.forms),
        "ids": np.array(list(space.inner), dtype=np.int64),
        "steps": np.array([one[:2] for one in known], dtype=np.int64).reshape(-1, 2),
        "numbers": np.array([one[2:] for one in known], dtype=np.float64).reshape(-1, 2),
    }


def with_inner(space: Space, plain: Mapping[str, Any] | None) -> Space:
    """Return a space with the fitted functions that :func:`plain_inner` wrote.

    Raises
    ------
    InputError
        If they are none, or their arguments are not in the space.
    """
    if plain is None:
        return space
    if not np.isin(plain["steps"][:, 0], list(BY_OPCODE)).all() or (plain["ids"] >= 0).any():
        raise InputError("the fitted functions of a formula do not fit together.")
    space._places(plain["steps"][:, 1])
    each = zip(plain["ids"].tolist(), plain["steps"].tolist(), plain["numbers"].tolist(), strict=True)
    inner = {id_: Inner(*step, *numbers) for id_, step, numbers in each}
    return ParameterisedSpace.over(space, checked_forms(plain["forms"]), inner)


def _is_valid(values: Floats) -> NDArray[np.bool_]:
    """Return which functions (k, n) are finite and vary."""
    with np.errstate(all="ignore"):
        largest = np.abs(values).max(axis=1, initial=0.0)
        return np.asarray(np.isfinite(values).all(axis=1) & (np.ptp(values, axis=1) > kernels.SPREAD * largest))


def _unit(values: Floats, screen: Screen) -> Floats:
    """Return values (k, n) times the root of the weights, centred and of length one in each task."""
    out = values * np.sqrt(screen.weights)
    for here in screen.tasks:
        root = np.sqrt(screen.weights[here])
        out[:, here] -= (values[:, here] @ screen.weights[here] / screen.weights[here].sum())[:, None] * root
        length = np.linalg.norm(out[:, here], axis=1, keepdims=True)
        out[:, here] /= np.where(length > 0, length, np.inf)
    return np.asarray(out)


def _closeness(z: Floats, others: Floats, screen: Screen) -> Floats:
    """Return the least |correlation| in any task, (k, m)."""
    return np.asarray(np.min([np.abs(z[:, here] @ others[:, here].T) for here in screen.tasks], axis=0))


def _least(products: Floats, screen: Screen) -> Floats:
    return np.asarray(np.min([np.abs(products[:, here].sum(axis=1)) for here in screen.tasks], axis=0))


def _per(unit: str | None) -> str | None:
    """Return the reciprocal of a unit; None where it is unknown or has none, such as degC or pH."""
    if unit is None:
        return None
    try:
        return unit_texts.divide("", unit)
    except UnitError:
        return None
