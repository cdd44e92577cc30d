"""Steps uncertainty and redundancy after a short predict: tables, figures, words that fit the numbers."""

import numpy as np
import pytest

from matgenes.data import Context, Dataset, Quantity
from matgenes.study.steps.predict import Parameters as PredictParameters
from matgenes.study.steps.predict import Predict
from matgenes.study.steps.redundancy import Parameters as RedundancyParameters
from matgenes.study.steps.redundancy import Redundancy
from matgenes.study.steps.uncertainty import Parameters, Uncertainty


@pytest.fixture(scope="module")
def study():
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 6, (60, 2))
    data = Dataset.from_columns(
        {
            Quantity("a", unit="eV", role="feature"): x[:, 0],
            Quantity("b", unit="", role="feature"): x[:, 1],
            Quantity("y", unit="eV", role="target"): np.sin(x[:, 0]) + 0.05 * rng.normal(size=60),
        }
    )
    quick = {"models": ("Gaussian process",), "repeats": 1, "learning_curve": False, "importance": False}
    context = Context(seed=0, target="y", features=("a", "b"), parameters=PredictParameters(**quick))
    return data, Predict().run(data, context)


def after(study, step, parameters):
    data, predicted = study
    context = Context(seed=0, target="y", features=("a", "b"), parameters=parameters, results={"predict": predicted})
    return step().run(data, context)


@pytest.mark.slow
def test_error_bars_are_judged_in_four_ways(study):
    result = after(study, Uncertainty, Parameters())
    table = result.tables["error_bars"].to_pandas()
    assert len(table) == 4
    assert table["rows"].tolist() == [60, 60, 12, 12]
    assert table["coverage 90 %"][0] > 0.7
    assert result.tables["error_bars"].quantities["width 90 %"].unit == "eV"
    assert "by_group" in result.tables
    assert result.findings[0].startswith("Of the 90 % intervals")
    assert len(result.figures[0].draw().axes[0].get_lines()) >= 4


@pytest.mark.slow
def test_a_smooth_line_needs_few_rows(study):
    result = after(study, Redundancy, RedundancyParameters(fractions=(0.2, 0.5, 1.0), repetitions=2, tolerance=0.5))
    assert result.tables["errors"].numpy("fraction").tolist() == [0.2, 0.5, 1.0]
    assert "of the rows" in result.findings[0]
    axes = result.figures[0].draw().axes[0]
    assert axes.get_ylabel() == "RMSE of y (eV)"
    assert axes.get_lines()[0].get_xdata()[-1] == 48
