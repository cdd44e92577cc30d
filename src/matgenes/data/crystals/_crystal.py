"""A crystal structure as plain data, and as canonical JSON text that loses nothing.

Positions stay as they were given, fractional or Cartesian (angstrom), so that a round trip changes no digit. No class
is named in the text and nothing is imported on reading it: text from outside runs no code.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from ..._core.canonical import canonical_json
from ..._core.errors import InputError, did_you_mean
from .. import elements

__all__ = ["Crystal", "Site", "Species", "Vector", "plain", "vector"]

Vector = tuple[float, float, float]
FORMAT = "matgenes.crystal/1"
ISOTOPES = ("D", "T")
FULL = 1.001
"""Occupancies of a site may add up to this; rounded thirds in files do not quite give one."""


@dataclass(frozen=True)
class Species:
    """What sits on a site, and how often.

    Attributes
    ----------
    element : str
        Chemical symbol; D and T are allowed.
    occupancy : float
        Fraction of the sites that hold it, above 0 and up to 1.
    oxidation, spin : float or None
        Oxidation state and spin, where stated.
    """

    element: str
    occupancy: float = 1.0
    oxidation: float | None = None
    spin: float | None = None

    def __post_init__(self) -> None:
        if self.element not in ISOTOPES:
            elements.check_symbol(self.element)
        if not 0.0 < self.occupancy <= FULL:
            raise InputError(f"the occupancy {self.occupancy} of {self.element} must be above 0 and at most 1.")


@dataclass(frozen=True)
class Site:
    """A position, the species on it (sorted by element), its label, and further properties as plain data."""

    species: tuple[Species, ...]
    position: Vector
    label: str = ""
    properties: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.species:
            raise InputError("a site holds no species; leave an empty site out.")
        ordered = sorted(self.species, key=lambda one: (one.element, one.oxidation or 0.0, one.spin or 0.0))
        object.__setattr__(self, "species", tuple(ordered))
        if self.occupancy > FULL:
            raise InputError(f"the occupancies of a site add up to {self.occupancy:.4g}, more than 1.")

    @property
    def occupancy(self) -> float:
        """Sum of the occupancies of the site's species."""
        return sum(one.occupancy for one in self.species)


@dataclass(frozen=True)
class Crystal:
    """A crystal structure.

    Attributes
    ----------
    lattice : three vectors
        Lattice vectors in angstrom, as rows.
    sites : tuple of Site
        The sites of one cell.
    coordinates : "fractional" or "cartesian"
        What the sites' positions are; Cartesian ones are in angstrom.
    periodic : (bool, bool, bool)
        Directions in which the cell repeats.
    charge : float or None
        Charge of the cell in units of e, where stated.
    properties : mapping
        Further properties as plain data.

    Raises
    ------
    InputError
        If the cell has no volume, there is no site, or a number is not finite.

    Examples
    --------
    >>> iron = Crystal(((2.87, 0.0, 0.0), (0.0, 2.87, 0.0), (0.0, 0.0, 2.87)), (
    ...     Site((Species("Fe"),), (0.0, 0.0, 0.0)), Site((Species("Fe"),), (0.5, 0.5, 0.5))))
    >>> Crystal.from_text(iron.to_text()) == iron
    True
    """

    lattice: tuple[Vector, Vector, Vector]
    sites: tuple[Site, ...]
    coordinates: Literal["fractional", "cartesian"] = "fractional"
    periodic: tuple[bool, bool, bool] = (True, True, True)
    charge: float | None = None
    properties: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        numbers = np.array([*self.lattice, *(site.position for site in self.sites)])
        if not np.isfinite(numbers).all():
            raise InputError("a lattice vector or position of the structure is not finite.")
        if not self.volume > 1e-6:
            raise InputError("the cell has no volume; give three lattice vectors (for a molecule: a box around it).")
        if not self.sites:
            raise InputError("the structure has no atoms.")
        if self.coordinates not in ("fractional", "cartesian"):
            raise InputError(f"coordinates must be 'fractional' or 'cartesian', not {self.coordinates!r}.")

    @property
    def volume(self) -> float:
        """Volume of the cell in angstrom^3."""
        return abs(float(np.linalg.det(np.array(self.lattice))))

    def to_text(self) -> str:
        """Return the structure as canonical JSON text (Unicode form NFC): equal structures give equal text.

        Raises
        ------
        InputError
            If a property is no plain data (text, finite number, truth value, list, mapping).
        """
        fields = {
            "format": FORMAT,
            "lattice": self.lattice,
            "coordinates": self.coordinates,
            "periodic": self.periodic,
            "sites": [_without_defaults(_site_fields(site)) for site in self.sites],
            "charge": self.charge,
            "properties": plain(self.properties, "properties"),
        }
        return canonical_json(_without_defaults(fields))

    @classmethod
    def from_text(cls, text: str) -> Crystal:
        """Return the structure whose :meth:`to_text` gave ``text``.

        Raises
        ------
        InputError
            If the text is no such structure.
        """
        try:
            fields = json.loads(text)
        except (ValueError, TypeError, RecursionError):
            raise InputError("the text is no structure (no valid JSON); make it with structures.to_text.") from None
        if not isinstance(fields, dict) or fields.get("format") != FORMAT:
            raise InputError(f'the text is no structure: it lacks "format": "{FORMAT}".')
        try:
            return _crystal(fields)
        except (KeyError, TypeError, ValueError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"the text is no structure: {type(error).__name__} at {error}.") from None


def plain(value: Any, where: str) -> Any:
    """Return plain data (numbers, texts, truth values, lists, mappings) for what NumPy and libraries hand out.

    Raises
    ------
    InputError
        If it is something else, or a number is not finite; ``where`` names it.
    """
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist(), where)
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, list | tuple):
        return [plain(one, where) for one in value]
    if isinstance(value, Mapping):
        return {str(key): plain(one, f"{where}.{key}") for key, one in value.items()}
    raise InputError(f"'{where}' of the structure is {value!r:.60}, which cannot be kept as plain data; remove it.")


def vector(row: Sequence[float]) -> Vector:
    """Return three numbers as a vector. Raises ValueError or TypeError if they are none."""
    x, y, z = (float(number) for number in row)
    return x, y, z


def _without_defaults(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value is not None and value != "" and value != {}}


def _site_fields(site: Site) -> dict[str, Any]:
    return {
        "species": [_species_fields(species) for species in site.species],
        "position": site.position,
        "label": site.label,
        "properties": plain(site.properties, "properties of a site"),
    }


def _species_fields(species: Species) -> dict[str, Any]:
    fields = _without_defaults(vars(species))
    return {key: value for key, value in fields.items() if (key, value) != ("occupancy", 1.0)}


def _crystal(fields: dict[str, Any]) -> Crystal:
    _known(fields, "format", *Crystal.__dataclass_fields__)
    a, b, c = (vector(row) for row in fields["lattice"])
    x, y, z = (bool(direction) for direction in fields.get("periodic", (True, True, True)))
    return Crystal(
        (a, b, c),
        tuple(_site(site) for site in fields["sites"]),
        fields.get("coordinates", "fractional"),
        (x, y, z),
        _number(fields.get("charge")),
        _mapping(fields.get("properties", {})),
    )


def _site(fields: dict[str, Any]) -> Site:
    _known(fields, *Site.__dataclass_fields__)
    species = tuple(_species(one) for one in fields["species"])
    position, label = vector(fields["position"]), str(fields.get("label", ""))
    return Site(species, position, label, _mapping(fields.get("properties", {})))


def _species(fields: dict[str, Any]) -> Species:
    _known(fields, *Species.__dataclass_fields__)
    occupancy, oxidation, spin = (_number(fields.get(key)) for key in ("occupancy", "oxidation", "spin"))
    return Species(str(fields["element"]), 1.0 if occupancy is None else occupancy, oxidation, spin)


def _known(fields: Mapping[str, Any], *allowed: str) -> None:
    for key in fields:
        if key not in allowed:
            raise InputError(f"the text is no structure: '{key}' has no meaning there.{did_you_mean(key, allowed)}")


def _number(value: float | None) -> float | None:
    """Return a number as it was given: pymatgen tells a spin of 5 from one of 5.0."""
    if value is None or (isinstance(value, int | float) and math.isfinite(value)):
        return value
    raise InputError(f"the text is no structure: {value!r:.40} is no number.")


def _mapping(value: object) -> dict[str, object]:
    if isinstance(value, dict):
        return value
    raise InputError("the text is no structure: its properties are no mapping.")
