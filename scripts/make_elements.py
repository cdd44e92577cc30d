"""Write the frozen table of elemental values, tables/elements.parquet, with a unit and a source at every value.

The values are those of mendeleev and, for the elastic moduli and the thermal expansion, of pymatgen-core; neither is
changed, only renamed. What is wrong beyond doubt in the source is left out and named in WITHHELD. Run once a release:

    pip install mendeleev
    python scripts/make_elements.py

The table is long: one row an element and property, with columns ``element, property, value, text, unit, source, note``
(``text`` where a property is a word, as the block). The file's metadata hold what each property means.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from mendeleev import get_all_elements
from mendeleev.fetch import fetch_table

from matgenes._core import units
from matgenes._core.canonical import canonical_json
from matgenes._core.files import atomic_file

TABLE = Path(__file__).parents[1] / "src" / "matgenes" / "data" / "tables" / "elements.parquet"
MENDELEEV = f"mendeleev {version('mendeleev')}"
PYMATGEN = f"pymatgen-core {version('pymatgen-core')}"

REFERENCES = {
    "Alvarez2013": "Alvarez, Dalton Trans. 42 (2013) 8617",
    "Andersen2004": "Andersen, Phys. Rep. 394 (2004) 157",
    "Batsanov2001": "Batsanov, Inorg. Mater. 37 (2001) 871",
    "Bragg1920": "Bragg, Philos. Mag. 40 (1920) 169",
    "Cordero2008": "Cordero et al, Dalton Trans. (2008) 2832",
    "Ghosh2005": "Ghosh, J. Theor. Comput. Chem. 4 (2005) 21",
    "Glawe2016": "Glawe et al, New J. Phys. 18 (2016) 093011",
    "Gould2016": "Gould, Bucko, J. Chem. Theory Comput. 12 (2016) 3603",
    "GunnarssonLundqvist1979": "Gunnarsson, Jonson, Lundqvist, Phys. Rev. B 20 (1979) 3136",
    "Mann2000": "Mann et al, J. Am. Chem. Soc. 122 (2000) 5132",
    "Mann2000a": "Mann, Meek, Allen, J. Am. Chem. Soc. 122 (2000) 2780",
    "Meija2016": "Meija et al, Pure Appl. Chem. 88 (2016) 265",
    "Pettifor1984": "Pettifor, Solid State Commun. 51 (1984) 31",
    "Pyykko2009": "Pyykko, Atsumi, Chem. Eur. J. 15 (2009) 186",
    "Rahm2016": "Rahm, Hoffmann, Ashcroft, Chem. Eur. J. 22 (2016) 14625",
    "Rahm2017": "its corrigendum, 23 (2017) 4017",
    "Rappe1992": "Rappe et al, J. Am. Chem. Soc. 114 (1992) 10024",
    "RoblesBartolotti1984": "Robles, Bartolotti, J. Am. Chem. Soc. 106 (1984) 3723",
    "Schwerdtfeger2023": "Schwerdtfeger, 2023 table of polarizabilities",
    "Slater1964": "Slater, J. Chem. Phys. 41 (1964) 3199",
    "Villars2004": "Villars et al, J. Alloys Compd. 367 (2004) 167",
    "Vogt2014": "Vogt, Alvarez, Inorg. Chem. 53 (2014) 9260",
    "ZHANG201658": "Zhang et al, Comput. Phys. Commun. 209 (2016) 58",
    "deboer1988cohesion": "de Boer et al, Cohesion in Metals (1988)",
    "enwiki:1039678864": "Wikipedia, List of chemical elements (2021)",
    "haynes2014crc": "CRC Handbook, 95th ed. (2014)",
    "haynes2016crc": "CRC Handbook, 97th ed. (2016)",
    "ionization_energies": "NIST Atomic Spectra Database 5.11 (2023)",
    "iupac-weights": "IUPAC CIAAW standard atomic weights",
    "kyleandlaby": "Kaye and Laby, section 3.7.5",
}


@dataclass(frozen=True)
class Property:
    """One property: our name, its unit (``None``: a word), what it means, and the attribute of the source."""

    name: str
    unit: str | None
    description: str
    attribute: str = ""
    references: str | None = None

    @property
    def key(self) -> str:
        """Name of the column in the source."""
        return self.attribute or self.name


ELEMENTS = [
    Property("atomic_number", "", "Number of protons"),
    Property("period", "", "Row of the periodic table"),
    Property("group", "", "IUPAC column of the periodic table; none in the f block", "group_id"),
    Property("block", None, "Block of the periodic table: s, p, d or f"),
    Property("mendeleev_number", "", "Order of the elements column by column of the periodic table"),
    Property("pettifor_number", "", "Order of the elements on Pettifor's chemical scale"),
    Property("glawe_number", "", "Pettifor's scale as modified by data mining"),
    Property("atomic_mass", "u", "Standard atomic weight; of a long-lived isotope if radioactive", "atomic_weight"),
    Property("atomic_radius", "pm", "Empirical atomic radius in crystals"),
    Property("atomic_radius_rahm", "pm", "Radius of the isodensity surface 0.001 e/bohr^3 of the free atom"),
    Property("covalent_radius", "pm", "Covalent radius from crystal structures", "covalent_radius_cordero"),
    Property("covalent_radius_pyykko", "pm", "Single-bond covalent radius of molecules"),
    Property("covalent_radius_bragg", "pm", "Covalent radius of 1920, for history"),
    Property("metallic_radius", "pm", "Single-bond metallic radius"),
    Property("metallic_radius_12", "pm", "Metallic radius for 12 nearest neighbours", "metallic_radius_c12"),
    Property("vdw_radius", "pm", "Van der Waals radius"),
    Property("vdw_radius_alvarez", "pm", "Van der Waals radius from contacts in crystals"),
    Property("vdw_radius_batsanov", "pm", "Van der Waals radius, crystallographic"),
    Property("vdw_radius_uff", "pm", "Van der Waals radius of the UFF force field"),
    Property("electronegativity", "", "Pauling's electronegativity", "en_pauling"),
    Property("electronegativity_allen", "eV", "Configuration energy of the valence shell (Allen)", "en_allen"),
    Property("electronegativity_ghosh", "1/pm", "Ghosh's electronegativity, from absolute radii", "en_ghosh"),
    Property(
        "electronegativity_gunnarsson_lundqvist",
        "eV",
        "Mulliken's electronegativity from density functional theory (Gunnarsson-Lundqvist)",
        "en_gunnarsson_lundqvist",
    ),
    Property(
        "electronegativity_robles_bartolotti",
        "eV",
        "Mulliken's electronegativity from spin-polarised density functional theory",
        "en_robles_bartolotti",
    ),
    Property("electron_affinity", "eV", "Energy released when an electron is attached to the free atom"),
    Property("dipole_polarizability", "bohr^3", "Static dipole polarizability of the free atom"),
    Property("c6", "hartree*bohr^6", "C6 dispersion coefficient between two such atoms", "c6_gb"),
    Property("miedema_electronegativity", "V", "Miedema's electronegativity, phi*", "en_miedema"),
    Property("miedema_electron_density", "", "Miedema's density at the cell boundary, n_ws, in his density units"),
    Property("miedema_molar_volume", "cm^3/mol", "Miedema's molar volume (Eu and Yb trivalent)"),
    Property("density", "g/cm^3", "Density near room temperature, of the commonest form"),
    Property("heat_of_fusion", "kJ/mol", "Enthalpy of melting", "fusion_heat"),
    Property("heat_of_evaporation", "kJ/mol", "Enthalpy of boiling, per mole of what boils", "evaporation_heat"),
    Property("heat_of_formation", "kJ/mol", "Enthalpy of the gas of atoms at 298 K; near the cohesive energy"),
    Property("specific_heat", "J/(g*K)", "Specific heat at 298 K, 1 bar", "specific_heat_capacity"),
    Property("molar_heat_capacity", "J/(mol*K)", "Molar heat capacity at 298 K, 1 bar"),
    Property("thermal_conductivity", "W/(m*K)", "Thermal conductivity at 298 K"),
    Property("lattice_constant", "angstrom", "Lattice constant a of the structure in lattice_structure"),
    Property("lattice_structure", None, "Bravais lattice or type: FCC, BCC, HEX, DIA, TET, ORC, RHL, CUB, MCL, SC"),
    Property("abundance_crust", "mg/kg", "Abundance in the Earth's crust"),
]
IONISATION = [
    Property(f"{order}_ionization_energy", "eV", f"Energy to remove electron {charge + 1}", str(charge))
    for charge, order in enumerate(["first", "second", "third"])
]
TRANSITIONS = [
    Property("melting_point", "K", "Melting point at 101.325 kPa"),
    Property("boiling_point", "K", "Boiling or sublimation point at 101.325 kPa"),
]
SHELLS = [
    Property(f"{shell}_electrons", "", f"Number of {shell} electrons outside the noble-gas core", shell)
    for shell in "spdf"
]
VALENCE = Property("valence_electrons", "", "Outer s and p electrons; in the d and f block also the d and f electrons")
VOLUME = Property("atomic_volume", "cm^3/mol", "Atomic mass over density, for elements that are no gas at 298 K")
MODULI = [
    Property("bulk_modulus", "GPa", "Bulk modulus", "Bulk modulus"),
    Property("shear_modulus", "GPa", "Shear modulus", "Rigidity modulus"),
    Property("youngs_modulus", "GPa", "Young's modulus", "Youngs modulus"),
    Property("thermal_expansion", "1/K", "Coefficient of linear expansion", "Coefficient of linear thermal expansion"),
]
ALL = [*ELEMENTS, *IONISATION, *TRANSITIONS, *SHELLS, VALENCE, VOLUME, *MODULI]

WITHHELD = {
    (
        "K",
        "heat_of_fusion",
    ): "102.5 kJ/mol would be 304 J/(mol K) at the melting point; Richards' rule: about 9",
    ("K", "heat_of_evaporation"): "2.33 kJ/mol would be 2.3 J/(mol K) at the boiling point; Trouton's rule: about 85",
    ("K", "thermal_conductivity"): "79 W/(m K): the values of K stand one column too far in the source",
    ("Cd", "heat_of_evaporation"): "59.1 kJ/mol is the value of Hg, and half of what the gas of atoms needs",
}
"""Values of mendeleev that are wrong beyond doubt; they are missing in the table, never replaced."""

Row = dict[str, object]


def source_of(prop: Property, citations: dict[str, str]) -> str:
    """Return the source of a property's values: package, version, and the references that the package names."""
    keys = [key for key in citations.get(prop.key, "").split(",") if key]
    return f"{MENDELEEV}: {'; '.join(REFERENCES[key] for key in keys)}" if keys else f"{MENDELEEV} (names no reference)"


def row(symbol: str, prop: Property, value: object, source: str, note: str = "") -> Row:
    """Return one row of the table."""
    word = prop.unit is None
    return {
        "element": symbol,
        "property": prop.name,
        "value": None if word else float(value),  # type: ignore[arg-type]
        "text": str(value) if word else None,
        "unit": None if prop.unit is None else units.canonical(prop.unit),
        "source": source,
        "note": note or None,
    }


def stored(elements: pd.DataFrame, citations: dict[str, str]) -> Iterator[Row]:
    """Yield the values of mendeleev's main table."""
    gas = elements["density"] < 0.01
    for prop in ELEMENTS:
        source = source_of(prop, citations)
        for symbol, value in elements[prop.key].dropna().items():
            if (symbol, prop.name) not in WITHHELD:
                note = "ideal gas at 298 K, 101.325 kPa" if prop.name == "density" and gas[symbol] else ""
                yield row(str(symbol), prop, value, source, note)


def ionisation_energies(symbols: dict[int, str]) -> Iterator[Row]:
    """Yield the ionisation energies; those that were not measured say so."""
    table = fetch_table("ionizationenergies").dropna(subset="ionization_energy")
    source = f"{MENDELEEV}: {REFERENCES['ionization_energies']}"
    for prop in IONISATION:
        for entry in table[table["ion_charge"] == int(prop.key)].itertuples():
            note = "theoretical" if entry.is_theoretical else "semi-empirical" if entry.is_semi_empirical else ""
            yield row(symbols[entry.atomic_number], prop, entry.ionization_energy, source, note)


def transition_points(symbols: dict[int, str], citations: dict[str, str]) -> Iterator[Row]:
    """Yield melting and boiling points: of several allotropes the one that melts, and that does not sublime."""
    table = fetch_table("phasetransitions")
    table = table[table["is_transition"] != 1].sort_values(
        ["atomic_number", "is_sublimation_point"], na_position="first"
    )
    for entry in table.drop_duplicates("atomic_number").itertuples():
        for prop in TRANSITIONS:
            value = getattr(entry, prop.key)
            notes = [entry.allotrope] if isinstance(entry.allotrope, str) else []
            if entry.is_sublimation_point == 1:
                melts = f"melts only under pressure, triple point at {entry.triple_point_pressure:g} kPa"
                notes.append("sublimes" if prop.name == "boiling_point" else melts)
            if pd.notna(value):
                yield row(symbols[entry.atomic_number], prop, value, source_of(prop, citations), ", ".join(notes))


def computed(elements: pd.DataFrame) -> Iterator[Row]:
    """Yield what follows from the stored values: electron counts and the atomic volume."""
    for symbol, configuration in elements["electronic_configuration"].items():
        outer = re.findall(r"\d([spdf])(\d*)", configuration.split("]")[-1])
        for prop in SHELLS:
            count = sum(int(number or 1) for shell, number in outer if shell == prop.key)
            yield row(str(symbol), prop, count, f"{MENDELEEV}: ground-state configuration {configuration}")
    for element in get_all_elements():
        yield row(element.symbol, VALENCE, element.nvalence(), f"{MENDELEEV}: nvalence of the ground state")
    for symbol, mass, density in elements[["atomic_weight", "density"]].itertuples():
        if density > 0.01:
            yield row(symbol, VOLUME, mass / density, "atomic_mass / density of this table")


def moduli(symbols: list[str]) -> Iterator[Row]:
    """Yield the values of pymatgen's table of elements."""
    from pymatgen.core.periodic_table import Element

    for prop in MODULI:
        for symbol in symbols:
            value = Element(symbol).data.get(prop.key)
            if isinstance(value, int | float):
                yield row(symbol, prop, value, f"{PYMATGEN} (names no reference)")


def main() -> None:
    """Write the table, ordered by property as in ALL and then by atomic number."""
    elements = fetch_table("elements").set_index("symbol")
    symbols = {int(number): str(symbol) for symbol, number in elements["atomic_number"].items()}
    metadata = fetch_table("propertymetadata")
    metadata = metadata[metadata["class_name"] == "Element"].dropna(subset=["column_name", "citation_keys"])
    citations = dict(zip(metadata["column_name"], metadata["citation_keys"], strict=True))
    rows = [
        *stored(elements, citations),
        *ionisation_energies(symbols),
        *transition_points(symbols, citations),
        *computed(elements),
        *moduli(list(symbols.values())),
    ]
    order = {prop.name: place for place, prop in enumerate(ALL)}
    numbers = {symbol: number for number, symbol in symbols.items()}
    rows.sort(key=lambda entry: (order[str(entry["property"])], numbers[str(entry["element"])]))
    write(rows, [prop.name for prop in ALL])


def write(rows: list[Row], names: list[str]) -> None:
    """Write the rows and, as metadata of the file, the meaning of each property and what was withheld."""
    fields = [(name, pa.float64() if name == "value" else pa.large_string()) for name in rows[0]]
    meaning = {prop.name: prop.description for prop in ALL}
    withheld = [{"element": element, "property": name, "reason": why} for (element, name), why in WITHHELD.items()]
    schema = pa.schema(fields, {"properties": canonical_json(meaning), "withheld": json.dumps(withheld)})
    with atomic_file(TABLE) as path:
        pq.write_table(pa.Table.from_pylist(rows, schema), path, compression="zstd")
    found = {name: sum(entry["property"] == name for entry in rows) for name in names}
    print(f"{TABLE.name}: {len(rows)} values, {TABLE.stat().st_size} bytes")
    print(", ".join(f"{name} {count}" for name, count in found.items()))


if __name__ == "__main__":
    main()
