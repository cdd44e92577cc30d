"""Errors: one helpful line, with the place where it is known."""

import copy
from multiprocessing.reduction import ForkingPickler

import pytest

from matgenes._core.errors import InputError, MatgenesError, MissingExtraError, UnitError, did_you_mean, require


@pytest.mark.parametrize(
    ("places", "text"),
    [
        ({}, "bad."),
        ({"file": "a.csv"}, "a.csv: bad."),
        ({"row": 2}, "row 2: bad."),
        ({"file": "a.csv", "row": 14, "column": "E [eV]"}, "a.csv, row 14, column 'E [eV]': bad."),
        ({"file": "a.csv", "column": "E"}, "a.csv, column 'E': bad."),
    ],
)
def test_the_text_names_what_is_known(places, text):
    assert str(InputError("bad.", **places)) == text


def test_places_are_filled_in_but_never_changed():
    error = UnitError("bad.", row=3).at(file="a.csv", row=9).at(file="b.csv", column="x")
    assert type(error) is UnitError
    assert (error.file, error.row, error.column) == ("a.csv", 3, "x")


def test_kinds():
    assert issubclass(UnitError, InputError)
    assert issubclass(InputError, ValueError)
    assert issubclass(InputError, MatgenesError)
    assert issubclass(MissingExtraError, ImportError)


def sent(error):
    return ForkingPickler.loads(ForkingPickler.dumps(error))


@pytest.mark.parametrize("way", [copy.copy, sent])
def test_an_error_comes_whole_from_another_process(way):
    error = way(InputError("bad.", file="a.csv", row=14, column="x"))
    assert str(error) == "a.csv, row 14, column 'x': bad."


@pytest.mark.parametrize(
    ("word", "answer"),
    [
        ("targt", " Did you mean 'target'?"),
        ("TARGET", " Did you mean 'target'?"),
        ("e_act", " Did you mean 'E_act'?"),
        ("xyz", ""),
        ("", ""),
    ],
)
def test_did_you_mean(word, answer):
    assert did_you_mean(word, iter(["target", "groups", "E_act"])) == answer


def test_require_imports_or_names_the_command():
    assert require("json", "web").dumps([1]) == "[1]"
    with pytest.raises(MissingExtraError, match=r"'no_such_library_', .* pip install 'matgenes\[gpu\]'"):
        require("no_such_library_", "gpu")


def test_require_does_not_call_a_broken_library_missing(tmp_path, monkeypatch):
    (tmp_path / "broken_library_.py").write_text("raise ImportError('libfoo.so.3 is too old')")
    (tmp_path / "needy_library_.py").write_text("import no_such_library_")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(MissingExtraError, match=r"'broken_library_' cannot be imported \(libfoo\.so\.3 is too old\)"):
        require("broken_library_", "gpu")
    with pytest.raises(MissingExtraError, match="'no_such_library_', which is not installed"):
        require("needy_library_", "gpu")
