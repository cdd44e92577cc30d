"""Tasks that anyone can play again: a table, what is sought in it, who found it first, and who foresaw that.

The common task framework (Liberman 2010; Donoho, J. Comput. Graph. Stat. 26 (2017) 745): public data, a fixed score,
entries that others can repeat. Methods of discovery are entered for their true rewards, worlds of reward estimation for
how well they foresee the ranking of the methods.
"""

from ._board import Leaderboard, Replay
from ._task import RewardTask

__all__ = ["Leaderboard", "Replay", "RewardTask"]
