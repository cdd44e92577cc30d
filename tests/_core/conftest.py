"""What the tests of this folder need: ``task_toys`` can be imported, and a slow computer fails no test."""

import sys
from pathlib import Path

from hypothesis import settings

sys.path.append(str(Path(__file__).parent))
settings.register_profile("any computer", deadline=None)
settings.load_profile("any computer")
