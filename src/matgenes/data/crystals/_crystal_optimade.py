"""Crystal structures from the JSON of OPTIMADE (Andersen et al, Sci. Data 8 (2021) 217; specification 1.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..._core.errors import InputError
from ._crystal import Crystal, Site, Species, plain, vector

__all__ = ["from_optimade"]

NEEDED = ("lattice_vectors", "cartesian_site_positions", "species", "species_at_sites")
VACANCY = "vacancy"


def from_optimade(entry: Mapping[str, Any]) -> Crystal:
    """Return the crystal of one structure entry, as an OPTIMADE server's JSON gives it.

    Vacancies become missing occupancy; names of species become labels; the entry's ``id`` becomes a property.

    Raises
    ------
    InputError
        If the entry lacks a needed field, or its atoms are not all given (attached groups, unknown species).
    """
    attributes = entry.get("attributes", entry)
    lacking = [name for name in NEEDED if not attributes.get(name)]
    if lacking:
        raise InputError(f"the OPTIMADE entry lacks {', '.join(lacking)}; ask the server for these response fields.")
    names, positions = attributes["species_at_sites"], attributes["cartesian_site_positions"]
    if len(names) != len(positions):
        raise InputError(f"the OPTIMADE entry gives {len(positions)} positions for {len(names)} sites.")
    try:
        kinds = {kind["name"]: kind for kind in attributes["species"]}
        sites = tuple(_site(kinds, name, position) for name, position in zip(names, positions, strict=True))
        a, b, c = (vector([number or 0.0 for number in row]) for row in attributes["lattice_vectors"])
        x, y, z = (bool(direction) for direction in attributes.get("dimension_types", (1, 1, 1)))
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"the OPTIMADE entry is broken: {type(error).__name__} at {error}.") from None
    properties = {"id": str(entry["id"])} if "id" in entry else {}
    return Crystal((a, b, c), sites, "cartesian", (x, y, z), properties=properties)


def _site(kinds: Mapping[str, Mapping[str, Any]], name: str, position: Any) -> Site:
    kind = kinds.get(name)
    if kind is None:
        raise InputError(f"the OPTIMADE entry has a site of species '{name}', which it does not describe.")
    if kind.get("attached"):
        raise InputError(f"the species '{name}' has attached atoms without positions; such structures are not read.")
    pairs = zip(kind["chemical_symbols"], kind["concentration"], strict=True)
    species = tuple(Species(symbol, float(share)) for symbol, share in pairs if symbol != VACANCY)
    kept = {key: plain(kind[key], key) for key in ("mass", "original_name") if kind.get(key) is not None}
    return Site(species, vector(position), "" if [name] == [one.element for one in species] else name, kept)
