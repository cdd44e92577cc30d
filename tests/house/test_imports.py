"""What a start does not load: each question is asked in a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import matgenes

SOURCE = Path(matgenes.__file__).parent
HEAVY = {"numba", "torch", "plotly", "matplotlib", "sklearn"}
ANY_LIBRARY = HEAVY | {"numpy", "scipy", "pandas", "pyarrow", "pint", "pydantic", "sympy", "pymatgen", "sqlalchemy"}
HELP = (
    "import sys; sys.argv = ['matgenes', '--help']\nfrom matgenes.cli import main\ntry: main()\nexcept SystemExit: pass"
)


def loaded_by(code: str) -> set[str]:
    """The top packages that are loaded after the code has run."""
    ask = "import sys; print('\\nloaded', *{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", f"{code}\n{ask}"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def rooms() -> list[str]:
    return sorted(path.parent.name for path in SOURCE.glob("*/__init__.py"))


def test_the_package_loads_no_library():
    assert not loaded_by("import matgenes") & ANY_LIBRARY


def test_the_first_names_load_nothing_heavy():
    assert not loaded_by("import matgenes; matgenes.Dataset; matgenes.Quantity") & HEAVY


@pytest.mark.parametrize("room", [room for room in rooms() if room != "cli"])
def test_a_room_loads_no_library(room):
    assert not loaded_by(f"import matgenes.{room}") & ANY_LIBRARY


def test_help_loads_nothing_heavy():
    assert not loaded_by(HELP) & (HEAVY | {"pyarrow", "pandas", "pint"})
