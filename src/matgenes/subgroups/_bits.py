"""Sets of rows as bits: 64 rows a word, row i is bit i % 64 of word i // 64."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .._core.kernels import njit

__all__ = ["Words", "count", "intersect", "members", "members_of", "pack", "unpack"]

Words = NDArray[np.uint64]


def pack(covers: NDArray[np.bool_]) -> Words:
    """Return (..., n_rows) truth values as (..., ceil(n_rows / 64)) words.

    Examples
    --------
    >>> pack(np.array([True, False, True]))
    array([5], dtype=uint64)
    """
    n_rows = covers.shape[-1]
    packed = np.packbits(covers, axis=-1, bitorder="little")
    padded = np.zeros((*covers.shape[:-1], -(-n_rows // 64) * 8), np.uint8)
    padded[..., : packed.shape[-1]] = packed
    return padded.view("<u8").astype(np.uint64, copy=False)


def unpack(words: Words, n_rows: int) -> NDArray[np.bool_]:
    """Undo :func:`pack`.

    Examples
    --------
    >>> unpack(np.array([5], dtype=np.uint64), 3)
    array([ True, False,  True])
    """
    octets = np.ascontiguousarray(words.astype("<u8", copy=False)).view(np.uint8)
    return np.unpackbits(octets, axis=-1, count=n_rows, bitorder="little").view(np.bool_)


@njit(inline="always")
def count(word: np.uint64) -> int:
    """Return the number of ones in a word (Warren, Hacker's Delight, 2012, figure 5-2); most CPUs take one step."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit
def members(words: Words, rows: NDArray[np.int64]) -> int:
    """Write the positions of the ones, in order, into ``rows`` and return how many there are."""
    found = 0
    for w in range(words.shape[0]):
        word = words[w]
        while word != np.uint64(0):
            lowest = word & (~word + np.uint64(1))
            rows[found] = 64 * w + count(lowest - np.uint64(1))
            found += 1
            word ^= lowest
    return found


@njit
def members_of(words: Words) -> int:
    """Return the number of ones."""
    found = 0
    for word in words:
        found += count(word)
    return found


@njit
def intersect(parent: Words, words: Words, p: int, child: Words) -> int:
    """Write what is common with the words of proposition ``p`` and return the number of ones."""
    found = 0
    for w in range(parent.shape[0]):
        word = parent[w] & words[p, w]
        child[w] = word
        found += count(word)
    return found
