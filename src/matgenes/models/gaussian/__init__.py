"""The engine of Gaussian processes: covariances, likelihoods, and what is believed of a finite pool of rows.

``Pool`` holds the rows; it learns hyper-parameters (``Hyper``) from the labelled ones and gives ``Beliefs`` of all,
which take a further label in O(n M). ``GaussianProcess`` of the room above rests on the same parts.
"""

from ._beliefs import Beliefs
from ._hyper import Hyper
from ._noise import Noise
from ._pool import Pool
from ._screen import Screen

__all__ = ["Beliefs", "Hyper", "Noise", "Pool", "Screen"]
