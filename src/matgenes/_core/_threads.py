"""One thread a task: while tasks of ours run, BLAS and OpenMP start no threads of their own.

n workers whose every matrix product again starts one thread a core are slower than one worker. A BLAS pool belongs to
the process: the first task in it sets the limit and the last one out lifts it. An OpenMP limit belongs to the thread
that sets it: every task sets its own.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

__all__ = ["one_thread"]


class _Limit:
    """The limit of this process, with a count of those who ask for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._held = ExitStack()
        self._controller: ThreadpoolController | None = None
        self._modules_seen = 0

    def enter(self) -> ThreadpoolController:
        with self._lock:
            controller, is_new = self._current_controller()
            if is_new or not self._users:
                self._held.enter_context(controller.limit(limits=1, user_api="blas"))
            self._users += 1
            return controller

    def leave(self) -> None:
        with self._lock:
            self._users -= 1
            if not self._users:
                self._held.close()

    def _current_controller(self) -> tuple[ThreadpoolController, bool]:
        """Look for thread pools again (it takes milliseconds) only after another module was imported."""
        if self._controller is not None and self._modules_seen == len(sys.modules):
            return self._controller, False
        from threadpoolctl import ThreadpoolController

        self._controller, self._modules_seen = ThreadpoolController(), len(sys.modules)
        return self._controller, True


_LIMIT = _Limit()


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold the thread pools of BLAS and OpenMP at one thread; may be nested and used by many threads at once."""
    controller = _LIMIT.enter()
    try:
        with controller.limit(limits=1):
            yield
    finally:
        _LIMIT.leave()
