"""How much memory a computation may take, and the refusal of one that needs more.

What is free is the least of what the system has left and what the control group of the process leaves (Linux, both
versions of the interface: containers and queues of clusters set such limits). Files that the system keeps in memory
count as free, for it gives them up.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path

from ._workers import MANY, present_crew
from .errors import InputError

__all__ = ["SHARE", "allowed", "free", "n_workers", "refuse_above", "shown"]

SHARE = 0.8  # of what is free may be taken
UNKNOWN = 4e9  # bytes; where the system says nothing
ROOT = Path("/")


def allowed(max_memory: float | None = None) -> float:
    """Return how many bytes may be taken above what is taken now: as given, else ``SHARE`` of what is free.

    Raises
    ------
    InputError
        If no positive number is given.
    """
    if max_memory is None:
        return SHARE * free()
    if not max_memory > 0:
        raise InputError(f"max_memory is {max_memory}; give a number of bytes above 0, e.g. 4e9.")
    return float(max_memory)


def free(root: Path = ROOT) -> float:
    """Return how many bytes this process can still take; ``root`` is the folder in which /proc and /sys lie."""
    found = [*_of_system(root), *_of_group(root)]
    return max(min(found, default=UNKNOWN), 0.0)


def n_workers(executor: Executor | None) -> int:
    """Return how many workers of an executor, or of the ``with`` block that we stand in, use this memory, 1 or more."""
    with present_crew(executor) as crew:
        return 1 if crew is None or crew.at_once >= MANY else crew.at_once // 2


def refuse_above(limit: float, need: float, stage: str, advice: str) -> None:
    """Refuse a stage that needs more bytes than are allowed.

    Raises
    ------
    InputError
        That says which stage needs how much, and what to do.
    """
    if need > limit:
        raise InputError(
            f"{stage} does not fit: it needs {shown(need)} of memory and {shown(limit)} are allowed; "
            f"{advice}, or allow more by max_memory (in bytes; by default {SHARE:.0%} of what is free)."
        )


def shown(count: float) -> str:
    """Return a number of bytes as text, e.g. "3.6 GB"."""
    size, unit = next(((size, unit) for size, unit in ((1e9, "GB"), (1e6, "MB")) if count >= 0.1 * size), (1e3, "kB"))
    return f"{count / size:.2g} {unit}" if count < 100 * size else f"{count / size:.0f} {unit}"


def _of_system(root: Path) -> Iterator[float]:
    fields = _fields(root / "proc/meminfo")
    if "MemAvailable:" in fields:
        yield 1024.0 * fields["MemAvailable:"]
    elif hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        yield float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")) / 2  # what others take is not known


def _of_group(root: Path) -> Iterator[float]:
    """Give what each control group around this process leaves, in the new and in the old interface."""
    for line in _lines(root / "proc/self/cgroup"):
        _, kinds, path = line.split(":", 2)
        if kinds not in ("", "memory") and "memory" not in kinds.split(","):
            continue
        base, limit, usage, files = (
            ("", "memory.max", "memory.current", "inactive_file")
            if not kinds
            else ("memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
        )
        top = root / "sys/fs/cgroup" / base
        group = top / path.lstrip("/")
        for folder in (group, *group.parents):
            if not folder.is_relative_to(top):
                break
            most, used = _number(folder / limit), _number(folder / usage)
            if most is not None and used is not None:
                yield most - used + _fields(folder / "memory.stat").get(files, 0.0)


def _number(file: Path) -> float | None:
    """Return the number in a file; None if there is no file, or it says "max"."""
    text = next(iter(_lines(file)), "")
    return float(text) if text.isdigit() else None


def _fields(file: Path) -> dict[str, float]:
    """Return the numbers of a file with lines such as "name 12" or "name: 12 kB"."""
    words = [line.split() for line in _lines(file)]
    return {some[0]: float(some[1]) for some in words if len(some) > 1 and some[1].isdigit()}


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text("ascii", "replace").splitlines()
    except OSError:
        return []
