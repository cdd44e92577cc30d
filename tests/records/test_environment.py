"""Environments: what is described here, and which differences are named."""

from __future__ import annotations

import platform
import subprocess
import sys
from importlib.metadata import version

import pytest
from pydantic import ValidationError

from matgenes.records import Change, Environment
from matgenes.records.environment import _name

THEN = Environment(
    python="3.11.7 (CPython)",
    platform="Linux",
    cpu="EPYC, 2 logical cores",
    packages={"numpy": "1.26.4", "scipy": "1.11.0", "gone": "1.0"},
    libraries={"openblas": "0.3.23 2 threads", "openmp": "8 threads"},
)


def test_here_describes_this_process():
    here = Environment.here()
    assert here.python.startswith(platform.python_version())
    assert here.packages["numpy"] == version("numpy")
    assert here.packages["pydantic-core"] == version("pydantic-core"), "requirements of requirements are followed"
    assert not {"matgenes", "pytest", "ruff"} & set(here.packages), "nor itself nor the developers' tools"
    assert list(here.packages) == sorted(here.packages)
    assert any("threads" in text for text in here.libraries.values())
    assert Environment.here() == here


def test_the_same_has_no_differences():
    assert THEN.differences(THEN) == ()


def test_differences_are_named_packages_first():
    now = THEN.model_copy(
        update={
            "python": "3.12.1 (CPython)",
            "packages": {"numpy": "2.0.0", "scipy": "1.11.0", "new": "0.1"},
            "libraries": {"openblas": "0.3.27 4 threads"},
        }
    )
    assert THEN.differences(now) == (
        Change("gone", "1.0", None),
        Change("new", None, "0.1"),
        Change("numpy", "1.26.4", "2.0.0"),
        Change("python", "3.11.7 (CPython)", "3.12.1 (CPython)"),
        Change("openblas", "0.3.23 2 threads", "0.3.27 4 threads"),
    )
    assert [str(change) for change in THEN.differences(now)][:3] == [
        "gone 1.0 -> (absent)",
        "new (absent) -> 0.1",
        "numpy 1.26.4 -> 2.0.0",
    ]


def test_constraints_are_what_pip_reads():
    assert THEN.constraints() == "numpy==1.26.4\nscipy==1.11.0\ngone==1.0\n"


@pytest.mark.parametrize(
    ("requirement", "name"),
    [
        ("scikit_learn>=1.5", "scikit-learn"),
        ("ruamel.yaml (>=0.15)", "ruamel-yaml"),
        ("matgenes[explain]; extra == 'all'", "matgenes"),
        ("numpy", "numpy"),
        ('tomli; python_version < "3.11"', "tomli"),
    ],
)
def test_requirements_are_named(requirement, name):
    assert _name(requirement) == name


def test_a_wrong_type_is_refused():
    with pytest.raises(ValidationError, match="valid string"):
        Environment(python=3.11, platform="", cpu="", packages={}, libraries={})


def test_describing_loads_no_model_library():
    code = "from matgenes.records import Environment; Environment.here(); import sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"sklearn", "matplotlib", "numba"} & set(done.stdout.split())
