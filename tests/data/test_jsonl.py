"""JSON lines: typed values, lines named as an editor shows them."""

import pytest

from matgenes._core.errors import InputError
from matgenes.data import Dataset, Quantity
from matgenes.data.files._read import load


@pytest.fixture
def file(tmp_path):
    def write(text):
        (tmp_path / "a.jsonl").write_text(text)
        return tmp_path / "a.jsonl"

    return write


def test_values_keep_their_type(file):
    first = '{"E [eV]": 1, "n": 1, "t": "12", "ok": true, "v": [1, 2]}'
    loaded = load(file(first + '\n\n{"E [eV]": 1.5, "v": [3, null], "new": {"b": 1}}\n'))
    assert loaded.dataset.table.to_pydict() == {
        "E": [1.0, 1.5], "n": [1, None], "t": ["12", None], "ok": [True, None], "v": [[1.0, 2.0], [3.0, None]],
        "new": [None, '{"b":1}'],
    }  # fmt: skip
    assert loaded.dataset.quantity("E").unit == "eV"
    assert [loaded.row_of(0), loaded.row_of(1)] == [1, 3]


def test_lists_of_several_lengths_become_text_and_nan_is_missing(file):
    ds = Dataset.read(file('{"a": [1, 2], "x": NaN}\n{"a": [3], "x": 1.5}\n'))
    assert ds.table.to_pydict() == {"a": ["[1,2]", "[3]"], "x": [None, 1.5]}


def test_numbers_among_texts_and_censored_values(file):
    lines = "".join(f'{{"x": {i}}}\n' for i in range(12))
    assert Dataset.read(file(lines + '{"x": "<0.1"}\n')).table.column("x censored")[12].as_py() == "<0.1"
    with pytest.raises(InputError, match=r"a.jsonl, row 13, column 'x': 'n.a.' is not a number"):
        Dataset.read(file(lines + '{"x": "n.a."}\n'))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "is empty", id="empty"),
        pytest.param('{"a": 1}\n[1]\n', "row 2: this line is no JSON object", id="list"),
        pytest.param(
            '{"a": 1}\n{"a": }\n', r"row 2: this line is not JSON \(Expecting value, character 7\)", id="broken"
        ),
        pytest.param('[{"a": 1},\n{"a": 2}]\n', "row 1: this line is not JSON", id="one list"),
        pytest.param('{"a": 1, "a": 2}\n', "row 1, column 'a': this key comes twice", id="twice"),
        pytest.param('{"a": 1}\n{"a": true}\n{"a": 2}\n', "row 2, column 'a': True is of another kind", id="kinds"),
        pytest.param('{"a": 1}\n{"a": 1e999}\n', "row 2, column 'a': this is not a finite number", id="infinite"),
        pytest.param(
            '{"a": ' + "9" * 5000 + "}\n", "row 1: this line holds a number with too many digits", id="digits"
        ),
        pytest.param('{"a": ' + "[" * 100_000 + "}\n", "row 1: this line", id="depth"),
        pytest.param('{"": 1, "b": 2, "c": 3}\n{"b": 1, "": 4}\n', None, id="a nameless first column is an index"),
    ],
)
def test_bad_lines_are_named(file, text, message):
    if message is None:
        assert Dataset.read(file(text)).names() == ("index", "b", "c")
        return
    with pytest.raises(InputError, match=message):
        Dataset.read(file(text))


def test_what_is_written(tmp_path):
    ds = Dataset.from_columns({Quantity("E", unit="eV"): [1.0, None], Quantity("name"): ["é\n", None]})
    ds.write(tmp_path / "a.jsonl")
    assert (tmp_path / "a.jsonl").read_text() == '{"E [eV]": 1.0, "name": "é\\n"}\n{"E [eV]": null, "name": null}\n'
    assert Dataset.read(tmp_path / "a.jsonl") == ds
