"""How large a search gets: counts, stages, and refusals with advice."""

from dataclasses import asdict
from math import comb

import numpy as np
import pandas as pd
import pytest

from matgenes._core.errors import InputError
from matgenes.sisso import Estimate, SISSORegressor
from matgenes.sisso.formulas._estimate import estimate, search_memory

UNITS = ["eV", "angstrom", "angstrom", *["g/cm^3"] * 3, *[""] * 3]


def planted(n_rows=40, n_columns=5):
    rng = np.random.default_rng(3)
    x = rng.uniform(1, 2, (n_rows, n_columns))
    return x, x[:, 0] / x[:, 1] + 0.1 * rng.standard_normal(n_rows)


def test_counts_of_every_stage_by_hand():
    told = estimate(82, 3, ["eV", "eV", "nm"], ["+", "/"], 1, n_sis=[4, 3, 100])
    assert told.features == (3, 1 + 6)
    counts = {stage.name: stage.count for stage in told.stages}
    assert counts == {
        "screening for dimension 1": 10,
        "features of 4": 4,
        "screening for dimension 2": 10,
        "pairs of 7": 21,
        "screening for dimension 3": 10,
        "triples of 10": 120,
    }


def test_a_space_that_is_used_up_is_not_screened_again():
    told = estimate(82, 10, rung=0, n_sis=[10, 5, 5, 5])
    assert [stage.name for stage in told.stages if "screening" in stage.name] == ["screening for dimension 1"]
    assert told.stages[-1].count == comb(10, 4)


def test_the_case_that_hangs_elsewhere():
    """Issue 75 of the Fortran code: 435 rows, 9 columns, rung 3, complexity 6, 10,000 features for each of three."""
    search = SISSORegressor(rung=3, dimension=3, n_sis=10_000, max_complexity=6)
    told = search.estimate((435, 9), UNITS)
    assert isinstance(told, Estimate)
    triples = told.stages[-1]
    assert triples.count == comb(30_000, 3)
    assert 600 < triples.seconds < 36_000
    assert 3.6e9 < told.memory == triples.memory < 6e9
    assert told.features[3] > 1e9
    assert "triples of 30,000" in str(told)
    assert "4.5e+12" in str(told)
    assert "features at most: rung 0: 9, rung 1:" in str(told)


def test_more_cores_take_less_time_and_more_tasks_more():
    search = SISSORegressor(rung=1, dimension=3, n_sis=1000, n_residual=3)
    alone = search.estimate((100, 50))
    assert search.estimate((100, 50), cores=4).seconds == pytest.approx(alone.seconds / 4)
    assert "on 4 cores" in str(search.estimate((100, 50), cores=4))
    assert search.estimate((100, 50), n_tasks=3).seconds > 2 * alone.seconds
    assert search.set_params(n_residual=1).estimate((100, 50)).seconds < alone.seconds


def test_a_table_or_its_shape_and_units_by_name():
    x, _ = planted()
    search = SISSORegressor(rung=1, operators=["+", "*"])
    frame = pd.DataFrame(x, columns=list("abcde"))
    by_name = search.estimate(frame, dict.fromkeys("abcde", "eV") | {"target": "nm"})
    assert by_name == search.estimate(x, ["eV"] * 5) == search.estimate((40, 5), ["eV"] * 5)
    assert by_name.features == (5, 20)
    assert asdict(by_name)["stages"][0]["name"] == "screening for dimension 1"
    table = by_name.to_dataset()
    assert table.quantity("time").unit == "s"
    assert len(table) == len(by_name.stages)


def test_estimate_refuses_what_fit_refuses():
    with pytest.raises(InputError, match="dimension is 7"):
        SISSORegressor(dimension=7).estimate((10, 3))
    with pytest.raises(InputError, match="give 3, one a column"):
        SISSORegressor().estimate((10, 3), ["eV"])


def test_matrix_of_triples_and_quadruples():
    assert search_memory(30_000, 435, 3) == pytest.approx(3.6e9 + 0.5e9, rel=0.05)
    assert search_memory(10_000, 435, 3, n_tasks=2) - search_memory(10_000, 435, 3) == pytest.approx(4e8)
    assert search_memory(10_000, 82, 4, workers=3) > 3 * 4e8
    assert search_memory(10_000, 82, 2) < 1e8


def test_fit_refuses_a_search_that_does_not_fit_before_it_begins():
    x, y = planted()
    search = SISSORegressor(rung=1, dimension=3, n_sis=[60, 60, 60])
    stages = []
    message = r"search for formulas of 1 out of 60 features does not fit: it needs 60 MB .* and 1 MB are.*lower n_sis"
    with pytest.raises(InputError, match=message):
        search.fit(x, y, max_memory=1e6, progress=lambda event: stages.append(event.stage))
    assert not any("screening" in stage for stage in stages)
    with pytest.raises(InputError, match=r"comparing the 100 features of rung 1 does not fit.*a lower rung"):
        SISSORegressor(rung=2).fit(x, y, max_memory=1e4)
    with pytest.raises(InputError, match=r"max_memory is -1"):
        search.fit(x, y, max_memory=-1)


def test_only_what_there_is_counts_not_what_is_asked_for():
    """A million features are asked for, but the space has few."""
    x, y = planted()
    fitted = SISSORegressor(rung=1, dimension=2, n_sis=1_000_000).fit(x, y, max_memory=1e9)
    assert sum(map(len, fitted.subspaces_)) < 200
