"""Crystal structures to and from pymatgen (Ong et al, Comput. Mater. Sci. 68 (2013) 314), which also reads CIF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..._core.errors import InputError
from ._crystal import Crystal, Site, Species, plain, vector

if TYPE_CHECKING:
    from pymatgen.core import Structure

__all__ = ["from_cif", "from_pymatgen", "to_pymatgen"]


def from_pymatgen(structure: Structure) -> Crystal:
    """Return the crystal of a pymatgen Structure, with species, labels, site properties and charge.

    Raises
    ------
    InputError
        If a species is a dummy, or a property is no plain data.
    """
    a, b, c = structure.lattice.matrix.tolist()
    x, y, z = (bool(direction) for direction in structure.lattice.pbc)
    return Crystal(
        (vector(a), vector(b), vector(c)),
        tuple(_site(site) for site in structure),
        "fractional",
        (x, y, z),
        structure._charge,
        plain(structure.properties, "properties"),
    )


def to_pymatgen(crystal: Crystal) -> Structure:
    """Return the crystal as a pymatgen Structure."""
    from pymatgen.core import Element, Lattice, PeriodicSite, Structure
    from pymatgen.core import Species as Ion

    lattice = Lattice(crystal.lattice, pbc=crystal.periodic)

    def ion(one: Species) -> Element | Ion:
        if one.oxidation is None and one.spin is None:
            return Element(one.element)
        return Ion(one.element, one.oxidation, spin=one.spin)

    sites = [
        PeriodicSite(
            {ion(one): one.occupancy for one in site.species},
            site.position,
            lattice,
            coords_are_cartesian=crystal.coordinates == "cartesian",
            properties=dict(site.properties),
            label=site.label or None,
        )
        for site in crystal.sites
    ]
    return Structure.from_sites(sites, charge=crystal.charge, properties=dict(crystal.properties))


def from_cif(text: str) -> Crystal:
    """Return the crystal of a CIF text: all sites of the cell that the file gives.

    pymatgen takes coordinates within 1e-4 of a third or a sixth as exact. Blocks without a structure are passed over.

    Raises
    ------
    InputError
        If the text holds no structure or more than one.
    """
    from pymatgen.io.cif import CifParser

    reasons: list[str] = []
    try:
        parser = CifParser.from_str(text)
        reasons = parser.warnings
        found = parser.parse_structures(primitive=False, on_error="ignore")
    except Exception as error:  # the parser raises many kinds of errors on broken files
        reason = " ".join("; ".join(reasons or [str(error)]).split())[:200]
        raise InputError(f"the CIF holds no structure that can be read ({reason}).") from error
    if len(found) != 1:
        raise InputError(f"the CIF holds {len(found)} structures; give one a file.")
    return from_pymatgen(found[0])


def _site(site: Any) -> Site:
    label = "" if site.label == site.species_string else str(site.label)
    species = tuple(_species(one, occupancy) for one, occupancy in site.species.items())
    return Site(species, vector(site.frac_coords.tolist()), label, plain(site.properties, "properties of a site"))


def _species(one: Any, occupancy: float) -> Species:
    from pymatgen.core import DummySpecies, Element

    if isinstance(one, DummySpecies):
        raise InputError(f"the structure holds the dummy species '{one}'; replace it by an element or remove it.")
    if isinstance(one, Element):
        return Species(one.symbol, float(occupancy))
    return Species(one.symbol, float(occupancy), one.oxi_state, one.spin)
