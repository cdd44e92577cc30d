"""The main job end to end on a small table: the folder is whole, equal for any workers, and never half there."""

import json

import pytest

from matgenes import workers
from matgenes._core.errors import InputError
from matgenes.data import Dataset
from matgenes.records import Record
from matgenes.study import prepared, run


def test_the_folder_holds_all_that_is_promised(finished):
    names = {path.name for path in finished.folder.iterdir()}
    assert {"report.html", "record.json", "tables", "figures", "inputs", "model"} <= names
    assert (finished.folder / "tables/predict/scores_random.parquet").is_file()
    assert (finished.folder / "tables/predict/scores_random.csv").is_file()
    assert list(finished.folder.glob("figures/*.svg"))
    assert list(finished.folder.glob("figures/*.png"))
    assert not list(finished.folder.parent.glob(".*"))


def test_the_report_says_what_was_found(finished):
    page = finished.report.read_text(encoding="utf-8")
    assert "A small study" in page
    assert len(finished.findings) >= 3
    assert finished.record.inputs["data"].id in page
    assert "matgenes verify results" in page


def test_the_record_names_inputs_splits_and_outputs(finished):
    record = Record.read(finished.folder)
    assert record.id == finished.record.id
    assert set(record.inputs) == {"data", "candidates"}
    assert set(record.splits) == {"predict/random", "predict/groups"}
    assert {"predict/rmse_random", "predict/rmse_groups", "candidates/ranking"} <= set(record.outputs)


def test_the_model_is_better_than_the_mean(finished):
    scores = Dataset.read(finished.folder / "tables/predict/scores_random.parquet").to_pandas().set_index("model")
    assert scores.loc["chosen inside", "RMSE"] < 0.5 * scores.loc["mean", "RMSE"]
    assert (scores["RMSE sigma"] > 0).all()


def test_failed_rows_are_kept_but_not_scored(finished):
    record = finished.record
    assert record.outputs["check/rows_failed"].value == 4
    predictions = Dataset.read(finished.folder / "tables/predict/predictions_random.parquet")
    assert len(predictions) == 40


def test_candidates_are_ranked_by_expected_improvement(finished):
    ranking = Dataset.read(finished.folder / "tables/candidates/ranking.parquet")
    gains = ranking.numpy("expected improvement")
    assert (gains[:-1] >= gains[1:] - 1e-12).all()
    assert len(ranking) == 12


def test_any_number_of_workers_gives_the_same_outputs(finished, small_study, tmp_path):
    with workers(2, kind="threads"):
        again = run(small_study, tmp_path / "again")
    assert again.record.id == finished.record.id


def test_a_study_replaces_its_own_folder_and_no_other(finished, small_study, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("years of work")
    with pytest.raises(InputError, match="no study wrote it"):
        run(small_study, tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.tex").is_file()


def test_an_interrupted_run_leaves_no_folder_and_goes_on(small_study, tmp_path):
    def stop(event):
        if event.stage.startswith("test: one") and event.done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(small_study, tmp_path / "out", progress=stop)
    assert not (tmp_path / "out").exists()
    first = []
    run(small_study, tmp_path / "out", progress=first.append)
    resumed = [event for event in first if event.stage.startswith("test: random")]
    assert resumed[0].done == resumed[0].total
    assert (tmp_path / "out" / "report.html").is_file()
    assert not (tmp_path / ".out.checkpoint").exists()


def test_plain_data_for_machines(finished):
    told = json.loads(json.dumps(finished.to_dict()))
    assert told["record"] == finished.record.id
    assert told["report"].endswith("report.html")


def test_a_study_without_candidates_and_groups_runs(small_study, tmp_path):
    text = (
        small_study.read_text().replace('[candidates]\nfile = "new.csv"', "").replace('[groups]\ncolumn = "metal"', "")
    )
    small_study.write_text(text)
    done = run(small_study, tmp_path / "out")
    assert "one cluster left out" in done.report.read_text(encoding="utf-8")
    assert "candidates/ranking" not in done.record.outputs


def test_a_log_target_and_a_value_to_be_reached(small_study, tmp_path):
    text = small_study.read_text().replace('goal = "maximise"', "goal = 4.0\nlog = true")
    small_study.write_text(text)
    done = run(small_study, tmp_path / "out")
    best = done.record.outputs["candidates/best_known"].value
    known = Dataset.read(small_study.parent / "alloys.csv").numpy("hardness")
    assert abs(best - 4.0) == pytest.approx(min(abs(v - 4.0) for v in known if v == v))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param('"hardness"', '"hardnes"', r"alloys.csv, column 'hardnes'.*Did you mean 'hardness'", id="target"),
        pytest.param('"size", "heat"', '"size", "name"', "column 'name': it holds texts", id="text feature"),
        pytest.param('elements = ["metal"]', 'elements = ["name"]', r"alloys.csv, row 2, column 'name'", id="no element"),
        pytest.param('file = "new.csv"', 'file = "nwe.csv"', "nwe.csv", id="missing candidates"),
        pytest.param("folds = 3", "fold = 3", "study.toml, entry 'step.predict.fold'.*Did you mean 'folds'", id="step key"),
        pytest.param("[step.predict]", "[step.predct]", "study.toml, entry 'step.predct'.*Did you mean 'predict'", id="step section"),
        pytest.param('["Gaussian process"]', '["gaussian"]', "no model to choose.*Gaussian process", id="model"),
        pytest.param("seed = 7", 'steps = ["candidates"]', "needs predict before it", id="order"),
        pytest.param("seed = 7", 'steps = ["prdict"]', "no step.*Did you mean 'predict'", id="step"),
    ],
)  # fmt: skip
def test_mistakes_in_the_study_are_named(small_study, tmp_path, old, new, message):
    small_study.write_text(small_study.read_text().replace(old, new))
    with pytest.raises(InputError, match=message):
        run(small_study, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".*"))


def test_units_that_stand_as_question_marks_are_asked_for_there(tmp_path):
    rows = "\n".join(f"{row},{row % 7},{row * row % 11}" for row in range(12))
    (tmp_path / "t.csv").write_text(f"size,heat,gap [eV]\n{rows}\n")
    (tmp_path / "study.toml").write_text(
        '[data]\nfile = "t.csv"\nunits = { size = "nm", heat = "?" }\n[target]\ncolumn = "gap"\n'
    )
    with pytest.raises(InputError, match=r"1 unit is unknown: 'heat'\. Write them in the place of each \"\?\" under"):
        run(tmp_path / "study.toml", tmp_path / "out")


def test_too_few_rows_are_named_before_anything_else(tmp_path):
    (tmp_path / "t.csv").write_text("size [nm],gap [eV]\n1,2\n")
    (tmp_path / "study.toml").write_text('[data]\nfile = "t.csv"\n[target]\ncolumn = "gap"\n')
    with pytest.raises(InputError, match=r"t\.csv: a study needs at least 10 accepted rows with a target; here are 1"):
        run(tmp_path / "study.toml", tmp_path / "out")


def test_prepared_gives_the_features_that_steps_get(small_study):
    tables = prepared(small_study)
    assert tables.features[:2] == ("size", "heat")
    assert len(tables.candidates) == 12
