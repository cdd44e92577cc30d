"""The fitted model on new rows: error bars, units brought together, far rows flagged, nothing filled in."""

import shutil

import pytest

from matgenes import verify
from matgenes._core.errors import InputError
from matgenes.data import Dataset
from matgenes.study import apply

HEADER = "name,metal,size [nm],heat [kJ/mol]\n"


def new_rows(folder, text):
    path = folder / "rows.csv"
    path.write_text(text)
    return path


def test_predictions_come_with_error_bars_and_distances(finished, tmp_path):
    done = apply(finished.folder, new_rows(tmp_path, HEADER + "n1,Al,2.0,10\nn2,Fe,500,10\n"), tmp_path / "out")
    frame = done.predictions.to_pandas()
    assert frame["hardness predicted"][0] == pytest.approx(2 + 5 / 2.0 + 0.5, abs=0.5)
    assert (frame["low 90 %"] < frame["hardness predicted"]).all()
    assert (frame["sigma"] > 0).all()
    assert frame["far from the data"].tolist() == [False, True]
    assert done.predictions.quantity("hardness predicted").unit == "GPa"
    assert (tmp_path / "out" / "predictions.csv").is_file()


def test_other_units_are_converted(finished, tmp_path):
    nm = apply(finished.folder, new_rows(tmp_path, HEADER + "n1,Al,2.0,10\n"), tmp_path / "nm")
    text = "name,metal,size [angstrom],heat [eV]\nn1,Al,20.0,0.103642697\n"
    angstrom = apply(finished.folder, new_rows(tmp_path, text), tmp_path / "angstrom")
    values = [done.predictions.numpy("hardness predicted")[0] for done in (nm, angstrom)]
    assert values[0] == pytest.approx(values[1], rel=1e-6)


def test_a_missing_feature_gives_no_prediction(finished, tmp_path):
    done = apply(finished.folder, new_rows(tmp_path, HEADER + "n1,Al,2.0,10\nn2,Fe,,10\n"), tmp_path / "out")
    assert done.predictions.table.column("hardness predicted").is_valid().to_pylist() == [True, False]


def test_the_preview_shows_names_units_and_what_is_not_predicted(finished, tmp_path):
    rows = new_rows(tmp_path, HEADER + "n1,Al,2.0,10\nn2,Fe,,10\n")
    shown = apply(finished.folder, rows, tmp_path / "out").preview()
    assert shown.splitlines()[0].split()[:3] == ["name", "metal", "hardness"]
    assert "hardness predicted (GPa)" in shown
    assert "size" not in shown
    assert shown.endswith(
        "1 row is not predicted (–): a value that the model needs is missing, or the model says nothing there."
    )


def test_predictions_can_be_verified(finished, tmp_path):
    shutil.copytree(finished.folder, tmp_path / "results")
    apply(tmp_path / "results", new_rows(tmp_path, HEADER + "n1,Al,2.0,10\n"), tmp_path / "out")
    assert verify(tmp_path / "out").status == "identical"
    (tmp_path / "results").rename(tmp_path / "moved")
    assert verify(tmp_path / "out").status == "cannot-run"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("name,metal,size [nm]\nn1,Al,2\n", r"rows.csv, column 'heat'", id="missing column"),
        pytest.param("name,metal,size [GPa],heat [kJ/mol]\nn1,Al,2,1\n", r"rows.csv, column 'size'.*clashes with 'nm'", id="unit clash"),
        pytest.param(HEADER + "n1,Xx,2,1\n", r"rows.csv, row 2, column 'metal'", id="unknown element"),
        pytest.param("name,metal,size,heat\nn1,Al,a,1\nn2,Al,b,2\n", r"rows.csv, column 'size'.*texts", id="texts"),
    ],
)  # fmt: skip
def test_mistakes_in_new_rows_are_named(finished, tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        apply(finished.folder, new_rows(tmp_path, text), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_folders_that_do_not_fit(finished, tmp_path):
    rows = new_rows(tmp_path, HEADER + "n1,Al,2.0,10\n")
    with pytest.raises(InputError):
        apply(tmp_path, rows, tmp_path / "out")
    (tmp_path / "mine").mkdir()
    with pytest.raises(InputError, match="no prediction wrote it"):
        apply(finished.folder, rows, tmp_path / "mine")
    assert isinstance(Dataset.read(rows), Dataset)
