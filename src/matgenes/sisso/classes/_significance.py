"""Is a descriptor more than chance? How well the same search separates classes whose labels are in random order.

As ``_significance`` does for regression: every shuffle of the labels is searched by the whole chain of screening and
search, and its scores stand where R2 stands there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..._core import tasks as work
from ..._core.errors import InputError
from ..questions._null import _as_plain, _from_plain, shuffled
from ..questions._significance import Significance
from ._formulas import find_classes
from ._scores import Score

if TYPE_CHECKING:
    from ..classifier import SISSOClassifier

__all__ = ["significance"]


def significance(model: SISSOClassifier, n_permutations: int, how: Mapping[str, Any]) -> Significance:
    """Search shuffled labels as the labels were, and give every model of a fitted classifier its p-value.

    Raises
    ------
    InputError
        If ``n_permutations`` is below 1.
    """
    if n_permutations < 1:
        raise InputError(f"n_permutations is {n_permutations}; give 1 or more, 1000 to show p-values down to 0.001.")
    shared = {
        **_as_plain(model.space_, model.rows_),
        "sizes": model._check()[: len(model.models_)],
        "score": vars(model)["score"],
        "n_classes": len(model.classes_),
        "entropy": model.random_state or 0,
    }
    null = work.run(best_of_shuffle, range(n_permutations), shared=shared, stage="shuffled labels", **how)
    found = Significance(np.array(null), np.array([models[0].score for models in model.models_]), "score")
    model.models_ = [
        [replace(one, p_value=found.p_value(dimension, one.score)) for one in models]
        for dimension, models in enumerate(model.models_, 1)
    ]
    return found


def best_of_shuffle(
    number: int, *, sizes: list[int], score: Score, n_classes: int, entropy: int, **arrays: Any
) -> list[float]:
    """Return the scores of the best models of each dimension for one shuffle; infinite after a perfect separation."""
    space, rows = _from_plain(arrays)
    rows = shuffled(rows, entropy, number)
    labels = tuple(range(n_classes))
    models, _ = find_classes(space, rows.y.astype(np.int64), rows.weights, labels, sizes, score, n_models=1)
    return [some[0].score for some in models] + [np.inf] * (len(sizes) - len(models))
