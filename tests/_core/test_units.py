"""Units: what tables write, what is refused and with which question, values against pint and CODATA, round trips."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import numpy as np
import pint
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from matgenes._core import _unit_conversion, _unit_definitions, units
from matgenes._core.errors import UnitError
from matgenes._core.units import canonical, compatible, convert, dimension, label, latex

UNITS = list(dict.fromkeys(_unit_definitions.BY_NAME.values()))
TREACHEROUS = {"ms", *_unit_definitions.TRAPS}
IN_PRODUCTS = [unit.symbol for unit in UNITS if not unit.definition.alone and unit.symbol not in TREACHEROUS]
EXPONENTS = st.sampled_from([Fraction(n) for n in (1, 2, -1, -2)] + [Fraction(1, 2), Fraction(-2, 3)])
POWERS = st.lists(st.tuples(st.sampled_from(IN_PRODUCTS), EXPONENTS), max_size=3)
examples = settings(deadline=None, max_examples=60)


def text_of(powers):
    return "*".join(f"{symbol}^({exponent})" for symbol, exponent in powers)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *[
            (text, "kJ/mol")
            for text in ("kJ mol-1", "kJ/mol", "kJ mol^-1", "kJ·mol⁻¹", "kJ.mol-1", "kilojoules per mole")
        ],
        *[(text, "um") for text in ("µm", "μm", "um", "micrometre")],
        *[(text, "degC") for text in ("°C", "℃", "deg C", "celsius")],
        *[(text, "angstrom") for text in ("Å", "\u212b", "A\u030a", "Ang", "angstrom", "angstroms")],
        *[(text, "at.%") for text in ("at.%", "at%", "at. %", "at %", "At.-%", "atomic %")],
        *[(text, "wt%") for text in ("wt%", "wt. %", "wt.%", "mass%", "wt-%")],
        *[(text, "eV/fu") for text in ("eV/f.u.", "eV/fu", "eV/formula unit", "eV per f.u.")],
        *[(text, "MPa*m^(1/2)") for text in ("MPa√m", "MPa*sqrt(m)", "MPa m^0.5", "MPa·m½", "MPa m**(1/2)")],
        *[(text, "10^-6/K") for text in ("10^-6/K", "10⁻⁶ K⁻¹", "1e-6/K", "0.000001 K^-1")],
        *[(text, "") for text in ("", " ", "1", "-", "–", "dimensionless", "m/m", "kg kg-1")],
        *[(text, "J/(mol*K)") for text in ("J/(mol K)", "J/mol/K", "J mol⁻¹ K⁻¹", "J/K/mol")],
        ("eV/Å³", "eV/angstrom^3"),
        ("nm-1", "1/nm"),
        ("cm2V-1s-1", "cm^2/(V*s)"),
        ("m·N", "N*m"),
        ("µΩ·cm", "uohm*cm"),
        ("mAh g-1", "mA*h/g"),
        ("10^18 cm^-3", "10^18/cm^3"),
        ("µB/f.u.", "muB/fu"),
        ("V/√Hz", "V/Hz^(1/2)"),
        ("(kg m/s^2)^2", "kg^2*m^2/s^4"),
        ("mM", "mmol/L"),
        ("J/kgK", "J/(kg*K)"),
        ("Nm", "N*m"),
        ("1/ms", "1/ms"),
        ("ºC", "degC"),
        ("HV", "HV"),
    ],
)
def test_what_tables_write_has_one_canonical_text(text, expected):
    assert canonical(text) == expected
    assert canonical(expected) == expected


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("eV/A^3", r"'A' in the unit 'eV/A\^3' can mean angstrom or ampere.*Did you mean 'eV/angstrom\^3'\?"),
        ("A", "Did you mean 'angstrom'"),
        ("1/A", "Did you mean '1/angstrom'"),
        ("A/s", "Did you mean 'angstrom/s'"),
        ("A^2", "angstrom or ampere"),
        ("N/A", "angstrom or ampere"),
        ("at", "technical atmosphere.*Did you mean 'at.%'"),
        ("at.", "technical atmosphere"),
        ("eV/at", "Did you mean 'eV/atom'"),
        ("a.u.", "atomic units.*arbitrary units"),
        ("au", "astronomical units"),
        ("arb. units", "arbitrary units"),
        ("C", "Did you mean 'degC'"),
        ("W/(m*C)", r"Did you mean 'W/\(m\*K\)'"),
        ("F", "farad"),
        ("M", "Did you mean 'mol/L'"),
        ("G", "gauss or gram"),
        ("W/mK", r"Did you mean 'W/\(m\*K\)'"),
        ("mK/W", "metre kelvin"),
        ("HV10", "Vickers hardness with its load"),
        ("ms-1", "Did you mean 'm/s' or '1/ms'"),
        ("km ms^-1", "Did you mean 'm/s'"),
        ("R", "Rankine"),
        ("ppt", "trillion"),
        ("µ", "Did you mean 'um'"),
        ("J/degC", "has its own zero.*Did you mean 'J/K'"),
        ("°C/min", "Did you mean 'K/min'"),
        ("mol*pH", "is a logarithm"),
        ("J/mol K", r"in two ways.*Did you mean 'J/\(mol\*K\)'"),
        ("J/kg·K-1", "in two ways"),
    ],
)
def test_a_treacherous_unit_is_refused_with_a_question(text, question):
    with pytest.raises(UnitError, match=question) as refused:
        canonical(text)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "text", ["mA/cm2", "A/m", "A/cm^2", "A*h", "A m2/kg", "C/m^2", "µC/cm2", "pC/N", "F/g", "cd/A", "kA"]
)
def test_a_treacherous_symbol_is_read_where_all_read_it_alike(text):
    spelled_out = text.replace("A", "ampere") if text.startswith("A") else text
    assert canonical(text) == canonical(spelled_out) == canonical(canonical(text))


def test_the_long_name_is_always_read_and_stays_where_the_symbol_is_in_doubt():
    assert [
        canonical(text) for text in ("ampere", "ampere/s", "nm/millikelvin", "mK", "coulomb", "farad", "ampere/m")
    ] == [
        "ampere",
        "ampere/s",
        "nm/millikelvin",
        "mK",
        "coulomb",
        "farad",
        "A/m",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ev", "'ev' is not a unit that matgenes knows. Did you mean 'eV'"),
        ("Mpa", "Did you mean 'MPa' or 'mPa'"),
        ("KJ/mol", "'KJ' in the unit 'KJ/mol'.*Did you mean 'kJ'"),
        ("angstrem", "Did you mean 'angstrom'"),
        ("Mm", "Did you mean 'mm'"),
        ("quux", "is not a unit"),
        ("K %", "'K%'"),
        ("?", "still open"),
        ("2 eV", "holds the number 2"),
        ("m**9**9**9", "one exponent only"),
        ("m^99999999999", "no exponent"),
        ("m^13", r"power 13; exponents .* up to 12"),
        ("(m^4)^4", "power 16"),
        ("m^(1/13)", "power 1/13"),
        ("m^0", "'0' is no exponent"),
        ("m0", "'0' is no exponent"),
        ("m^(1/0)", "'0' is no exponent"),
        ("10^31", "up to 30"),
        ("m^", "an exponent is"),
        ("m^(2", "not closed"),
        ("/m", "'/' stands where a unit is expected"),
        ("m*", "it ends where"),
        ("(m", "not closed"),
        ("m)", "not expected"),
        ("(" * 150 + "m" + ")" * 49, "cannot be read"),
        ("m-s", "not expected"),
        ("__import__('os').getcwd()", "cannot stand in a unit"),
        ("m" * 201, "201 characters; at most 200"),
        (None, "a unit is a text"),
    ],
)
def test_bad_text_is_named_in_one_line(text, message):
    with pytest.raises(UnitError, match=message) as refused:
        canonical(text)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 400


@examples
@given(text=st.text(max_size=40) | st.text(alphabet="mAeVKJ0123456789^*/()·.-√% °µ⁻³", max_size=30))
@example("1e99999999")
@example("at.%at.%")
def test_any_text_is_a_stable_unit_or_a_one_line_refusal(text):
    try:
        stable = canonical(text)
    except UnitError as error:
        message = str(error)
    else:
        message = ""
        assert canonical(stable) == stable
    assert "\n" not in message


@examples
@given(POWERS, st.randoms())
def test_canonical_text_reads_back_and_does_not_depend_on_the_order(powers, random):
    stable = canonical(text_of(powers))
    shuffled = random.sample(powers, len(powers))
    assert canonical(stable) == stable == canonical(text_of(shuffled))
    assert stable.isascii()


@examples
@given(POWERS)
def test_the_label_reads_back_as_the_unit(powers):
    stable = canonical(text_of(powers))
    assert canonical(label(stable)) == stable


@examples
@given(POWERS, POWERS)
def test_products_quotients_and_powers_are_those_of_the_dimensions(a, b):
    a, b = canonical(text_of(a)), canonical(text_of(b))
    product, quotient, root = units.multiply(a, b), units.divide(a, b), units.power(a, Fraction(1, 2))
    assert dimension(product) == tuple(x + y for x, y in zip(dimension(a), dimension(b), strict=True))
    assert dimension(quotient) == tuple(x - y for x, y in zip(dimension(a), dimension(b), strict=True))
    assert dimension(root) == tuple(x / 2 for x in dimension(a))
    assert units.multiply(quotient, b) == a


def test_no_spelling_belongs_to_two_units():
    claims = {}
    for unit in UNITS:
        row, (long, _) = unit.definition, _unit_definitions.PREFIXES[unit.prefix]
        short_names = {unit.prefix + name for name in [row.symbol, *row.aliases.split()]}
        long_names = {long + name + plural for name in row.names.split() for plural in ("", "s")}
        for name in short_names | long_names:
            assert claims.setdefault(name, unit) is unit
    assert claims.keys() == _unit_definitions.BY_NAME.keys()
    assert not claims.keys() & _unit_definitions.TRAPS.keys() - {"A", "C", "F", "HV", "mK"}


def test_each_unit_is_pints_own():
    """The slow twin: pint's own registry, in floats, with the prefix as a number."""
    registry = pint.UnitRegistry()
    for unit in UNITS:
        name = unit.definition.pint
        if not name or name.startswith("matgenes_") or unit.definition.alone:
            continue
        expected = registry.Quantity(10.0**unit.power_of_ten, name).to_root_units()
        ours = _unit_conversion._in_base_units(((unit, Fraction(1)),))
        assert float(ours.factor) == pytest.approx(expected.magnitude, rel=1e-12), unit.symbol
        base = dict(zip(_unit_conversion.BASE, ours.dimension, strict=False))
        assert {key: exponent for key, exponent in base.items() if exponent} == dict(expected.dimensionality)


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        (1.0, "eV", "J", 1.602176634e-19),
        (1.0, "eV", "kJ/mol", 96.48533212331),
        (1.0, "eV/atom", "kJ/mol", 96.48533212331),
        (1.0, "meV/fu", "J/mol", 96.48533212331),
        (1.0, "kcal/mol", "meV", 43.3641042418),
        (1.0, "kJ/(mol*atom)", "eV/atom", 1 / 96.48533212331),
        (1.0, "u", "g/mol", 1.0),
        (1.0, "angstrom^3/atom", "cm^3/mol", 0.602214076),
        (8.314462618, "J/(mol*K)", "eV/K", 8.617333262e-5),
        (160.2176634, "GPa", "eV/angstrom^3", 1.0),
        (1.0, "hartree", "eV", 27.211386246),
        (1.0, "bohr", "angstrom", 0.529177210904),
        (1.0, "MPa*m^(1/2)", "kPa*√mm", 1000 * 1000**0.5),
        (1.0, "emu/cm^3", "kA/m", 1.0),
        (1.0, "kgauss", "T", 0.1),
        (1.0, "Oe", "A/m", 79.577471545948),
        (100.0, "HV", "GPa", 0.980665),
        (5.0, "at.%", "", 0.05),
        (1.0, "10^-6/K", "ppm/K", 1.0),
        (60.0, "rpm", "Hz", 1.0),
        (180.0, "deg", "rad", np.pi),
        (25.0, "degC", "K", 298.15),
        (0.0, "K", "degC", -273.15),
        (212.0, "degF", "degC", 100.0),
        (1.0, "mAh/g", "C/g", 3.6),
        (7.0, "pH", "pH", 7.0),
    ],
)
def test_values(value, source, target, expected):
    assert convert(value, source, target) == pytest.approx(expected, rel=1e-9)
    assert convert(expected, target, source) == pytest.approx(value, rel=1e-9)
    assert compatible(source, target)
    assert compatible(target, source)


@pytest.mark.parametrize(
    ("source", "target", "expected"), [("degC", "K", 1.0), ("degC", "degF", 1.8), ("K", "degC", 1.0)]
)
def test_a_standard_deviation_is_a_difference(source, target, expected):
    assert convert(1.0, source, target, difference=True) == expected


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        ("eV", "GPa", "same kind of quantity"),
        ("mol", "", "same kind of quantity"),
        ("1/mol", "", "same kind of quantity"),
        ("mol/L", "1/L", "same kind of quantity"),
        ("pH", "", "same kind of quantity"),
        ("degC", "eV", "same kind of quantity"),
        ("eV/atom", "eV", "count different things"),
        ("eV/atom", "eV/fu", "count different things"),
        ("eV/px", "kJ/mol", "count different things"),
        ("at.%", "wt%", "one refers to atoms, the other to mass"),
        ("Hz", "rad/s", "one refers to cycles, the other to radians"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_reason(a, b, reason):
    assert not compatible(a, b)
    with pytest.raises(UnitError, match=reason):
        convert(1.0, a, b)


@examples
@given(POWERS, st.floats(-1e6, 1e6))
def test_conversion_to_base_units_and_back(powers, value):
    unit = canonical(text_of(powers))
    assume(all(abs(exponent) <= 12 for exponent in dimension(unit)))
    names = ("m", "g", "s", "ampere", "K", "mol", "cd")
    base = text_of([(name, e) for name, e in zip(names, dimension(unit), strict=False) if e])
    if compatible(unit, base):
        assert convert(convert(value, unit, base), base, unit) == pytest.approx(value, rel=1e-12)


def test_arrays_keep_shape_and_gaps_and_are_new():
    energies = np.array([[1.0, np.nan], [3.0, -0.5]])
    converted = convert(energies, "eV", "meV")
    np.testing.assert_array_equal(converted, [[1000.0, np.nan], [3000.0, -500.0]])
    same = convert(energies, "eV", "eV")
    assert same is not energies
    assert isinstance(convert(np.float64(3.0), "nm", "m"), float)
    assert convert([3, 7], "nm", "m").tolist() == [3e-9, 7e-9]


def test_dimensions_are_those_of_the_si():
    assert dimension("") == dimension("at.%") == dimension("atom") == dimension("deg") == (0,) * 8
    assert dimension("eV/angstrom^3") == dimension("GPa") == (-1, 1, -2, 0, 0, 0, 0, 0)
    assert dimension("kJ/mol") == (2, 1, -2, 0, 0, -1, 0, 0)
    assert dimension("MPa*m^(1/2)") == (Fraction(-1, 2), 1, -2, 0, 0, 0, 0, 0)
    assert dimension("degC") == dimension("K") != dimension("pH")
    assert units.same_dimension("eV/atom", "J")
    assert not units.same_dimension("eV", "kJ/mol")


@pytest.mark.parametrize(
    ("text", "on_axes"),
    [
        ("angstrom", "Å"),
        ("degC", "°C"),
        ("eV/angstrom^3", "eV/Å³"),
        ("um", "µm"),
        ("1/cm", "cm⁻¹"),
        ("W/(m*K)", "W/(m·K)"),
        ("10^-6/K", "10⁻⁶ K⁻¹"),
        ("fu", "f.u."),
        ("ampere", "A"),
        ("", ""),
        ("m^(2/3)", "m^(2/3)"),
    ],
)
def test_labels(text, on_axes):
    assert label(text) == on_axes


def test_latex_is_set_by_matplotlib():
    parser = pytest.importorskip("matplotlib.mathtext").MathTextParser("path")
    for unit in (unit for unit in UNITS if unit.prefix in {"", "u"}):
        name = unit.name if unit.symbol in _unit_definitions.TRAPS else unit.symbol
        typeset = latex(name) if unit.definition.alone else latex(f"kJ/({name}^2*um)")
        parser.parse(f"${typeset}$")


def test_offset_units_and_logarithms_enter_no_arithmetic():
    assert units.multiply("degC", "") == "degC"
    for refused in (
        lambda: units.multiply("degC", "J"),
        lambda: units.divide("J", "degC"),
        lambda: units.power("pH", 2),
    ):
        with pytest.raises(UnitError, match="stands alone"):
            refused()
    with pytest.raises(UnitError, match="up to 12"):
        units.power("m^5", 3)
    assert units.power("m", 0) == ""


def test_threads_agree():
    _unit_conversion.plan.cache_clear()
    _unit_conversion._from_pint.cache_clear()
    _unit_conversion._registry.cache_clear()
    sources = ["eV", "kJ/mol", "hartree", "J", "meV", "cal", "kcal/mol", "Ry"] * 8
    with ThreadPoolExecutor(8) as pool:
        factors = list(pool.map(lambda source: convert(1.0, source, "eV"), sources))
    assert factors[:8] * 8 == factors


def test_pint_is_loaded_at_the_first_conversion_only():
    code = (
        "import sys; from matgenes._core import units; units.canonical('eV/Å³'); assert 'pint' not in sys.modules; "
        "units.convert(1.0, 'eV', 'J'); assert 'pint' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
