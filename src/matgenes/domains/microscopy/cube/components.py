"""Principal components of a cube that is read two or three times and never held: randomised subspace iteration.

With X (positions, channels), Omega random and Q an orthonormal basis (Halko, Martinsson and Tropp, SIAM Rev. 53 (2011)
217, algorithm 4.4, one power)

    first pass    W = X' (X Omega), block by block;   Q from W = Q R
    second pass   T = X Q;   T = U S V', components (Q V)'

Centring is a correction of rank one. Counts have noise that grows with them, so that bright pixels would rule: scaled
by "poisson", an element is divided by root(mean of its position) root(mean of its channel), each in units of the
overall mean (Keenan and Kotula, Surf. Interface Anal. 36 (2004) 203; one more pass for the means), or by "anscombe"
it becomes 2 root(x + 3/8).

Which components are more than noise: the largest eigenvalue of the covariance of noise of variance v lies, but for
one case in a hundred, below v [(root(n - 1) + root(m))^2 + 2.02 (root(n - 1) + root(m)) (1 / root(n - 1) + 1 /
root(m))^(1/3)] / n (Johnstone, Ann. Stat. 29 (2001) 295, theorem 1.1); v is taken from what the components leave.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ...._core.errors import InputError
from ...._core.progress import Meter, Progress
from ...._core.tasks import one_thread
from ._cube import BLOCK_BYTES, Cube

__all__ = ["SCALINGS", "Components", "principal_components"]

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
SCALINGS = ("none", "poisson", "anscombe")
SURE = 2.02
"""99 % quantile of Tracy and Widom's distribution."""
SPARE = 8
"""Further random directions, so that the last component is as good as the first."""


@dataclass(frozen=True, eq=False)
class Components:
    """Principal components of a cube.

    Parameters
    ----------
    scores : (scan rows, scan columns, rank) array
        How much of each component is where.
    components : (rank, ...) array, then a frame's shape
        Orthonormal, of the scaled data.
    variances : (rank,) array
        Of the scores: eigenvalues of the covariance, falling.
    total : float
        Variance of all channels together.
    noise : float
        Variance of a channel that the components leave.
    edge : float
        Largest variance that noise alone would have.
    mean : array of a frame's shape
        Of the scaled data; zero where it was not centred.
    row_scale, channel_scale : (n_frames,) and (n_channels,) array
        What the data were divided by; ones but for "poisson".
    scaling : str
        How counts were scaled.
    """

    scores: Singles
    components: Singles
    variances: Floats
    total: float
    noise: float
    edge: float
    mean: Singles
    row_scale: Singles
    channel_scale: Singles
    scaling: str

    @property
    def explained(self) -> Floats:
        """Share of the variance that each component explains, (rank,)."""
        return np.asarray(self.variances / self.total)

    @property
    def rank(self) -> int:
        """How many components are more than noise."""
        return int(np.count_nonzero(self.variances > self.edge))

    def restored(self, rank: int | None = None) -> Iterator[Singles]:
        """Yield denoised frames, a row of the scan at a time, from the first components.

        Parameters
        ----------
        rank : int, optional
            How many; those that are more than noise by default.
        """
        kept = self.rank if rank is None else rank
        shape = self.components.shape[1:]
        flat, mean = self.components[:kept].reshape(kept, -1), self.mean.ravel()
        scales = self.row_scale.reshape(self.scores.shape[:2])
        for row, scale in zip(self.scores, scales, strict=True):
            frames = row[:, :kept] @ flat + mean
            if self.scaling == "anscombe":
                frames = (np.maximum(frames, 0) / 2) ** 2 - 3 / 8
            yield (frames * (scale[:, None] * self.channel_scale)).reshape(-1, *shape).astype(np.float32)

    def __str__(self) -> str:
        lines = ", ".join(f"{share:.2%}" for share in self.explained[:6])
        return (
            f"{len(self.variances)} components explain {lines}{' ...' if len(self.variances) > 6 else ''} of the "
            f"variance; {self.rank} of them are more than noise"
        )


def principal_components(
    cube: Cube,
    rank: int = 16,
    *,
    scaling: Literal["none", "poisson", "anscombe"] = "none",
    centred: bool = True,
    random_state: int = 0,
    block_bytes: int = BLOCK_BYTES,
    progress: Progress | None = None,
) -> Components:
    """Return the first principal components of frames or spectra.

    Parameters
    ----------
    cube : Cube
        Frames or spectra of any length.
    rank : int
        Number of components.
    scaling : {"none", "poisson", "anscombe"}
        What is done against noise that grows with the counts.
    centred : bool
        Whether the mean is taken away first.
    random_state : int
        Seed of the random directions.
    block_bytes : int
        Bytes that are read at once. Beyond three such blocks, memory holds the scores and some (rank + 8) frames.
    progress : Progress, optional
        Told how many frames are done, pass by pass.

    Raises
    ------
    InputError
        If there are fewer frames or channels than components, a value is missing, or all are equal.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> frames = np.outer(rng.normal(size=60), rng.normal(size=25)) + 0.01 * rng.normal(size=(60, 25))
    >>> found = principal_components(Cube(frames.astype(np.float32).reshape(6, 10, 5, 5)), 3)
    >>> found.rank, bool(found.explained[0] > 0.99)
    (1, True)
    """
    n, m = cube.n_frames, int(np.prod(cube.frame_shape))
    width = min(rank + SPARE, n, m)
    if not 1 <= rank <= min(n, m):
        raise InputError(f"{n} frames of {m} channels have 1 to {min(n, m)} components; asked for: {rank}.")
    if scaling not in SCALINGS:
        raise InputError(f"there is no scaling {scaling!r}; allowed: {', '.join(SCALINGS)}.")
    with one_thread():
        passes = _Passes(cube, scaling, centred, block_bytes, progress)
        basis = passes.basis(np.random.default_rng(random_state).standard_normal((m, width)).astype(np.float32))
        scores, inner = passes.scores(basis)
    values, vectors = np.linalg.eigh(inner / n)
    order = np.argsort(values)[::-1][:rank]
    variances, turn = np.maximum(values[order], 0.0), vectors[:, order].astype(np.float32)
    total = passes.square / n - (float(passes.mean @ passes.mean) if centred else 0.0)
    if not total > 0:
        raise InputError("all frames are equal, so that there are no components.")
    noise = max(total - float(variances.sum()), 0.0) / max(m - rank, 1)
    mean = passes.mean if centred else np.zeros(m)
    return Components(
        (scores @ turn).reshape(*cube.scan_shape, rank),
        np.ascontiguousarray((basis @ turn).T).reshape(rank, *cube.frame_shape),
        variances,
        total,
        noise,
        noise * _edge(n, m),
        mean.astype(np.float32).reshape(cube.frame_shape),
        passes.rows,
        passes.channels,
        scaling,
    )


def _edge(n: int, m: int) -> float:
    """Return what the largest eigenvalue of noise of variance 1 exceeds in one of a hundred cases."""
    a, b = np.sqrt(max(n - 1, 1)), np.sqrt(m)
    return float(((a + b) ** 2 + SURE * (a + b) * (1 / a + 1 / b) ** (1 / 3)) / n)


class _Passes:
    """The passes over a cube, and what is known after them."""

    def __init__(self, cube: Cube, scaling: str, centred: bool, block_bytes: int, progress: Progress | None) -> None:
        self._cube, self._scaling, self._centred = cube, scaling, centred
        self._bytes, self._progress = block_bytes, progress
        n, m = cube.n_frames, int(np.prod(cube.frame_shape))
        self.rows, self.channels = np.ones(n, dtype=np.float32), np.ones(m, dtype=np.float32)
        self.mean, self.square = np.zeros(m), 0.0
        if scaling == "poisson":
            self._weigh()

    def basis(self, omega: Singles) -> Singles:
        """Return an orthonormal basis (n_channels, width) after one power."""
        found, total = np.zeros(omega.shape, dtype=np.float64), np.zeros(len(omega))
        for _, block in self._scaled("first pass"):
            found += block.T @ (block @ omega)
            total += np.ones(len(block), dtype=np.float32) @ block
            self.square += sum(float(row @ row) for row in block)
        if not np.isfinite(self.square):
            raise InputError(f"'{self._cube.name}' holds values that are missing or infinite; mend them.")
        self.mean = total / self._cube.n_frames
        if self._centred:
            found -= np.outer(total, self.mean @ omega.astype(np.float64))
        return np.asarray(np.linalg.qr(found)[0], dtype=np.float32)

    def scores(self, basis: Singles) -> tuple[Singles, Floats]:
        """Return scores (n, width) and the sums of their products (width, width)."""
        found = np.empty((self._cube.n_frames, basis.shape[1]), dtype=np.float32)
        inner = np.zeros((basis.shape[1],) * 2)
        away = (self.mean @ basis.astype(np.float64)).astype(np.float32) if self._centred else np.float32(0)
        for first, block in self._scaled("second pass"):
            part = block @ basis - away
            found[first : first + len(part)] = part
            inner += part.T.astype(np.float64) @ part
        return found, inner

    def _weigh(self) -> None:
        """Learn the means of positions and channels, in units of the overall mean."""
        n, total = self._cube.n_frames, np.zeros(len(self.channels))
        sums = np.empty(n)
        for first, block in self._read("means"):
            if (block < 0).any():
                raise InputError("counts cannot be negative; scale by 'none', or take away the background otherwise.")
            sums[first : first + len(block)] = block @ np.ones(block.shape[1], dtype=np.float32)
            total += np.ones(len(block), dtype=np.float32) @ block
        overall = total.sum() / (n * len(total))
        if not overall > 0:
            raise InputError("all counts are zero.")
        floor = 1e-3 * overall  # a channel that is nearly never hit would be blown up
        self.rows = np.sqrt(np.maximum(sums / len(total), floor) / overall).astype(np.float32)
        self.channels = np.sqrt(np.maximum(total / n, floor)).astype(np.float32)

    def _scaled(self, what: str) -> Iterator[tuple[int, Singles]]:
        for first, block in self._read(what):
            if self._scaling == "anscombe":
                yield first, 2 * np.sqrt(np.maximum(block, 0) + np.float32(3 / 8))
            elif self._scaling == "poisson":
                yield first, block / self.rows[first : first + len(block), None] / self.channels
            else:
                yield first, block

    def _read(self, what: str) -> Iterator[tuple[int, Singles]]:
        meter = Meter(f"components, {what}", self._cube.n_frames, self._progress)
        for first, frames in self._cube.blocks(self._bytes):
            meter.step(len(frames))
            yield first, frames.reshape(len(frames), -1).astype(np.float32, copy=False)
