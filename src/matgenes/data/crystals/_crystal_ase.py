"""Crystal structures to and from ASE (Larsen et al, J. Phys. Condens. Matter 29 (2017) 273002).

ASE keeps partial occupancy as its CIF reader writes it: ``atoms.info["occupancy"]`` holds the species of each kind of
site, and the array ``spacegroup_kinds`` the kind of each atom. Constraints and calculators are no part of a structure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..._core.errors import InputError, require
from ._crystal import ISOTOPES, Crystal, Site, Species, plain, vector

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["from_ase", "to_ase"]

KINDS, LABELS = "spacegroup_kinds", "labels"


def from_ase(atoms: Atoms) -> Crystal:
    """Return the crystal of ASE Atoms, with all arrays as site properties and ``info`` as properties.

    Raises
    ------
    InputError
        If there is no cell, or an entry of ``info`` is no plain data.
    """
    a, b, c = np.asarray(atoms.cell[:], dtype=float).tolist()
    x, y, z = (bool(direction) for direction in atoms.pbc)
    info = dict(atoms.info)
    if hasattr(info.get("spacegroup"), "no"):
        info["spacegroup"] = int(info["spacegroup"].no)
    occupancy = info.pop("occupancy", None) if KINDS in atoms.arrays else None
    extra = {name: values.tolist() for name, values in atoms.arrays.items() if name not in ("numbers", "positions")}
    kinds = extra.pop(KINDS) if occupancy else [0] * len(atoms)
    labels = extra.pop(LABELS, [""] * len(atoms))
    sites = tuple(
        Site(
            _species(occupancy[str(kind)] if occupancy else {symbol: 1.0}),
            vector(position),
            str(label),
            {name: plain(values[place], name) for name, values in extra.items()},
        )
        for place, (symbol, position, label, kind) in enumerate(
            zip(atoms.symbols, atoms.positions.tolist(), labels, kinds, strict=True)
        )
    )
    return Crystal((vector(a), vector(b), vector(c)), sites, "cartesian", (x, y, z), properties=plain(info, "info"))


def to_ase(crystal: Crystal) -> Atoms:
    """Return the crystal as ASE Atoms; a shared site gets the symbol of its most frequent species.

    Raises
    ------
    MissingExtraError
        If ASE is not installed.
    InputError
        If a site holds a named isotope, which ASE has no symbol for, or a property stands at some sites only.
    """
    ase = require("ase", "structures")
    most = [max(site.species, key=lambda one: one.occupancy).element for site in crystal.sites]
    for isotope in ISOTOPES:
        if isotope in most:
            raise InputError(f"ASE has no symbol '{isotope}'; write H and give the mass.")
    where = "positions" if crystal.coordinates == "cartesian" else "scaled_positions"
    atoms = ase.Atoms(
        most, cell=crystal.lattice, pbc=crystal.periodic, **{where: [site.position for site in crystal.sites]}
    )
    atoms.info.update(crystal.properties)
    for name, values in _arrays(crystal).items():
        atoms.set_array(name, np.array(values))
    if any(site.species != (Species(symbol),) for site, symbol in zip(crystal.sites, most, strict=True)):
        _set_occupancy(atoms, crystal)
    return atoms


def _species(occupancy: dict[str, float]) -> tuple[Species, ...]:
    return tuple(Species(symbol, float(fraction)) for symbol, fraction in occupancy.items())


def _arrays(crystal: Crystal) -> dict[str, list[Any]]:
    names = dict.fromkeys(name for site in crystal.sites for name in site.properties)
    for name in names:
        if any(site.properties.get(name) is None for site in crystal.sites):
            raise InputError(f"the site property '{name}' stands at some sites only, which ASE cannot hold; remove it.")
    arrays = {name: [site.properties[name] for site in crystal.sites] for name in names}
    labels = [site.label for site in crystal.sites]
    return arrays | ({LABELS: labels} if any(labels) else {})


def _set_occupancy(atoms: Atoms, crystal: Crystal) -> None:
    shared = list(dict.fromkeys(site.species for site in crystal.sites))
    atoms.info["occupancy"] = {
        str(kind): {one.element: one.occupancy for one in species} for kind, species in enumerate(shared)
    }
    atoms.set_array(KINDS, np.array([shared.index(site.species) for site in crystal.sites]))
