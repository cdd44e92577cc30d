"""Handbooks: files read and refused, hostile ones too, and the sheets, models and schemas made from them."""

import importlib.util
import json

import pytest
from pydantic import ValidationError

from matgenes._core.errors import InputError
from matgenes.data import Dataset, Handbook
from matgenes.data.handbooks import _read as reading
from matgenes.data.handbooks._handbook import file_schema

GOOD = """
handbook = 1
name = "films"
version = "2"
[rows]
session = "run"
[[metadata]]
name = "run"
[[steps]]
name = "growth"
[[steps.quantities]]
name = "thickness"
unit = "nm"
bounds = [1.0, 100.0]
[[steps.quantities]]
name = "err"
unit = "nm"
role = "sigma"
sigma_of = "thickness"
required = false
[[steps.standards]]
name = "silicon"
quantity = "thickness"
where = { run = "S" }
accepted = [9.0, 11.0]
"""
YAML = """
# yaml-language-server: $schema=handbook.schema.json
handbook: 1
name: films
version: "2"
rows: {session: run}
metadata:
  - name: run
steps:
  - name: growth
    quantities:
      - {name: thickness, unit: nm, bounds: [1.0, 100.0]}
      - {name: err, unit: nm, role: sigma, sigma_of: thickness, required: false}
    standards:
      - {name: silicon, quantity: thickness, where: {run: S}, accepted: [9.0, 11.0]}
"""


def test_toml_and_yaml_say_the_same(tmp_path):
    (tmp_path / "a.toml").write_text(GOOD)
    (tmp_path / "a.yaml").write_text(YAML)
    toml, yaml = Handbook.read(tmp_path / "a.toml"), Handbook.named(str(tmp_path / "a.yaml"))
    assert toml == yaml
    assert toml.id == yaml.id
    assert toml.id.startswith("films/2/")
    assert Handbook.parse(GOOD.replace("100.0", "101.0")).id != toml.id


def test_the_shipped_ones():
    assert Handbook.names() == ("diffusion", "oxidation_catalysts")
    for name in Handbook.names():
        handbook = Handbook.named(name)
        assert handbook.name == name
        assert handbook.sources
    steps = [step.name for step in Handbook.named("oxidation_catalysts").steps]
    assert steps == [
        "synthesis", "characterisation_fresh", "activation", "characterisation_activated", "kinetics",
        "characterisation_spent",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param('unit = "nm"\nbounds', 'units = "nm"\nbounds', r"line 13, entry 'steps.growth.quantities.thickness.units'.*no such entry.*Did you mean 'unit'", id="key"),
        pytest.param('unit = "nm"\nbounds', 'unit = "nmm"\nbounds', r"line 13, entry 'steps.growth.quantities.thickness.unit'.*'nmm'", id="unit"),
        pytest.param('unit = "nm"\nbounds', "bounds", "unit and bounds are for numbers, and this is a text", id="no unit"),
        pytest.param('unit = "nm"\nbounds', 'kind = "number"\nbounds', "a number needs a unit", id="number"),
        pytest.param("[1.0, 100.0]", "[100.0, 1.0]", "the lower limit 100 must not exceed the upper limit 1", id="bounds"),
        pytest.param("[1.0, 100.0]", "[1.0]", "thickness.bounds", id="one bound"),
        pytest.param("[1.0, 100.0]", "[nan, 1.0]", "must not exceed", id="nan"),
        pytest.param('name = "films"', 'name = "Films of Cu"', "line 3, entry 'name'", id="name"),
        pytest.param("handbook = 1", "handbook = 2", "2 is not allowed; give 1", id="version"),
        pytest.param("handbook = 1", "", "entry 'handbook': this entry is missing", id="no version"),
        pytest.param('session = "run"', 'session = "rum"', "rows.session names 'rum'.*Did you mean 'run'", id="rows"),
        pytest.param('quantity = "thickness"', 'quantity = "thicknes"', "Did you mean 'thickness'", id="standard"),
        pytest.param('quantity = "thickness"', 'quantity = "run"', "needs a quantity that is a number", id="standard text"),
        pytest.param('where = { run = "S" }', "where = { run = [1, 2] }", "needs a text for 'run'", id="where text"),
        pytest.param('where = { run = "S" }', 'where = { thickness = "S" }', "needs a range of two numbers", id="where range"),
        pytest.param('where = { run = "S" }', "where = {}", "standards.silicon.where", id="where"),
        pytest.param("accepted = [9.0, 11.0]", "accepted = [9.0, 11.0]\nvalue = 10.0", "value and sigma go together", id="value"),
        pytest.param('sigma_of = "thickness"\n', "", "role = 'sigma' and sigma_of go together", id="sigma"),
        pytest.param('name = "err"', 'name = "thickness"', "two columns of 'growth' have the name 'thickness'", id="twice"),
        pytest.param('[[metadata]]\nname = "run"', '[[metadata]]\nname = "run"\nallowed = ["S"]\nkind = "bool"', "allowed texts are for texts", id="allowed"),
        pytest.param("[rows]", "[rows", "not valid TOML", id="no toml"),
        pytest.param("[[steps]]", '[[steps]]\nname = "a"\n[[steps.quantities]]\nname = "run2"\n[[steps]]\nname = "b"\n[[steps.quantities]]\nname = "run2"\nunit = ""\n[[steps]]', "another kind or unit in another step", id="kinds"),
    ],
)  # fmt: skip
def test_mistakes_are_named(tmp_path, old, new, message):
    assert old in GOOD
    (tmp_path / "a.toml").write_text(GOOD.replace(old, new, 1))
    with pytest.raises(InputError, match=message) as caught:
        Handbook.read(tmp_path / "a.toml")
    assert caught.value.file == str(tmp_path / "a.toml")


def test_files_that_are_no_handbook(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        Handbook.read(tmp_path / "a.toml")
    with pytest.raises(InputError, match="shipped: diffusion, oxidation_catalysts"):
        Handbook.named("oxidation")
    with pytest.raises(InputError, match="Did you mean 'diffusion'"):
        reading.shipped("difusion")
    (tmp_path / "b.toml").mkdir()
    with pytest.raises(InputError, match="this is a folder"):
        Handbook.read(tmp_path / "b.toml")
    (tmp_path / "c.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="UTF-8"):
        Handbook.read(tmp_path / "c.yaml")
    (tmp_path / "d.yaml").write_text("- 1\n- 2\n")
    with pytest.raises(InputError, match="a handbook is a table of entries"):
        Handbook.read(tmp_path / "d.yaml")
    (tmp_path / "e.yaml").write_text(" " * 1_000_001)
    with pytest.raises(InputError, match="over 1000000 bytes"):
        Handbook.read(tmp_path / "e.yaml")


# --- from strangers ---

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(BOMB, "row 1: anchors .* are not allowed", id="bomb"),
        pytest.param("a: 1\nb: *a\n", "row 2: anchors .* are not allowed", id="alias"),
        pytest.param("a: !!python/object/apply:os.system ['true']\n", "the tag '.*python/object/apply", id="code"),
        pytest.param("a: !!python/name:os.system x\n", "the tag", id="name"),
        pytest.param("a: !unknown 1\n", "the tag '!unknown'", id="tag"),
        pytest.param("a: " + "[" * 5000 + "]" * 5000, "nests deeper than 20", id="deep"),
        pytest.param("a: 1\n---\nb: 2\n", "more than one document", id="documents"),
        pytest.param("a: 1\na: 2\n", "not valid YAML", id="doubled"),
        pytest.param("a: [1\n", "not valid YAML", id="open"),
        pytest.param("a: \x00", "not valid YAML", id="nul"),
        pytest.param("handbook: 2024-05-31\nname: x\nsteps: [{name: s}]", "is not allowed; give 1", id="date"),
        pytest.param("1: 2\n", "a handbook is a table of entries", id="number"),
        pytest.param("{a: 1}: 2\n", "a handbook is a table|not valid YAML", id="mapping as a key"),
    ],
)
def test_hostile_yaml_is_refused_before_it_is_built(text, message):
    with pytest.raises(InputError, match=message):
        Handbook.parse(text, yaml=True)


def test_toml_that_nests_too_deeply_is_refused():
    with pytest.raises(InputError, match=r"nests too deeply|not valid TOML"):
        Handbook.parse("a = " + "[" * 100_000)


def test_names_from_strangers_reach_the_model_as_quoted_texts_only(tmp_path):
    evil = ['x""" import os', "class", "a'; boom() #", "model_config", "1st [x]", "__init__", "dict", "é", "1st (x)"]
    columns = [{"name": name, "description": 'd"""\nboom()', "allowed": ["'+boom()+'"]} for name in evil]
    handbook = Handbook.model_validate(
        {"handbook": 1, "name": "evil", "steps": [{"name": 's"""; boom() # \\', "quantities": columns}]}
    )
    handbook.template(tmp_path / "row.py", step=handbook.steps[0].name)
    module = imported(tmp_path / "row.py")
    values = dict.fromkeys(evil, "'+boom()+'")
    (model,) = [thing for name, thing in vars(module).items() if name.endswith("Row")]
    assert model.model_validate(values).model_dump(by_alias=True) == values
    with pytest.raises(ValidationError):
        model.model_validate({**values, "class": "other"})


def imported(path):
    spec = importlib.util.spec_from_file_location("row_of_a_handbook", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- templates ---


@pytest.fixture
def jsonschema():
    return pytest.importorskip("jsonschema", reason="it comes with Jupyter")


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_the_empty_sheet_has_units_in_its_headers(tmp_path, suffix):
    handbook = Handbook.named("oxidation_catalysts")
    path = tmp_path / f"sheet{suffix}"
    handbook.template(path, step="activation")
    with pytest.raises(InputError, match="a header but no row of data"):
        Dataset.read(path)
    if suffix == ".csv":
        header = path.read_text().strip().split(",")
        assert header[-2:] == ["temperature [degC]", "duration [h]"]
        values = "c1,activation,a1,2024-05-31T12:00:00Z,001,furnace,robot,,,410.0,48\n"
        path.write_text(path.read_text() + values)
        filled = Dataset.read(path)
        assert filled.quantity("temperature") == handbook.sheet("activation").quantity("temperature")
        assert filled.numpy("batch").tolist() == ["001"]
        assert handbook.sheet().quantity("temperature").bounds == (225.0, 500.0)


def test_a_filled_excel_sheet_is_read_with_its_units(tmp_path):
    import openpyxl

    handbook = Handbook.parse(GOOD)
    handbook.template(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    book.active.append(["S", 10.0, 0.1])
    book.save(tmp_path / "a.xlsx")
    ds = Dataset.read(tmp_path / "a.xlsx")
    assert ds.quantity("thickness").label == "thickness (nm)"
    assert ds.quantity("err").sigma_of == "thickness"


def test_class_source_and_schema_agree(tmp_path, jsonschema):
    handbook = Handbook.named("oxidation_catalysts")
    for step in (None, "kinetics"):
        handbook.template(tmp_path / "row.py", step)
        handbook.template(tmp_path / "row.json", step)
        (written,) = [thing for name, thing in vars(imported(tmp_path / "row.py")).items() if name.endswith("Row")]
        assert written.model_json_schema() == handbook.row_model(step).model_json_schema()
        schema = json.loads((tmp_path / "row.json").read_text())
        assert schema == handbook.row_schema(step)
        jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["properties"]["temperature"]["unit"] == "degC"
    assert (schema["properties"]["temperature"]["minimum"], schema["properties"]["temperature"]["maximum"]) == (
        225,
        500,
    )
    assert "conversion" in schema["required"]
    assert "conversion" not in handbook.row_schema()["required"]


def test_the_model_takes_a_good_row_and_refuses_a_bad_one():
    model = Handbook.parse(GOOD).row_model()
    assert model(run="r1", thickness=10.0).thickness == 10.0
    with pytest.raises(ValidationError, match="less than or equal to 100"):
        model(run="r1", thickness=1000.0)
    with pytest.raises(ValidationError, match="Field required"):
        model(run="r1")


@pytest.mark.parametrize(
    ("name", "step", "message"),
    [
        ("a.pdf", None, "'.pdf' is not known; a template is .xlsx, .csv, .py or .json"),
        ("a.csv", "grow", "no step 'grow'. Did you mean 'growth'"),
        ("a.csv", "zzz", "There are: growth"),
    ],
)
def test_bad_requests_for_templates_are_named(tmp_path, name, step, message):
    with pytest.raises(InputError, match=message):
        Handbook.parse(GOOD).template(tmp_path / name, step)


# --- the schema for editors ---


def test_the_shipped_schema_is_that_of_the_model_and_fits_the_shipped_handbooks(jsonschema):
    import tomllib

    shipped = json.loads(reading.SCHEMA.read_text("utf-8"))
    assert shipped == file_schema(), "write it anew: matgenes handbook schema > handbook.schema.json"
    jsonschema.Draft202012Validator.check_schema(shipped)
    for name in Handbook.names():
        jsonschema.validate(tomllib.loads(reading.shipped(name).read_text("utf-8")), shipped)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"handbook": 1, "name": "x"}, shipped)
