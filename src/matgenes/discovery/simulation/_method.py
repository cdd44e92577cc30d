"""A method of discovery: a model, and the acquisition that reads its predictions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from ..._core.canonical import hash_of
from ..._core.errors import InputError, did_you_mean
from ..acquisition import ACQUISITIONS, acquisition

__all__ = ["MODELS", "Method"]

MODELS = ("gp", "gp_ard", "gp_map", "forest", "random_forest", "extra_trees", "linear")
"""Words for models: the Gaussian process of a pool with one length scale, with one a feature, or with these held near
each other by a prior (``gp_map``, good with few labels), ``models.Forest``,
``RandomForest``, ``ExtraTrees`` and ``LinearBaseline``; forests may say how many trees they have, "random_forest20".
"""
TREES = re.compile(r"(forest|random_forest|extra_trees)([2-9]|[1-9][0-9]{1,3})")
ONE_GOAL = tuple(name for name in ACQUISITIONS if name not in {"ehvi", "per_cost", "constrained", "applicability"})


@dataclass(frozen=True)
class Method:
    """A model and an acquisition, both by their words; ``Method.parse("gp-ei")`` or ``"random"`` is shorter.

    Parameters
    ----------
    model : str
        One of :data:`MODELS`.
    acquisition : str
        A word of ``discovery.acquisition`` that needs one goal and no costs.
    refit : int
        Rounds from one fit of a Gaussian process's hyper-parameters to the next; other models are fitted every round.

    Raises
    ------
    InputError
        If a word is unknown.

    Examples
    --------
    >>> Method.parse("forest-ucb").name, Method.parse("random").name
    ('forest-ucb', 'random')
    """

    model: str = "gp"
    acquisition: str = "ei"
    refit: int = 5

    def __post_init__(self) -> None:
        if self.model not in MODELS and not TREES.fullmatch(self.model):
            hint = did_you_mean(self.model, MODELS)
            raise InputError(f"there is no model '{self.model}' here; allowed: {', '.join(MODELS)}.{hint}")
        acquisition(self.acquisition)
        if self.acquisition not in ONE_GOAL:
            raise InputError(
                f"the acquisition '{self.acquisition}' needs more than labels; allowed: {', '.join(ONE_GOAL)}."
            )
        if self.refit < 1:
            raise InputError(f"a model is fitted again after 1 round or more; given: {self.refit}.")

    @classmethod
    def parse(cls, text: str | Method) -> Self | Method:
        """Return the method of a text ``model-acquisition``, or of ``random``; a method is returned as it is."""
        if isinstance(text, Method):
            return text
        if text == "random":
            return cls("linear", "random")
        model, _, which = text.partition("-")
        if not which:
            raise InputError(f"a method is a model and an acquisition, such as 'gp-ei', or 'random'; given: {text!r}.")
        return cls(model, which)

    @property
    def name(self) -> str:
        """The text that :meth:`parse` reads."""
        return "random" if self.acquisition == "random" else f"{self.model}-{self.acquisition}"

    @property
    def stage(self) -> int:
        """Number of the stage of its random draws: of its name alone, so that other methods change nothing of it."""
        return 1000 + int(hash_of(self.name).removeprefix("sha256:")[:7], 16)


def parsed(methods: Iterable[str | Method]) -> list[Method]:
    """Return methods of texts.

    Raises
    ------
    InputError
        If there is none, one is unknown, or two are the same.
    """
    if isinstance(methods, str):
        methods = [methods]
    made = [Method.parse(each) for each in methods]
    names = [each.name for each in made]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"the method '{name}' stands there twice.")
    if not made:
        raise InputError("give one method or more, such as 'gp-ei'.")
    return made
