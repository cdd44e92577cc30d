"""What to measure or compute next: how much each candidate promises for a goal, given a prediction with uncertainty.

A ``Goal`` is to maximise or minimise the target, or to come close to a value. It ranks candidates by the expected
improvement over the best value known so far. A ``Campaign`` asks what to measure next and takes what came out, in a
folder that outlives every process; ``spaces`` are where its candidates come from. ``simulate`` plays methods on a
labelled table, and ``estimate_rewards`` says which will earn most in a population of which only a part is labelled. A
``RewardTask`` with its ``Leaderboard`` can be played again by anyone.
"""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from .campaign import Campaign as Campaign
    from .campaign import Status as Status
    from .campaign import Suggestion as Suggestion
    from .goal import Goal as Goal
    from .improvement import expected_improvement as expected_improvement
    from .improvement import log_expected_improvement as log_expected_improvement
    from .improvement import probability_of_improvement as probability_of_improvement
    from .leaderboard import Leaderboard as Leaderboard
    from .leaderboard import RewardTask as RewardTask
    from .rewards import Alpha as Alpha
    from .rewards import Rewards as Rewards
    from .rewards import alpha_hat as alpha_hat
    from .rewards import estimate_rewards as estimate_rewards
    from .simulation import Method as Method
    from .simulation import Simulation as Simulation
    from .simulation import simulate as simulate

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "campaign": ["Campaign", "Status", "Suggestion"],
        "goal": ["Goal"],
        "improvement": ["expected_improvement", "log_expected_improvement", "probability_of_improvement"],
        "leaderboard": ["Leaderboard", "RewardTask"],
        "rewards": ["Alpha", "Rewards", "alpha_hat", "estimate_rewards"],
        "simulation": ["Method", "Simulation", "simulate"],
    },
)
