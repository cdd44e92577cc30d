"""Crystal structures as a column: JSON text that loses nothing, its simplest descriptors, and other libraries' ones.

A column of role ``structure`` holds what :func:`to_text` returns. The descriptors are the reduced formula, the density
(g/cm^3), the volume an atom (angstrom^3) and the mean coordination number: the atoms within 1.1 times the distance of
a site's nearest neighbour, weighted by occupancy, averaged over the atoms of the cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from .._core.errors import InputError, MatgenesError
from ._dataset import FIRST_ROW, Dataset
from ._quantity import Quantity
from .crystals._crystal import Crystal, Site, Species

if TYPE_CHECKING:
    import os

    from ase import Atoms
    from pymatgen.core import Structure

__all__ = [
    "Crystal",
    "Site",
    "Species",
    "coordination_numbers",
    "crystal",
    "featurize",
    "read_cif",
    "structure_features",
    "to_ase",
    "to_pymatgen",
    "to_text",
]

NEIGHBOUR = 1.1
"""Atoms up to this multiple of the nearest neighbour's distance are neighbours."""
SPLIT = 0.5
"""Sites closer than this (angstrom) are split positions of one atom, not neighbours."""


_SIMPLEST = [
    Quantity("density", unit="g/cm^3", role="feature", description="Mass of the cell over its volume"),
    Quantity("volume_per_atom", unit="angstrom^3", role="feature", description="Volume of the cell over its atoms"),
    Quantity(
        "mean_coordination",
        unit="",
        role="feature",
        description="Atoms within 1.1 times the nearest neighbour's distance, mean over the atoms",
    ),
]


def crystal(structure: Any) -> Crystal:
    """Return a structure as a :class:`Crystal`.

    Parameters
    ----------
    structure : str, Crystal, pymatgen Structure, ASE Atoms or mapping
        Text made by :func:`to_text`, an object, or one structure entry of OPTIMADE.

    Raises
    ------
    InputError
        If it is none of these, or the structure is broken.
    """
    if isinstance(structure, Crystal):
        return structure
    if isinstance(structure, str):
        return Crystal.from_text(structure)
    if isinstance(structure, Mapping):
        from .crystals._crystal_optimade import from_optimade

        return from_optimade(structure)
    if hasattr(structure, "lattice") and hasattr(structure, "cart_coords"):
        from .crystals._crystal_pymatgen import from_pymatgen

        return from_pymatgen(structure)
    if hasattr(structure, "cell") and hasattr(structure, "arrays"):
        from .crystals._crystal_ase import from_ase

        return from_ase(structure)
    raise InputError(
        f"a {type(structure).__name__} is no structure; give a pymatgen Structure, ASE Atoms, an OPTIMADE entry, or "
        "text made by structures.to_text (a CIF: structures.read_cif)."
    )


def to_text(structure: Any) -> str:
    """Return a structure as canonical JSON text, for a column of role ``structure``.

    Parameters
    ----------
    structure : str, Crystal, pymatgen Structure, ASE Atoms or mapping
        As for :func:`crystal`.

    Raises
    ------
    InputError
        As :func:`crystal`.

    Examples
    --------
    >>> from pymatgen.core import Lattice, Structure
    >>> text = to_text(Structure.from_spacegroup("Fm-3m", Lattice.cubic(5.64), ["Na", "Cl"], [[0, 0, 0], [0.5] * 3]))
    >>> structure_features([text]).to_pandas().round(2)
      formula  density  volume_per_atom  mean_coordination
    0    NaCl     2.16            22.43                6.0
    """
    return crystal(structure).to_text()


def read_cif(path: str | os.PathLike[str]) -> Crystal:
    """Read one structure from a CIF file.

    Raises
    ------
    InputError
        If the file is missing, or does not hold exactly one readable structure.
    """
    from .crystals._crystal_pymatgen import from_cif

    try:
        return from_cif(Path(path).read_text(encoding="utf-8", errors="replace"))
    except OSError as error:
        raise InputError(f"the file cannot be read ({error.strerror}).", file=path) from None
    except InputError as error:
        raise error.at(file=path) from None


def to_pymatgen(structure: Any) -> Structure:
    """Return a structure as a pymatgen Structure. Raises as :func:`crystal`."""
    from .crystals._crystal_pymatgen import to_pymatgen

    return to_pymatgen(crystal(structure))


def to_ase(structure: Any) -> Atoms:
    """Return a structure as ASE Atoms.

    Raises
    ------
    MissingExtraError
        If ASE is not installed.
    InputError
        As :func:`crystal`, and for what ASE cannot hold.
    """
    from .crystals._crystal_ase import to_ase

    return to_ase(crystal(structure))


def coordination_numbers(structure: Any) -> NDArray[np.float64]:
    """Return the coordination number of each site.

    The neighbours of a site are the atoms within 1.1 times the distance of its nearest one, counted by occupancy;
    sites closer than 0.5 angstrom are split positions of one atom and do not count.

    Returns
    -------
    (n_sites,) array
        Coordination numbers.

    Raises
    ------
    InputError
        As :func:`crystal`.
    """
    given = crystal(structure)
    occupancy = _occupancy(given)
    centre, other, distance = _pairs(given)
    nearest = np.full(len(occupancy), np.inf)
    np.minimum.at(nearest, centre, distance)
    near = distance <= NEIGHBOUR * nearest[centre]
    return np.bincount(centre[near], occupancy[other[near]], len(occupancy)).astype(np.float64)


def structure_features(structures: Iterable[Any], *, column: str = "structure") -> Dataset:
    """Return the simplest descriptors of structures.

    Parameters
    ----------
    structures : iterable, length n
        Anything that :func:`crystal` takes.
    column : str
        Name of the column that they are from, for messages.

    Returns
    -------
    Dataset, n rows
        ``formula`` (reduced; of one atom where amounts are broken), ``density`` (g/cm^3), ``volume_per_atom``
        (angstrom^3), ``mean_coordination``. Density and volume are null for a cell that does not repeat in all three
        directions.

    Raises
    ------
    InputError
        If one of them is no structure; the message names row and column.
    """
    rows = [_simplest(one) for one in _crystals(structures, column)]
    formulas = np.array([formula for formula, *_ in rows], dtype=str)
    numbers = np.array([values for _, *values in rows], dtype=float).reshape(-1, len(_SIMPLEST))
    columns = {Quantity("formula", description="Reduced formula"): formulas}
    return Dataset.from_columns(columns | dict(zip(_SIMPLEST, numbers.T, strict=True)))


def featurize(
    structures: Iterable[Any],
    featurizer: Any,
    units: str | Mapping[str, str],
    *,
    reads: Literal["structure", "composition"] = "structure",
    column: str = "structure",
) -> Dataset:
    """Return the features that a featurizer of matminer or a descriptor of dscribe computes.

    Parameters
    ----------
    structures : iterable, length n
        Anything that :func:`crystal` takes.
    featurizer : object
        Has ``featurize`` and ``feature_labels`` (matminer; gets pymatgen objects), or ``create`` (dscribe; gets ASE
        Atoms and must give one vector a structure, so with averaging).
    units : str or mapping of label to str
        Unit of all features, or of each; these libraries do not state them. "" is dimensionless.
    reads : "structure" or "composition"
        What a matminer featurizer takes.
    column : str
        Name of the column that the structures are from, for messages.

    Returns
    -------
    Dataset, n rows
        One feature a label; of dscribe the class name and a number.

    Raises
    ------
    InputError
        If the object is no featurizer, fails on a structure (the message names the row), or a unit is not given.
    MissingExtraError
        If ASE is needed and not installed.
    """
    apply, labels = _protocol(featurizer, reads)
    rows: list[NDArray[np.float64]] = []
    for row, one in enumerate(_crystals(structures, column), FIRST_ROW):
        try:
            rows.append(_vector(featurizer, apply, one, like=rows[0] if rows else None))
        except InputError as error:
            raise error.at(row=row, column=column) from error.__cause__
    names = labels(len(rows[0]) if rows else 0)
    given = _checked_units(units, names)
    source = f"{type(featurizer).__module__}.{type(featurizer).__qualname__}"
    quantities = [Quantity(name, unit=given[name], role="feature", source=source) for name in names]
    values = np.array(rows).reshape(len(rows), len(names))
    return Dataset.from_columns(dict(zip(quantities, values.T, strict=True)))


def _vector(
    featurizer: Any, apply: Callable[[Crystal], Any], one: Crystal, like: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """Return the features of one structure, as many as the one before it had."""
    name = type(featurizer).__name__
    try:
        vector = np.asarray(apply(one), dtype=np.float64)
    except MatgenesError:
        raise
    except Exception as error:  # whatever the other library raises
        raise InputError(f"{name} fails on this structure: {error}") from error
    if vector.ndim != 1 or (like is not None and vector.shape != like.shape):
        raise InputError(
            f"{name} gives an array of shape {vector.shape}; one vector of one length a structure is needed, so choose "
            "averaging over the sites (dscribe: average='inner' or 'outer')."
        )
    return vector


def _crystals(structures: Iterable[Any], column: str) -> Iterable[Crystal]:
    for row, structure in enumerate(structures, FIRST_ROW):
        try:
            yield crystal(structure)
        except InputError as error:
            raise error.at(row=row, column=column) from None


def _simplest(one: Crystal) -> tuple[str, float, float, float]:
    structure = to_pymatgen(one)
    occupancy = _occupancy(one)
    coordination = float(np.average(coordination_numbers(one), weights=occupancy))
    bulk = all(one.periodic)
    density, volume = (float(structure.density), one.volume / occupancy.sum()) if bulk else (np.nan, np.nan)
    return _formula(structure), density, volume, coordination


def _formula(structure: Structure) -> str:
    """Return the reduced formula; with broken amounts that of one atom, so that it does not depend on the cell."""
    amounts = structure.composition
    whole = all(float(amount).is_integer() for amount in amounts.values())
    return str((amounts if whole else amounts.fractional_composition).reduced_formula)


def _occupancy(one: Crystal) -> NDArray[np.float64]:
    return np.array([site.occupancy for site in one.sites])


def _pairs(one: Crystal) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return centre, other and distance of all pairs up to beyond each site's nearest neighbours.

    The radius grows until every site has found its neighbours, or until it is the cell's own size for atoms that a
    cell without full periodicity leaves alone.
    """
    structure = to_pymatgen(one)
    largest = NEIGHBOUR * float(np.linalg.norm(one.lattice, axis=1).sum())
    radius = min(3.5, largest)
    while True:
        centre, other, _, distance = structure.get_neighbor_list(radius)
        apart = distance > SPLIT
        centre, other, distance = centre[apart], other[apart], distance[apart]
        found = np.unique(centre[distance * NEIGHBOUR <= radius])
        if len(found) == len(one.sites) or radius >= largest:
            return centre, other, distance
        radius = min(1.5 * radius, largest)


def _protocol(featurizer: Any, reads: str) -> tuple[Callable[[Crystal], Any], Callable[[int], list[str]]]:
    """Return how a featurizer is applied to a crystal, and what its features are called."""
    if hasattr(featurizer, "featurize") and hasattr(featurizer, "feature_labels"):
        composition = reads == "composition"
        return (
            lambda one: featurizer.featurize(to_pymatgen(one).composition if composition else to_pymatgen(one)),
            lambda _: [str(label) for label in featurizer.feature_labels()],
        )
    if hasattr(featurizer, "create"):
        name = type(featurizer).__name__
        return lambda one: featurizer.create(to_ase(one)), lambda count: [f"{name} {place}" for place in range(count)]
    raise InputError(
        f"a {type(featurizer).__name__} is no featurizer; it needs the methods featurize and feature_labels (matminer) "
        "or create (dscribe)."
    )


def _checked_units(units: str | Mapping[str, str], names: Sequence[str]) -> Mapping[str, str]:
    """Return a unit for every feature, or ask for all that lack one at once."""
    if isinstance(units, str):
        return dict.fromkeys(names, units)
    lacking = {name: "?" for name in names if name not in units}
    if lacking:
        raise InputError(f"these features need a unit: give units={lacking} with a unit for each '?', \"\" for none.")
    return units
