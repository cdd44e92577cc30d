"""Step check: outcomes counted, left-out features told, strict studies stopped at errors."""

import numpy as np
import pytest

from matgenes._core.errors import InputError
from matgenes.data import Context, Dataset, Quantity
from matgenes.study.steps.check import Check, Parameters


def table(sigma=0.1):
    rows = 30
    return Dataset.from_columns(
        {
            Quantity("x", unit="eV", role="feature"): np.linspace(0, 1, rows),
            Quantity("y", unit="eV", role="target"): np.linspace(0, 2, rows) ** 2,
            Quantity("s", unit="eV", role="sigma", sigma_of="y"): [sigma] * (rows - 1) + [0.2],
            Quantity("o", role="outcome"): ["anchor"] + ["failed"] * 2 + ["accepted"] * (rows - 3),
        }
    )


def context(**more):
    strict = more.pop("strict", False)
    return Context(seed=0, target="y", features=("x",), parameters=Parameters(strict=strict), **more)


def test_outcomes_are_counted_and_explained():
    result = Check().run(table(), context())
    assert {name: output.value for name, output in result.outputs.items() if name.startswith("rows")} == {
        "rows_accepted": 27, "rows_anchor": 1, "rows_failed": 2,
    }  # fmt: skip
    assert "anchors" in result.text
    assert result.findings[0].startswith("27 of 30 rows")


def test_left_out_features_are_told():
    result = Check().run(table(), context(left_out={"z": "no value in 3 of 30 rows"}))
    assert result.tables["left_out"].numpy("reason")[0] == "no value in 3 of 30 rows"


def test_a_strict_study_stops_at_errors():
    assert Check().run(table(sigma=-0.1), context()).tables["findings"]
    with pytest.raises(InputError, match="the check found"):
        Check().run(table(sigma=-0.1), context(strict=True))


def test_left_out_features_are_among_the_findings():
    told = Check().run(table(), context(left_out=dict.fromkeys("zwvu", "no value in 3 of 30 rows"))).findings
    assert "Left out of the features: z (no value in 3 of 30 rows), w (" in told[0]
    assert told[0].endswith("and 1 more.")


def test_the_target_in_another_unit_is_told_first():
    given = table()
    given = given.with_column(Quantity("again", unit="meV", role="feature"), 1000 * given.numpy("y") + 3)
    told = Check().run(given, context(left_out={})).findings
    assert len(told) == 1  # it is no feature here
    told = Check().run(given, Context(seed=0, target="y", features=("x", "again"), parameters=Parameters())).findings
    assert told[0].startswith("**'again' is y in other numbers**")
    assert told[1].startswith("27 of 30 rows")
