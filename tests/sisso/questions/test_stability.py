"""Which genes return on resampled rows: what was planted always, chance rarely, and forms of one gene together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from matgenes._core.errors import InputError
from matgenes.sisso import SISSORegressor, SISSORegressorCV


@pytest.fixture(scope="module")
def planted():
    """Six columns, of which "b" and "e" make the target."""
    rng = np.random.default_rng(0)
    x = pd.DataFrame(rng.uniform(1, 3, size=(60, 6)), columns=list("abcdef"))
    y = (4 + 2 * x["b"] - 3 * x["e"] + 0.1 * rng.normal(size=60)).rename("y")
    return x, y, dict.fromkeys(x.columns, "nm") | {"y": "eV"}


@pytest.fixture(scope="module")
def fitted(planted):
    x, y, units = planted
    return SISSORegressor(rung=0, dimension=2, n_sis=6, random_state=1).fit(x, y, units=units)


def test_planted_genes_always_return(fitted):
    found = fitted.stability(20)
    assert found.n_resamples == 20
    assert found.whole == (1.0, 1.0)
    features = found.features().to_pandas()
    assert features["feature"].tolist() == ["b", "e"]
    assert features["share"].tolist() == [1.0, 1.0]
    assert features["is_in_model"].all()
    assert features["unit"].tolist() == ["nm", "nm"]
    columns = found.columns(1).to_pandas()
    assert columns["column"].tolist() == ["e"]
    assert 0.09 < found.out_of_bag[1] < 0.15
    assert found.out_of_bag[1] > found.rmse[1] * 0.9
    text = str(found)
    assert "2D: the same genes in 100% of them; b 100%, e 100%" in text
    assert "eV out of bag" in text
    assert found.to_dataset().quantity("rmse").unit == "eV"


def test_chance_finds_don_t_return():
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(25, 100)), rng.normal(size=25)
    found = SISSORegressor(rung=0, dimension=2, n_sis=100, n_models=1).fit(x, y).stability(20)
    assert found.whole[1] < 0.3
    assert len(found.genes[1]) > 5
    assert sum(gene.is_in_model for gene in found.genes[1]) == 2
    assert found.out_of_bag[1] > 1.2 * np.std(y)


def test_forms_of_one_gene_count_together():
    """Two columns that are nearly equal, one the other's negative: either may be found."""
    rng = np.random.default_rng(2)
    x = pd.DataFrame(rng.normal(size=(50, 4)), columns=list("abcd"))
    x["twin"] = -x["a"] + 0.01 * rng.normal(size=50)
    y = x["a"] + 0.5 * rng.normal(size=50)
    found = SISSORegressor(rung=0, dimension=1).fit(x, y).stability(30)
    gene, *others = found.genes[0]
    assert set(gene.forms) == {"a", "twin"}
    assert gene.is_in_model
    assert gene.share == 1.0
    assert not others
    assert len(found.primaries[0]) == 2  # columns stay columns
    assert "(and 1 like it)" in str(gene)


def test_subsamples_and_groups(fitted, planted):
    half = fitted.stability(10, fraction=0.5)
    assert half.whole[1] == 1.0
    groups = np.arange(60) // 10
    assert fitted.stability(10, groups=groups).n_resamples == 10
    assert fitted.stability(5, fraction=0.5).genes == fitted.stability(5, fraction=0.5).genes
    assert fitted.stability(5).problems == ()


def test_tasks_are_resampled_each(planted):
    x, y, _ = planted
    task = np.where(np.arange(60) < 8, "rare", "common")
    model = SISSORegressor(rung=0, dimension=1).fit(x, y, tasks=task)
    assert model.stability(10).genes[0][0].name == model.models_[0][0].features[0]


def test_a_choice_is_repeated_too(planted):
    x, y, _ = planted
    model = SISSORegressorCV(rung=0, dimension=3, folds=3).fit(x, y)
    assert model.dimension_ == 2
    assert model.stability(5).whole == (1.0, 1.0)


def test_resamples_that_cannot_be_searched_do_not_count(planted):
    """Seven rows leave a bootstrap with too few different ones at times... never with weights; a group draw can."""
    x, y, _ = planted
    task = np.repeat([0, 1], 30)
    model = SISSORegressor(rung=0, dimension=1).fit(x, y, tasks=task)
    found = model.stability(20, groups=task)
    assert found.n_resamples + len(found.problems) == 20
    assert found.problems
    assert "there are 0 in task" in found.problems[0]
    assert f"{len(found.problems)} not" in str(found)


def test_bad_input_is_named(fitted):
    with pytest.raises(InputError, match="n_resamples is 0"):
        fitted.stability(0)
    with pytest.raises(InputError, match="fraction is 2"):
        fitted.stability(5, fraction=2)
    with pytest.raises(InputError, match="2 groups were given for 60"):
        fitted.stability(5, groups=["a", "b"])
    with pytest.raises(InputError, match="no resample can be searched"):
        fitted.stability(3, fraction=0.02)
    with pytest.raises(InputError, match="dimension 1 to 2; given: 3"):
        fitted.stability(2).features(3)
