"""Several candidates at once: how to choose a batch that does not ask the same thing twice.

top        the best scores, whatever they have in common
penalise   one after the other; each choice x_j of mean m_j and standard deviation s_j takes from its surroundings
           what it is expected to tell: log-score + sum_j log Phi((L |x - x_j| - b + m_j) / s_j), with b the best
           known value and L the steepest slope (Gonzalez et al, AISTATS 2016, eqs. 8-10)
sample     each is the best of one joint posterior draw (Thompson in parallel: Kandasamy et al, AISTATS 2018)
believe    each choice is taken to have its mean, and the model learns that (Ginsbourger et al 2010)
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from ..._core.errors import InputError
from ._view import Acquisition, Floats, View, needed
from ._wrapped import LOGARITHMIC

__all__ = ["Strategy", "choose"]

Strategy = Literal["top", "penalise", "sample", "believe"]


def choose(acquisition: Acquisition, view: View, n: int = 1, strategy: Strategy = "top") -> NDArray[np.intp]:
    """Return the positions (n,) of the candidates to label next, best first; equals in the order of the table.

    Parameters
    ----------
    acquisition : Acquisition
        What ranks them; "sample" draws instead.
    view : View
        The candidates.
    n : int
        How many; all of them where there are fewer.
    strategy : {"top", "penalise", "sample", "believe"}
        How a batch is put together; for one candidate the same, except for "sample".

    Raises
    ------
    InputError
        If n is not positive, the strategy is unknown, or the view lacks what it needs.

    Examples
    --------
    >>> from matgenes.discovery import Goal
    >>> from matgenes.discovery.acquisition import Exploitation
    >>> from matgenes.models import Prediction
    >>> view = View(Goal("maximise"), Prediction([0.0, 0.9, 0.5], [1.0] * 3, [0.0] * 3), known=np.array([1.0]))
    >>> choose(Exploitation(), view, 2)
    array([1, 2])
    """
    if n < 1:
        raise InputError(f"a batch of {n} candidates was asked for; it takes at least 1.")
    if strategy not in get_args(Strategy):
        raise InputError(f"there is no strategy {strategy!r}; choose one of {', '.join(get_args(Strategy))}.")
    n = min(n, len(view))
    if strategy == "sample":
        return _sampled(view, n)
    if strategy == "believe" and n > 1:
        return _believed(acquisition, view, n)
    if strategy == "penalise" and n > 1:
        return _penalised(acquisition, view, n)
    return np.argsort(-acquisition.scores(view), kind="stable")[:n]


def _sampled(view: View, n: int) -> NDArray[np.intp]:
    rng = needed("sample", view.rng, "a random generator `rng`")
    draws = view.goal.worth((view.draws or view.prediction.sample)(n, rng))
    chosen: list[int] = []
    for draw in draws:
        draw[chosen] = -np.inf
        chosen.append(int(np.argmax(draw)))
    return np.array(chosen, dtype=np.intp)


def _believed(acquisition: Acquisition, view: View, n: int) -> NDArray[np.intp]:
    chosen: list[int] = []
    for left in range(n, 0, -1):
        scores = acquisition.scores(view)
        scores[chosen] = -np.inf
        chosen.append(int(np.argmax(scores)))
        if left > 1:
            observe = needed("believe", view.observe, "a model that can observe, `observe`")
            view = observe(chosen[-1], float(view.prediction.mean[chosen[-1]]))
    return np.array(chosen, dtype=np.intp)


def _penalised(acquisition: Acquisition, view: View, n: int) -> NDArray[np.intp]:
    features = needed("penalise", view.features, "the candidates' features, `features`")
    worth, best = view.goal.worth(view.prediction.mean), float(view.goal.worth([view.goal.best(view.known)])[0])
    std = np.maximum(view.prediction.std, np.finfo(float).tiny)
    scores, slope = _logarithms(acquisition, view), _steepest(features, worth)
    chosen: list[int] = []
    for _ in range(n):
        scores[chosen] = -np.inf
        new = int(np.argmax(scores))
        chosen.append(new)
        distance = np.linalg.norm(features - features[new], axis=1)
        scores = scores + log_ndtr((slope * distance - max(best - worth[new], 0.0)) / std[new])
    return np.array(chosen, dtype=np.intp)


def _logarithms(acquisition: Acquisition, view: View) -> Floats:
    """Return scores on a logarithmic scale; those that may be negative through log(1 + exp) of their z-scores."""
    scores = acquisition.scores(view)
    if acquisition.name in LOGARITHMIC:
        return scores
    return np.asarray(np.log(np.logaddexp(0.0, (scores - scores.mean()) / (scores.std() or 1.0))))


def _steepest(features: Floats, worth: Floats) -> float:
    """Return the steepest slope of the mean between neighbours, among at most 500 candidates spread over the table."""
    rows = np.unique(np.linspace(0, len(worth) - 1, min(len(worth), 500)).astype(np.intp))
    distance = np.linalg.norm(features[rows, None] - features[None, rows], axis=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        slopes = np.abs(worth[rows, None] - worth[None, rows]) / distance
    found = float(np.max(slopes[distance > 1e-9 * (distance.max() or 1.0)], initial=0.0))
    return found or 1.0
