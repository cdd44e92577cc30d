"""A task for the workers of a cluster, which tell by a file that they have begun it."""

import os
import time
import uuid
from pathlib import Path


def squared(task, *, folder, seconds):
    (Path(folder) / f"{task}-{os.getpid()}-{uuid.uuid4().hex}").touch()
    time.sleep(seconds)
    return task * task
