"""Rewards that methods of discovery will earn, estimated before the search from the labelled rows alone.

A labelled sample stands for the population that is to be searched (``worlds``); methods are played in it many times.
"""

from ._alpha import Alpha, alpha_hat
from ._estimate import estimate_rewards
from ._result import Rewards

__all__ = ["Alpha", "Rewards", "alpha_hat", "estimate_rewards"]
