"""Step rules: a planted rule is found for each goal, judged, exported and used on candidates; noise is called chance."""

import json
import sqlite3

import numpy as np
import pytest

from matgenes._core.errors import InputError
from matgenes.data import Context, Dataset, Quantity
from matgenes.study._rule_file import read_rules
from matgenes.study.steps.rules import FindRules, Parameters

QUICK = Parameters(depth=2, n_rules=4, n_cuts=5, permutations=9, resamples=3, folds=2)


def table(target, rows=80, seed=3, is_known=True):
    """Two energies, one of them with gaps, a family, and a target made of them."""
    rng = np.random.default_rng(seed)
    a, b, gaps = rng.uniform(1, 3, size=(3, rows))
    family = np.array([f"f{row % 4}" for row in range(rows)])
    gaps[::5] = np.nan
    columns = {
        Quantity("name", role="id"): [f"m{row}" for row in range(rows)],
        Quantity("family", role="group"): list(family),
        Quantity("a", unit="eV", role="feature"): a,
        Quantity("b", unit="eV", role="feature"): b,
        Quantity("gaps", unit="nm", role="feature"): gaps,
    }
    if is_known:
        columns[Quantity("E", unit="eV", role="target")] = target(a, b, family, rng)
    return Dataset.from_columns(columns)


def corner(a, b, family, rng):
    return 5.0 * ((a > 2) & (b > 2)) + 0.1 * rng.normal(size=len(a))


def result(dataset, **context):
    told = {
        "seed": 1, "target": "E", "features": ("a", "b"), "left_out": {"gaps": "no value in 16 of 80 rows"},
        "parameters": QUICK,
    }  # fmt: skip
    return FindRules().run(dataset, Context(**{**told, **context}))


@pytest.fixture(scope="module")
def planted():
    return result(table(corner), candidates=table(corner, rows=30, seed=5, is_known=False), groups="family")


def test_the_rule_is_told_with_its_units_and_its_worth(planted):
    told = planted.findings[0]
    assert "a >= 2.1 eV and b >= 1.9 eV" in told
    assert "eV outside" in told
    assert "None of 9 shuffled targets gives such a rule" in told
    best = planted.tables["rules"].to_pandas().iloc[0]
    assert best["mean inside"] == pytest.approx(4.4, abs=0.1)  # the cuts do not lie at 2
    assert best["p-value"] == pytest.approx(0.1)  # the least that 9 shuffles can show
    assert best["utility held out"] > 0.5
    assert 0 < best["stability"] <= 1
    assert planted.tables["rules"].quantity("mean inside").unit == "eV"


def test_every_table_has_a_caption_and_every_picture_is_drawn(planted):
    assert set(planted.tables) == set(planted.captions)
    assert [figure.name for figure in planted.figures] == ["front", "inside", "overlaps", "chance"]
    for figure in planted.figures:
        assert figure.draw().axes
    assert planted.figures[0].hover.text == ("rule", "name", "rows")


def test_no_rule_of_the_front_is_beaten(planted):
    front = planted.tables["front"].to_pandas()
    assert (np.diff(front["coverage"]) < 0).all()
    assert (np.diff(front["utility"]) > 0).all()


def test_candidates_that_fall_in_are_listed(planted):
    new = table(corner, rows=30, seed=5, is_known=False).to_pandas()
    small = planted.tables["small_set"].to_pandas()
    listed = planted.tables["candidates_in_rules"].to_pandas()
    inside_first = listed["rules"].str.split(", ").apply(lambda names: "A" in names)
    assert int(inside_first.sum()) == small["candidates"][0] > 0
    assert new.set_index("name").loc[listed["name"][inside_first], ["a", "b"]].min().min() > 1.8


def test_the_exports_select_the_same_rows(planted, tmp_path):
    for name, write in planted.files.items():
        write(tmp_path / name)
    rules = read_rules(tmp_path / "rules.json")
    assert (rules.target, rules.unit, list(rules.lists)) == ("E", "eV", ["small_set", "rules", "front"])
    frame = table(corner).to_pandas()
    rule = rules.lists["rules"]["1"]
    wanted = list(frame["name"][rule.covers(frame)])
    text = (tmp_path / "rules.py").read_text()
    queries = {}
    exec(text, queries)  # a file that we wrote here
    assert list(frame.query(queries["RULES"]["1"])["name"]) == wanted
    statement = (tmp_path / "rules.sql").read_text().split("-- 1: ")[1].split("\n")[1]
    with sqlite3.connect(":memory:") as database:
        frame.to_sql("materials", database)
        assert [row[1] for row in database.execute(statement)] == wanted


def test_low_values_are_sought_where_the_goal_is_to_minimise():
    told = result(
        table(lambda *given: -corner(*given)),
        goal="minimise",
        parameters=QUICK.model_copy(update={"permutations": 0, "resamples": 0}),
    )
    assert "low E" in told.findings[0]
    assert told.tables["rules"].numpy("mean inside")[0] == pytest.approx(-4.4, abs=0.1)
    assert {"p-value", "stability"}.isdisjoint(told.tables["rules"].names())


def test_a_value_is_sought_in_a_window():
    given = table(lambda a, b, family, rng: 10 * a)
    told = result(given, goal=20.0, parameters=QUICK.model_copy(update={"window": 2.0}), features=("b",), left_out={})
    assert "E between 18 eV and 22 eV" in told.findings[0]
    with pytest.raises(InputError, match="belongs to a goal that is a value"):
        result(given, parameters=QUICK.model_copy(update={"window": 2.0}))
    with pytest.raises(InputError, match="leave the utility out"):
        result(given, goal=20.0, parameters=QUICK.model_copy(update={"utility": "mean_shift"}))


def test_texts_and_gaps_can_be_spoken_of():
    given = table(lambda a, b, family, rng: 3.0 * (family == "f1") + 0.1 * rng.normal(size=len(a)))
    told = result(given, parameters=QUICK.model_copy(update={"categories": ("family",)}))
    assert "family == 'f1'" in told.findings[0]
    gaps = result(given.with_column(given.quantity("E"), 3.0 * np.isnan(given.numpy("gaps")) + np.arange(80) * 0.001))
    assert "gaps is missing" in gaps.findings[0]
    with pytest.raises(InputError, match="Did you mean 'family'"):
        result(given, parameters=QUICK.model_copy(update={"categories": ("familly",)}))


def test_noise_is_called_chance():
    told = result(table(lambda a, b, family, rng: rng.normal(size=len(a))), left_out={})
    assert "may be chance" in told.findings[0]


def test_a_logarithm_is_searched_and_the_target_told():
    told = result(table(lambda *given: np.exp(corner(*given))), log_target=True)
    assert told.tables["rules"].numpy("mean inside")[0] == pytest.approx(np.exp(5), rel=0.2)


@pytest.mark.parametrize(
    "content", ["{}", "[", '{"format": "matgenes rules 1"}', '{"format": "x", "lists": {}}', "[" * 100_000]
)
def test_what_is_no_file_of_rules_is_refused(tmp_path, content):
    (tmp_path / "rules.json").write_text(content)
    with pytest.raises(InputError, match=r"rules\.json: this is no file of rules"):
        read_rules(tmp_path / "rules.json")


def test_a_changed_rule_is_refused(planted, tmp_path):
    planted.files["rules.json"](tmp_path / "rules.json")
    content = json.loads((tmp_path / "rules.json").read_text())
    content["lists"]["rules"][0]["rule"]["selector"][0]["operator"] = "; drop table"
    (tmp_path / "rules.json").write_text(json.dumps(content))
    with pytest.raises(InputError, match=r"rules\.json"):
        read_rules(tmp_path / "rules.json")
