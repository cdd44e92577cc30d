"""Every entry point that the package declares can be loaded and is what its group promises."""

from __future__ import annotations

import tomllib
from importlib.metadata import EntryPoint, distribution
from pathlib import Path

import pytest

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


def installed() -> list[EntryPoint]:
    return sorted(distribution("matgenes").entry_points, key=lambda entry: (entry.group, entry.name))


@pytest.mark.parametrize("entry", installed(), ids=lambda entry: f"{entry.group}:{entry.name}")
def test_it_loads(entry):
    assert callable(entry.load())


def test_a_step_has_the_name_under_which_it_is_found():
    steps = {entry.name: entry.load() for entry in installed() if entry.group == "matgenes.steps"}
    assert steps
    assert {name: step.name for name, step in steps.items()} == {name: name for name in steps}


def test_the_installed_entry_points_are_the_declared_ones():
    project = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]
    declared = {("console_scripts", name, value) for name, value in project["scripts"].items()}
    for group, entries in project["entry-points"].items():
        declared |= {(group, name, value) for name, value in entries.items()}
    assert {(entry.group, entry.name, entry.value) for entry in installed()} == declared, "install again: make setup"
