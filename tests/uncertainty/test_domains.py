"""Domains of applicability: planted ones, real ones, models, outliers, bad input."""

import numpy as np
import pandas as pd
import pytest

from matgenes._core.errors import InputError
from matgenes.data import Dataset
from matgenes.models import ExtraTrees, LinearBaseline, Split, random_folds
from matgenes.sisso import SISSORegressor
from matgenes.uncertainty import DomainOfApplicability


def test_a_planted_domain_is_found_and_holds(planted):
    x, errors = planted
    found = DomainOfApplicability(depth=2).fit(x, errors=errors, units={"width": "angstrom", "angle": "deg"})
    (proposition,) = [one for one in found.rule_.selector if one.attribute == "width"]
    assert proposition.operator == "<="
    assert 7.0 < proposition.value < 8.2
    assert "Å" in found.rule_.text
    pooled = found.judgement_.pooled
    assert pooled.coverage > 0.4
    assert pooled.mae_inside < 0.5 * pooled.mae < pooled.mae_outside
    assert pooled.p95_inside < pooled.p95_outside
    np.testing.assert_array_equal(found.covers(x), found.rule_.covers(x))


def test_every_split_is_judged_on_rows_that_the_search_had_not(planted):
    x, errors = planted
    splits = random_folds(240, 4, seed=2)
    found = DomainOfApplicability(depth=1).fit(x, errors=errors, splits=splits)
    assert [one.split for one in found.judgement_.splits] == [split.name for split in splits]
    for split, verdict in zip(splits, found.judgement_.splits, strict=True):
        again = DomainOfApplicability(depth=1).fit(x.iloc[split.train], errors=errors[split.train])
        assert again.rule_.text == verdict.text
        inside = again.covers(x.iloc[split.test])
        assert verdict.coverage == inside.mean()
        assert verdict.mae_inside == pytest.approx(errors[split.test][inside].mean())


def test_errors_of_a_model(planted):
    """A line is fitted well where the target is one, and badly where it oscillates."""
    x, _ = planted
    y = pd.Series(np.where(x.width < 8.0, x.width, 8.0 + 3.0 * np.sin(20 * x.angle)), name="energy")
    found = DomainOfApplicability(LinearBaseline(), depth=1, folds=4).fit(x, y, units={"energy": "eV"})
    assert found.rule_.text.startswith("width <= ")
    assert found.judgement_.pooled.mae_inside < found.judgement_.pooled.mae_outside
    assert found.unit_ == "eV"
    for split in random_folds(240, 4):
        fitted = LinearBaseline().fit(x.iloc[split.train], y.iloc[split.train])
        expected = np.abs(fitted.predict(x.iloc[split.test]) - y.iloc[split.test])
        np.testing.assert_allclose(found.errors_[split.test], expected)


def test_features_of_the_model_may_be_others_than_those_of_the_rules(planted):
    x, _ = planted
    kinds = pd.DataFrame({"kind": np.where(x.width < 8.0, "narrow", "wide")})
    y = np.where(x.width < 8.0, 2.0 * x.width, 16.0 + np.sin(20 * x.angle) * 5)
    found = DomainOfApplicability(ExtraTrees(n_trees=10), depth=1, folds=3, inner_folds=2).fit(kinds, y, inputs=x)
    assert found.rule_.text == "kind == 'narrow'"


def test_a_formula_as_the_model(planted):
    x, _ = planted
    y = np.where(x.width < 8.0, x.width, 8.0 + 3.0 * np.sin(20 * x.angle))
    model = SISSORegressor(rung=0, dimension=1)
    found = DomainOfApplicability(model, depth=1, folds=3, inner_folds=2).fit(x, y)
    assert found.rule_.text.startswith("width <= ")


def test_outliers_are_explained(planted):
    x, errors = planted
    search = DomainOfApplicability(depth=2, folds=3).fit(x, errors=errors).explain_outliers(n_rules=3)
    assert len(search.rules_) == 3
    assert "width >= " in search.rules_[0].text or "<= width" in search.rules_[0].text
    inside = search.rules_[0].covers(x)
    assert errors[inside].mean() > 2 * errors.mean()


def test_a_dataset(planted):
    x, errors = planted
    y = np.random.default_rng(3).normal(size=240)
    dataset = Dataset.from_pandas(
        x.assign(energy=y), {"width": "angstrom", "angle": "deg", "energy": "eV"},
        {"width": "feature", "angle": "feature", "energy": "target"},
    )  # fmt: skip
    found = DomainOfApplicability(depth=1, folds=3).fit(dataset, prediction=y + errors)
    same = DomainOfApplicability(depth=1, folds=3).fit(x, errors=errors)
    assert (found.rule_.size, found.unit_) == (same.rule_.size, "eV")
    np.testing.assert_array_equal(found.covers(dataset), same.covers(x))


def test_no_domain_where_nothing_can_be_said():
    x = np.repeat([[0.0], [1.0]], 60, axis=0)
    errors = np.tile(np.linspace(0.1, 0.5, 60), 2)
    found = DomainOfApplicability(folds=2).fit(x, errors=errors, splits=[
        Split(np.arange(0, 120, 2), np.arange(1, 120, 2)), Split(np.arange(1, 120, 2), np.arange(0, 120, 2)),
    ])  # fmt: skip
    assert found.rule_ is None
    assert found.covers(x).all()
    assert [one.text for one in found.judgement_.splits] == ["all rows", "all rows"]
    assert found.judgement_.splits[0].split == "split 1"


@pytest.mark.parametrize("model", ["mbtr", "soap", "ngram", "atomic"])
def test_all_folds_of_the_oxides(oxides, model):
    """Sutton et al 2020: four models of formation energies, their six folds, none left out."""
    features, energies, predictions, splits = oxides
    found = DomainOfApplicability(depth=3).fit(
        features, energies, prediction=predictions[model], splits=splits[model], units={"Ef": "eV"}
    )
    pooled = found.judgement_.pooled
    assert len(found.judgement_.splits) == 6
    assert pooled.coverage >= 0.5
    assert pooled.mae_inside < pooled.mae < pooled.mae_outside


@pytest.mark.parametrize(
    ("parameters", "given", "message"),
    [
        pytest.param({}, {}, "say whose errors are meant in one way", id="nothing"),
        pytest.param({"model": LinearBaseline()}, {"errors": np.ones(240)}, "in one way", id="two"),
        pytest.param({}, {"y": np.ones(240), "prediction": np.ones(3)}, "shape", id="length"),
        pytest.param({}, {"y": np.full(240, np.nan), "prediction": np.ones(240)}, "is missing", id="nan"),
        pytest.param({}, {"errors": -np.ones(240)}, "error of row 0", id="negative"),
        pytest.param({}, {"errors": np.ones(240)}, "the target is 1.0 in all rows", id="equal"),
        pytest.param({"error": "squared"}, {"y": np.ones(240), "prediction": np.ones(240)}, "'squared'", id="kind"),
    ],
)
def test_bad_input_is_named(planted, parameters, given, message):
    with pytest.raises(InputError, match=message):
        DomainOfApplicability(**parameters).fit(planted[0], **given)


ROWS = np.arange(240)


@pytest.mark.parametrize(
    ("splits", "message"),
    [
        pytest.param([Split(ROWS, ROWS)], "tests rows that it trains on", id="no split"),
        pytest.param([Split(ROWS[:120], ROWS[120:])], "each of the 240 rows once", id="rows left out"),
        pytest.param([], "each of the 240 rows once", id="none"),
    ],
)
def test_splits_that_flatter_are_refused(planted, splits, message):
    x, errors = planted
    with pytest.raises(InputError, match=message):
        DomainOfApplicability().fit(x, errors=errors, splits=splits)
