"""The sidecar: what it says counts, what it cannot mean is named."""

import pytest

from matgenes._core.errors import InputError, UnitError
from matgenes.data import Dataset, Quantity


@pytest.fixture
def csv(tmp_path):
    """A table and its sidecar."""

    def write(sidecar, table="host,E_act [eV],T,run,note (x)\nAl,0.5,300,001,x\nCu,0.6,400,002,y\n"):
        (tmp_path / "a.csv").write_text(table)
        (tmp_path / "a.csv.toml").write_text(sidecar)
        return tmp_path / "a.csv"

    return write


def test_all_that_it_can_say(csv):
    ds = Dataset.read(
        csv(
            """
            [file]
            decimal = "."
            [units]
            T = "°C"
            [roles]
            host = "group"
            [columns."E_act [eV]"]
            role = "target"
            description = "barrier"
            bounds = [0, 5.0]
            technique = "DFT"
            cost = 3
            [columns.run]
            type = "integer"
            """
        )
    )
    assert ds.quantity("E_act") == Quantity(
        "E_act", unit="eV", role="target", description="barrier", bounds=(0.0, 5.0), technique="DFT", cost=3
    )
    assert (ds.quantity("T").unit, ds.quantity("host").role) == ("degC", "group")
    assert ds.numpy("run").tolist() == [1, 2]


def test_types_are_obeyed(csv):
    table = 'a,b,c,d,e\n1,true,2024-01-01,1,"[1, 2]"\n2,,2024-01-02,2.0,\n'
    types = {"a": "text", "b": "bool", "c": "time", "d": "integer", "e": "list[2]"}
    text = "".join(f'[columns.{name}]\ntype = "{kind}"\n' for name, kind in types.items())
    ds = Dataset.read(csv(text, table))
    assert [str(t) for t in ds.table.schema.types] == [
        "large_string", "bool", "timestamp[us, tz=UTC]", "int64", "fixed_size_list<item: double>[2]",
    ]  # fmt: skip
    assert ds.table.column("e").to_pylist() == [[1.0, 2.0], None]


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("integer", "row 2, column 'x': 1.5 is not an integer"),
        ("bool", "row 2, column 'x': '1.5' is not true or false"),
        ("time", "row 2, column 'x': '1.5' is not a time"),
        ("list[2]", "row 2, column 'x': '1.5' is not a list of 2 numbers"),
    ],
)
def test_types_that_do_not_fit_are_named(csv, kind, message):
    with pytest.raises(InputError, match=message):
        Dataset.read(csv(f'[columns.x]\ntype = "{kind}"\n', "x\n1.5\n2.5\n"))


def test_times_with_and_without_a_zone_do_not_mix(csv):
    with pytest.raises(InputError, match="mixes times with and without a zone"):
        Dataset.read(csv('[columns.x]\ntype = "time"\n', "x\n2024-01-01T00:00:00Z\n2024-01-01\n"))


def test_a_header_can_be_taken_as_it_stands(csv):
    text = '[columns."a (C)"]\nunit_in_header = false\nunit = "degC"\n'
    ds = Dataset.read(csv(text, "a (C)\n1.5\n"))
    assert (ds.names(), ds.quantity("a (C)").unit) == (("a (C)",), "degC")


def test_the_call_counts_more_than_the_sidecar_and_that_more_than_nothing(csv):
    path = csv('[units]\nT = "K"\n[roles]\nT = "feature"\n')
    ds = Dataset.read(path, units={"T": "degC"})
    assert (ds.quantity("T").unit, ds.quantity("T").role) == ("degC", "feature")


def test_a_sidecar_that_contradicts_the_header_is_an_error(csv):
    with pytest.raises(UnitError, match=r"column 'E_act \[eV\]': the header says 'eV', the sidecar 'kJ/mol'"):
        Dataset.read(csv('[units]\nE_act = "kJ/mol"\n'))


def test_sigma_of_is_checked(csv):
    table = "y [eV],s [eV]\n1,0.1\n"
    ds = Dataset.read(csv('[columns.s]\nrole = "sigma"\nsigma_of = "y"\n', table))
    assert ds.quantity("s").sigma_of == "y"
    with pytest.raises(InputError, match=r"There are: y, s|Did you mean 'y'"):
        Dataset.read(csv('[columns.s]\nrole = "sigma"\nsigma_of = "yy"\n', table))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[colums.T]\n", r"'colums' is no key of the sidecar. Did you mean 'columns'"),
        ("[columns.T]\nrol = 'target'\n", r"column 'T': 'rol' is no key of a column. Did you mean 'role'"),
        ("[columns.T]\nrole = 'targt'\n", r"column 'T': role = 'targt' is not allowed.* Did you mean 'target'"),
        ("[roles]\nT = 3\n", r"column 'T': role = 3 is not allowed; give a text"),
        ("[units]\nT = 'eV/A^3'\n", r"column 'T': 'A' in the unit 'eV/A\^3' can mean"),
        ("[columns.T]\nbounds = 3\n", r"column 'T': bounds = 3 is not allowed; give two numbers"),
        ("[columns.T]\ncost = 'high'\n", r"column 'T': cost = 'high' is not allowed; give a number"),
        ("[columns.T]\ntype = 'int'\n", r"column 'T': type = 'int' is not allowed; give one of number, integer"),
        ("[columns.T]\nunit_in_header = 1\n", r"column 'T': unit_in_header = 1 is not allowed; give true or false"),
        ("[columns]\nT = 3\n", r"must hold one table a column"),
        ("units = 3\n", r"'units' must be a table"),
        ("[file]\ndecimal = ';'\n", r"\[file\] decimal is ';'; give"),
        ("[file]\nsheet = 3\n", r"\[file\] sheet is 3; give"),
        ("[units\n", r"this is not valid TOML: .* line 1"),
    ],
)
def test_what_it_cannot_mean_is_named(csv, text, message):
    with pytest.raises(InputError, match=message) as caught:
        Dataset.read(csv(text))
    assert caught.value.file.endswith("a.csv.toml")


def test_columns_that_are_not_there_are_named(csv):
    with pytest.raises(InputError, match=r"column 'TT': there is no such column.* Did you mean 'T'"):
        Dataset.read(csv('[units]\nTT = "K"\n'))


def test_a_sidecar_that_is_no_text(csv):
    path = csv("")
    (path.parent / "a.csv.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"a.csv.toml: this is not a text in UTF-8"):
        Dataset.read(path)


def test_only_what_headers_cannot_hold_is_written(tmp_path):
    quantity = Quantity("y", unit="eV", role="target", bounds=(0.0, float("inf")), description='says "hi"\n\x7f')
    ds = Dataset.from_columns({Quantity("name"): ["a", "b"], Quantity("run"): ["001", "x"], quantity: [1.0, 2.0]})
    ds.write(tmp_path / "a.csv")
    assert (tmp_path / "a.csv.toml").read_text() == (
        '[columns."y"]\nrole = "target"\ndescription = "says \\"hi\\"\\n\\u007f"\nbounds = [0.0, inf]\n'
    )
    assert Dataset.read(tmp_path / "a.csv") == ds
