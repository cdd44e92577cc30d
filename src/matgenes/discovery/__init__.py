"""What to measure or compute next: how much each candidate promises for a goal, given a prediction with uncertainty.

A ``Goal`` is to maximise or minimise the target, or to come close to a value. It ranks candidates by the expected
improvement over the best value known so far.
"""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from .goal import Goal as Goal
    from .improvement import expected_improvement as expected_improvement
    from .improvement import log_expected_improvement as log_expected_improvement
    from .improvement import probability_of_improvement as probability_of_improvement

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "goal": ["Goal"],
        "improvement": ["expected_improvement", "log_expected_improvement", "probability_of_improvement"],
    },
)
