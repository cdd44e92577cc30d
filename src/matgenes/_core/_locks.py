"""Locks of open files between processes; they go with the process that holds them, also when it is killed."""

from __future__ import annotations

import os
import sys
import time

__all__ = ["lock"]

EVERY = 0.05  # seconds between two attempts


def lock(handle: int, wait: float = 0.0) -> bool:
    """Lock an open file for this process alone; say whether it is locked.

    Parameters
    ----------
    handle : int
        Of a file that is open for writing.
    wait : float
        Seconds to wait for another process that holds it.

    Returns
    -------
    bool
        False where the disk has no locks.

    Raises
    ------
    BlockingIOError
        If another process still holds it.
    """
    end = time.monotonic() + wait
    while True:
        try:
            _lock(handle)
        except (BlockingIOError, PermissionError) as error:
            if time.monotonic() >= end:
                raise BlockingIOError(*error.args) from error
            time.sleep(EVERY)
        except OSError:
            return False
        else:
            return True


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        os.lseek(file, 2**40, os.SEEK_SET)  # far behind the text: a locked byte cannot be read by others
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
