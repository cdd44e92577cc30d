"""Where the work is done, and how its hits come back: ranges of rows, launched one after the other.

A kernel appends the numbers of its hits to a room of fixed size and counts them all. What did not fit is not lost: the
hits that did fit are used, which raises the threshold, and the range is launched again by halves; a single row gets as
much room as it needs.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any, Literal, get_args

from ..._core.errors import InputError, did_you_mean, require
from ..._core.memory import SHARE, shown

__all__ = ["Device", "Room", "check", "opened", "refuse_above_free", "swept"]

Device = Literal["cpu", "cuda"]

ROOM = 1 << 22  # hits of one launch


def check(device: str) -> None:
    """Refuse a device that is unknown, or that this computer does not have.

    Raises
    ------
    InputError
        If it is not known, or PyTorch sees no graphics card.
    MissingExtraError
        If the extra ``gpu`` is not installed.
    """
    if device not in get_args(Device):
        raise InputError(f"device is {device!r}; it can be 'cpu' or 'cuda'.{did_you_mean(device, get_args(Device))}")
    if device == "cuda":
        opened()


def opened() -> tuple[Any, Any]:
    """Return PyTorch and the place where it keeps what the kernels work on.

    With ``TRITON_INTERPRET=1`` in the environment that is the main memory: Triton then runs the kernels step by step
    on the processor, to test them at tiny sizes.
    """
    torch = require("torch", "gpu")
    require("triton", "gpu")
    if os.environ.get("TRITON_INTERPRET") == "1":
        return torch, torch.device("cpu")
    if not torch.cuda.is_available():
        raise InputError(
            "device='cuda' needs a graphics card that PyTorch can use, and it finds none; leave out device, or install "
            "PyTorch for your card."
        )
    return torch, torch.device("cuda")


def refuse_above_free(torch: Any, place: Any, need: float, what: str) -> None:
    """Refuse what needs more bytes than the graphics card has left.

    Raises
    ------
    InputError
        That says how much is needed and what to do.
    """
    if place.type == "cuda":
        free = SHARE * torch.cuda.mem_get_info(place)[0]
        if need > free:
            raise InputError(
                f"{what} need {shown(need)} on the graphics card, which has {shown(free)} to give; lower n_sis, or "
                "leave out device."
            )


class Room:
    """Memory on the device for the numbers of hits, and their count."""

    def __init__(self, torch: Any, place: Any, size: int = ROOM) -> None:
        self._torch, self._place = torch, place
        self.count = torch.zeros(1, dtype=torch.int64, device=place)
        self.found = torch.empty(size, dtype=torch.int64, device=place)

    @property
    def arguments(self) -> tuple[Any, Any, int]:
        """What a kernel needs to keep its hits."""
        return self.count, self.found, len(self.found)

    def take(self) -> tuple[int, Any]:
        """Return how many hits there were since the last time, and those that did fit; one order, not that of luck."""
        n = int(self.count.item())
        self.count.zero_()
        return n, self.found[:n].sort().values

    def grow(self, size: int) -> None:
        """Make room for as many hits."""
        self.found = self._torch.empty(size, dtype=self._torch.int64, device=self._place)


def swept(rows: range, launch: Callable[[int, int], None], room: Room, steps: tuple[int, int]) -> Iterator[Any]:
    """Launch rows in ranges that grow from the first of two ``steps`` to the second, and give the hits of each."""
    start, step = rows.start, steps[0]
    while start < rows.stop:
        stop = min(start + step, rows.stop)
        launch(start, stop)
        n, hits = room.take()
        if n:
            yield hits
        if n <= len(hits):
            start, step = stop, min(4 * step, steps[1])
        elif stop - start > 1:
            step = (stop - start) // 2
        else:
            room.grow(n)
