"""The units that matgenes knows: how they are spelled, and which unit of pint each one is.

A row gives the canonical symbol, pint's name, and the spellings. Symbols and aliases take the short prefixes of their
row ("keV"), names the long ones ("kiloelectronvolt", "gigapascals"); nothing else is a unit, so no text is ever read
by pint's own guesses. The order of the rows is the order in a product: "W/(m*K)", "A*h", "kg*m/s^2". Constants have
pint's values (CODATA). gauss, oersted and emu are defined here because pint's are of the Gaussian system, which it does
not convert to tesla; rpm because pint's counts radians.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ._unit_text import SCALE

__all__ = ["BY_NAME", "OURS", "SHORTHANDS", "TABLE", "TRAPS", "Definition", "Trap", "Unit"]

PREFIXES = {
    "": ("", 0),
    "f": ("femto", -15),
    "p": ("pico", -12),
    "n": ("nano", -9),
    "u": ("micro", -6),
    "m": ("milli", -3),
    "c": ("centi", -2),
    "d": ("deci", -1),
    "h": ("hecto", 2),
    "k": ("kilo", 3),
    "M": ("mega", 6),
    "G": ("giga", 9),
    "T": ("tera", 12),
}


@dataclass(frozen=True, eq=False)
class Definition:
    """One row of the table of units.

    ``counts`` names what a unit counts (atoms, pixels): "eV/atom" is no "eV", though both have the dimension of energy.
    ``basis`` names what a fraction or an angle refers to: "at.%" fits a bare fraction, but not "wt%".
    A unit that stands ``alone`` has a zero of its own or is a logarithm, and enters no product.
    """

    symbol: str
    pint: str = ""  # "" is the pure number one
    names: str = ""
    aliases: str = ""
    prefixes: str = ""
    label: str = ""
    latex: str = ""
    counts: str = ""
    basis: str = ""
    alone: bool = False


@dataclass(frozen=True, eq=False)
class Unit:
    """A unit of the table with one of its prefixes; there is one object for each, compared by identity."""

    definition: Definition
    prefix: str
    order: tuple[int, int]

    @cached_property
    def symbol(self) -> str:
        """The canonical spelling, in ASCII."""
        return self.prefix + self.definition.symbol

    @property
    def name(self) -> str:
        """The long name, which is never treacherous: "ampere", "millikelvin"."""
        return PREFIXES[self.prefix][0] + self.definition.names.split()[0]

    @property
    def power_of_ten(self) -> int:
        """The prefix as a power of ten; the scale's own ten."""
        return 1 if self.definition.symbol == SCALE else PREFIXES[self.prefix][1]


@dataclass(frozen=True)
class Trap:
    """A spelling that tables use for several units: refused with a question, except in the products in ``fine``."""

    meanings: str
    alone: str = ""  # what to suggest where nothing stands beside it
    beside: str = ""  # what to suggest in a product, if that is something else
    fine: str = ""


TABLE = (
    Definition(SCALE),
    # energy, power, force, pressure, viscosity
    Definition("eV", "electron_volt", "electronvolt electron_volt", prefixes="n u m k M G"),
    Definition("hartree", "hartree", aliases="Hartree Ha Eh E_h", prefixes="m"),
    Definition("Ry", "rydberg", "rydberg", "Rydberg", prefixes="m"),
    Definition("J", "joule", "joule", prefixes="f p n u m k M G"),
    Definition("cal", "calorie", "calorie", prefixes="k"),
    Definition("erg", "erg"),
    Definition("W", "watt", "watt", prefixes="f p n u m k M G T"),
    Definition("N", "newton", "newton", prefixes="p n u m k M"),
    Definition("dyn", "dyne", "dyne"),
    Definition("kgf", "kilogram_force"),
    Definition("Pa", "pascal", "pascal", prefixes="n u m h k M G T"),
    Definition("bar", "bar", prefixes="m k M"),
    Definition("atm", "standard_atmosphere", "atmosphere"),
    Definition("Torr", "torr", "torr", prefixes="m"),
    Definition("mmHg", "millimeter_Hg"),
    Definition("psi", "pound_force_per_square_inch", prefixes="k M"),
    Definition("HV", "matgenes_vickers", "vickers"),
    Definition("poise", "poise", prefixes="m c"),
    Definition("stokes", "stokes", prefixes="c"),
    # electricity and magnetism
    Definition("e", "elementary_charge", "elementary_charge"),
    Definition("C", "coulomb", "coulomb", prefixes="f p n u m k"),
    Definition("D", "debye", "debye", "Debye"),
    Definition("A", "ampere", "ampere amp", prefixes="f p n u m k M"),
    Definition("V", "volt", "volt", prefixes="n u m k M"),
    Definition("ohm", "ohm", "ohm", "Ω Ohm", "n u m k M G T", label="Ω", latex=r"\Omega"),
    Definition("S", "siemens", "siemens", prefixes="p n u m k M"),
    Definition("F", "farad", "farad", prefixes="f p n u m"),
    Definition("H", "henry", "henry", prefixes="n u m"),
    Definition("Wb", "weber", "weber", prefixes="n u m"),
    Definition("T", "tesla", "tesla", prefixes="p n u m"),
    Definition("gauss", "matgenes_gauss", "gauss", "Gauss", "m k"),
    Definition("Oe", "matgenes_oersted", "oersted", prefixes="m k"),
    Definition("emu", "matgenes_emu", prefixes="u m"),
    Definition("muB", "bohr_magneton", "bohr_magneton", "uB mu_B u_B", label="µB", latex=r"\mu_{\mathrm{B}}"),
    # mass, amount, and what is counted
    Definition("g", "gram", "gram gramme", prefixes="f p n u m k"),
    Definition("t", "metric_ton", "tonne"),
    Definition("u", "unified_atomic_mass_unit", aliases="amu"),
    Definition("Da", "dalton", "dalton", prefixes="k M"),
    Definition("m_e", "electron_mass", "electron_mass", "mₑ", label="mₑ", latex=r"m_{\mathrm{e}}"),
    Definition("mol", "mole", "mole", prefixes="f p n u m k"),
    Definition("atom", names="atom", counts="atom"),
    Definition("fu", names="formula_unit", aliases="f.u. f.u FU", label="f.u.", counts="formula unit"),
    Definition("molecule", names="molecule", counts="molecule"),
    Definition("cell", names="cell unit_cell", aliases="u.c. u.c", counts="unit cell"),
    Definition("px", names="pixel", counts="pixel"),
    Definition("count", names="count", aliases="cts", counts="count"),
    Definition("dec", names="decade", counts="decade"),
    # fractions and angles
    Definition("at.%", "percent", aliases="at% At.% At% atom% atomic%", latex=r"\mathrm{at.\%}", basis="atoms"),
    Definition("wt%", "percent", aliases="wt.% Wt% Wt.% mass% weight%", latex=r"\mathrm{wt\%}", basis="mass"),
    Definition("mol%", "percent", aliases="mol.% mole%", latex=r"\mathrm{mol\%}", basis="moles"),
    Definition("vol%", "percent", aliases="vol.% volume%", latex=r"\mathrm{vol\%}", basis="volume"),
    Definition("%", "percent", "percent", latex=r"\%"),
    Definition("permille", "permille", aliases="‰", label="‰"),
    Definition("ppm", "ppm"),
    Definition("ppb", "matgenes_ppb"),
    Definition("wppm", "ppm", basis="mass"),
    Definition("appm", "ppm", basis="atoms"),
    Definition("rad", "radian", "radian", prefixes="n u m", basis="radians"),
    Definition("deg", "degree", "degree", "°", label="°", latex=r"{^{\circ}}", basis="radians"),
    Definition("arcmin", "arcminute", "arcminute", basis="radians"),
    Definition("arcsec", "arcsecond", "arcsecond", basis="radians"),
    Definition("sr", "steradian", "steradian"),
    Definition("cd", "candela", "candela", prefixes="m"),
    Definition("lm", "lumen", "lumen"),
    Definition("lx", "lux", "lux"),
    # length, area, volume
    Definition("m", "meter", "meter metre", prefixes="f p n u m c d k"),
    Definition(
        "angstrom",
        "angstrom",
        "angstrom",
        "Å Ang ang Angstrom Angstroms ångström Ångström Ångstrom AA",
        label="Å",
        latex=r"\mathrm{\AA}",
    ),
    Definition("bohr", "bohr", aliases="Bohr"),
    Definition("micron", "micron", "micron"),
    Definition("inch", "inch", aliases="inches"),
    Definition("ft", "foot", "foot", "feet"),
    Definition("barn", "barn", prefixes="m"),
    Definition("L", "liter", "liter litre", "l", "n u m c d"),
    # time, radiation, temperature
    Definition("s", "second", "second", "sec", "f p n u m"),
    Definition("min", "minute", "minute"),
    Definition("h", "hour", "hour", "hr hrs"),
    Definition("d", "day", "day"),
    Definition("week", "week", "week"),
    Definition("yr", "year", "year"),
    Definition("Hz", "hertz", "hertz", prefixes="m k M G T", basis="cycles"),
    Definition("rpm", "matgenes_rpm", basis="cycles"),
    Definition("Gy", "gray", "gray", prefixes="m k M"),
    Definition("K", "kelvin", "kelvin", "degK delta_degC", "n u m k"),
    Definition(
        "degC",
        "degree_Celsius",
        "celsius Celsius degree_Celsius",
        label="°C",
        latex=r"{^{\circ}}\mathrm{C}",
        alone=True,
    ),
    Definition(
        "degF",
        "degree_Fahrenheit",
        "fahrenheit Fahrenheit degree_Fahrenheit",
        label="°F",
        latex=r"{^{\circ}}\mathrm{F}",
        alone=True,
    ),
    Definition("pH", alone=True),
)

OURS = (
    "matgenes_vickers = kilogram_force / millimeter ** 2",
    "matgenes_gauss = 1e-4 * tesla",
    "matgenes_oersted = 1000 / (4 * pi) * ampere / meter",
    "matgenes_emu = 1e-3 * ampere * meter ** 2",
    "matgenes_ppb = 1e-9",
    "matgenes_rpm = 1 / minute",
)

SHORTHANDS = {
    "Ah": "ampere*h",
    "mAh": "mA*h",
    "Wh": "W*h",
    "mWh": "mW*h",
    "kWh": "kW*h",
    "MWh": "MW*h",
    "mM": "mmol/L",
    "uM": "umol/L",
    "nM": "nmol/L",
    "Nm": "N*m",
    "gK": "g*K",
    "kgK": "kg*K",
    "molK": "mol*K",
    "cps": "count/s",
    "cc": "cm^3",
    "cP": "cpoise",
    "cSt": "cstokes",
}

_ATOMIC = Trap("atom, atomic per cent (at.%) or technical atmosphere (98.0665 kPa)", alone="at.%", beside="atom")
_ARBITRARY = Trap(
    "atomic units ('hartree', 'bohr', 'e', 'm_e'), astronomical units or arbitrary units ('', dimensionless)"
)
TRAPS = {
    "A": Trap(
        "angstrom or ampere",
        alone="angstrom",
        fine="A/m A/m^2 A/g A/L A/V A/W A*h A*h/g A*h/L A*h/m^2 A*m^2 A*m^2/g A*m^2/mol cd/A",
    ),
    "C": Trap(
        "degree Celsius (degC) or coulomb",
        alone="degC",
        beside="K",
        fine="C/m^2 C/m^3 C*m C/g",
    ),
    "F": Trap(
        "degree Fahrenheit (degF) or farad",
        alone="degF",
        beside="farad",
        fine="F/m F/m^2 F/m^3 F/g",
    ),
    "mK": Trap("metre kelvin (m*K) or millikelvin", alone="m*K", fine="K"),
    "HV": Trap("Vickers hardness with its load (write 'HV') or a power of it (write 'vickers')", fine="HV"),
    "G": Trap("gauss or gram", alone="gauss"),
    "M": Trap("mol/L, metre (m) or mega", alone="mol/L"),
    "R": Trap("degree Rankine, roentgen or the gas constant"),
    "at": _ATOMIC,
    "at.": _ATOMIC,
    "ppt": Trap("parts per trillion (10^-12) or per thousand (permille)"),
    "µ": Trap("micrometre (um) or a prefix", alone="um"),
    "in": Trap("inch or a word of the text", alone="inch"),
    "Cal": Trap("kcal (of food) or cal", alone="kcal"),
    **dict.fromkeys(["a.u.", "a.u", "A.U.", "A.U", "au", "AU", "arb.", "u.a.", "u.a"], _ARBITRARY),
}


def _spelled() -> dict[str, Unit]:
    """Return every spelling of every unit; a spelling that two units claim is a mistake in the table."""
    names: dict[str, Unit] = {}
    for row, definition in enumerate(TABLE):
        for prefix in ["", *definition.prefixes.split()]:
            long, power = PREFIXES[prefix]
            unit = Unit(definition, prefix, (row, -power))
            short_names = [prefix + name for name in [definition.symbol, *definition.aliases.split()]]
            long_names = [long + name + plural for name in definition.names.split() for plural in ("", "s")]
            names.update(dict.fromkeys(short_names + long_names, unit))
    return names


BY_NAME = _spelled()
