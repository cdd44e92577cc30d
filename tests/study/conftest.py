"""A small study that finishes in seconds, and one finished run of it for all tests that only look."""

import numpy as np
import pytest

from matgenes.study import run

STUDY = """
title = "A small study"
seed = 7
[data]
file = "alloys.csv"
roles = { outcome = "outcome", reason = "reason" }
[target]
column = "hardness"
goal = "maximise"
[features]
columns = ["size", "heat"]
elements = ["metal"]
properties = ["atomic_mass", "melting_point"]
[groups]
column = "metal"
[candidates]
file = "new.csv"
[step.predict]
models = ["Gaussian process"]
folds = 3
repeats = 1
learning_curve = false
importance = false
"""
METALS = ("Al", "Cu", "Fe", "Ni")


def table(rows, seed, target=True):
    rng = np.random.default_rng(seed)
    lines = ["name,metal,size [nm],heat [kJ/mol]" + (",hardness [GPa],outcome,reason" if target else "")]
    for row in range(rows):
        size, heat = rng.uniform(1, 9), rng.uniform(0, 50)
        cells = [f"a{row}", METALS[row % len(METALS)], f"{size:.4f}", f"{heat:.4f}"]
        if target:
            hardness = 2 + 5 / size + 0.05 * heat + rng.normal(0, 0.1)
            cells += [f"{hardness:.4f}", "accepted", ""] if row % 13 else ["", "failed", "cracked"]
        lines.append(",".join(cells))
    return "\n".join(lines) + "\n"


def write_study(folder, text=STUDY):
    (folder / "alloys.csv").write_text(table(44, 1))
    (folder / "new.csv").write_text(table(12, 2, target=False))
    (folder / "study.toml").write_text(text)
    return folder / "study.toml"


@pytest.fixture
def small_study(tmp_path):
    return write_study(tmp_path)


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """Return the finished run of the small study; do not change its folder."""
    folder = tmp_path_factory.mktemp("study")
    return run(write_study(folder), folder / "results")
