"""Step applicability: where a model errs by plan, the domain leaves that out, and the outliers' rule names it."""

import numpy as np
import pytest

from matgenes.data import Context, Dataset, Quantity, StepResult
from matgenes.models import Prediction, random_folds
from matgenes.study._rule_file import read_rules
from matgenes.study.steps._predict_figures import OutOfFold
from matgenes.study.steps._trials import Trial, TrialResult
from matgenes.study.steps.applicability import Applicability, Parameters

QUICK = Parameters(depth=2, n_cuts=5)
TARGET = Quantity("E", unit="eV", role="target")
ROWS = 120


def table(rows=ROWS, seed=1):
    rng = np.random.default_rng(seed)
    a, b = rng.uniform(size=(2, rows))
    return Dataset.from_columns(
        {
            Quantity("name", role="id"): [f"m{row}" for row in range(rows)],
            Quantity("a", unit="nm", role="feature"): a,
            Quantity("b", unit="eV", role="feature"): b,
            TARGET: np.sin(a),
        }
    )


def predicted(dataset, spread, tested=None):
    """The result of a step predict whose errors have the given spread; some rows may not have been tested."""
    rng, y = np.random.default_rng(2), dataset.numpy("E")
    mean = y + spread * rng.normal(size=len(y))
    splits = random_folds(len(y), 3, 5)
    if tested is not None:
        splits = tuple(type(one)(one.train, np.intersect1d(one.test, tested), one.name) for one in splits)
        mean, y = mean[tested], y[tested]
    zero = np.zeros(len(y))
    shown = OutOfFold("random 3-fold", TARGET, y, Prediction(mean, zero, zero), [str(i) for i in range(len(y))], None)
    trial = Trial("random", "random 3-fold, twice", (*splits, *splits), 3)
    return {
        "predict": StepResult("Predictions", products={"trials": {"random": TrialResult(trial, shown, dataset, ())}})
    }


def result(spread, candidates=None, tested=None):
    dataset = table()
    told = predicted(dataset, spread(dataset.numpy("a")), tested)
    context = Context(
        seed=1, target="E", features=("a", "b"), parameters=QUICK, results=told, candidates=candidates
    )  # fmt: skip
    return Applicability().run(dataset, context)


@pytest.fixture(scope="module")
def planted():
    return result(lambda a: np.where(a > 0.7, 1.0, 0.05), candidates=table(20, 7).drop(["E"]))


def test_the_claim_comes_from_untouched_rows(planted):
    assert "a <= " in planted.findings[0]
    assert "On untouched rows (random 3-fold)" in planted.findings[0]
    assert "in 3 of 3 folds" in planted.findings[0]
    assert "20 candidates" in planted.findings[0]
    judged = planted.tables["judgement"].to_pandas()
    assert list(judged["split"]) == ["fold 1", "fold 2", "fold 3", "all"]
    assert (judged["MAE inside"] < 0.5 * judged["MAE"]).all()
    assert planted.tables["judgement"].quantity("MAE inside").unit == "eV"


def test_the_outliers_are_explained(planted):
    assert "a >= " in planted.findings[1]
    rules = planted.tables["domain_and_outliers"].to_pandas().set_index("name")
    assert rules.loc["outliers A", "MAE inside"] > 5 * rules.loc["domain", "MAE inside"]


def test_the_candidates_are_sorted(planted):
    members = planted.tables["candidates_in_domain"].to_pandas()
    assert len(members) == 20
    assert not (members["in domain"] & members["in outliers A"]).any()


def test_every_table_has_a_caption_and_every_picture_is_drawn(planted, tmp_path):
    assert set(planted.tables) == set(planted.captions)
    assert [figure.name for figure in planted.figures] == ["judgement", "errors_inside"]
    for figure in planted.figures:
        assert figure.draw().axes
    planted.files["domain.json"](tmp_path / "domain.json")
    assert list(read_rules(tmp_path / "domain.json").lists["domain"]) == ["domain"]


def test_where_errors_are_alike_no_domain_is_claimed():
    told = result(lambda a: np.full(len(a), 0.3))
    claimed = told.findings[0]
    judged = told.tables["judgement"].to_pandas().iloc[-1]
    assert ("No domain was found" in claimed) == (judged["MAE inside"] >= judged["MAE"])


def test_rows_that_were_not_tested_are_left_out():
    told = result(lambda a: np.where(a > 0.7, 1.0, 0.05), tested=np.arange(0, ROWS, 2))
    assert told.outputs["domain"].value.startswith("a <= ")
    assert len(told.figures[1].data) == ROWS // 2
