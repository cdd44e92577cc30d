"""The built-in sample data: small, real, documented beside the files in ``tables/``; one is made up and says so."""

from __future__ import annotations

from pathlib import Path

from .._core.errors import InputError, did_you_mean
from ._dataset import Dataset

__all__ = ["diffusion", "diffusion_candidates", "oxidation_tests", "path"]

TABLES = Path(__file__).parent / "tables"


def diffusion() -> Dataset:
    """Return the dilute-solute diffusion set: 408 pairs of host and solute (Wu, Mayeshiba, Morgan 2016; Lu et al 2019).

    The target ``activation_energy`` (eV) is relative to the host's self-diffusion. The 15 pairs of equal elements are
    zero by definition: their outcome is ``anchor``, so that they are never trained or scored on. Hosts are the groups.

    Returns
    -------
    Dataset
        Columns ``host, solute, activation_energy, outcome, reason``.

    Examples
    --------
    >>> sample = diffusion()
    >>> len(sample), int(sample.outcome_is("accepted").sum())
    (408, 393)
    """
    return Dataset.read(path("diffusion.csv"))


def diffusion_candidates() -> Dataset:
    """Return the pairs of the same hosts and 48 metals that :func:`diffusion` does not hold.

    Returns
    -------
    Dataset
        Columns ``host, solute``; 356 rows.

    Examples
    --------
    >>> len(diffusion_candidates())
    356
    """
    return Dataset.read(path("diffusion_candidates.csv"))


def oxidation_tests(*, faults: bool = False, seed: int = 2026) -> Dataset:
    """Return a *generated* table of catalyst tests after the handbook ``oxidation_catalysts``; nothing is measured.

    Parameters
    ----------
    faults : bool
        Plant what goes wrong in laboratories: one session of the reactor shifted, benchmark and all, and some slips.
    seed : int
        Where its random numbers begin.

    Returns
    -------
    Dataset
        A row a measurement, of six catalysts, a benchmark and a reference material.

    Examples
    --------
    >>> from matgenes.data import Handbook, check
    >>> handbook = Handbook.named("oxidation_catalysts")
    >>> check(oxidation_tests(), handbook).clean, check(oxidation_tests(faults=True), handbook).clean
    (True, False)
    """
    from .handbooks._demonstration import demonstration

    return demonstration(faults=faults, seed=seed)


def path(name: str) -> Path:
    """Return the path of a sample file, such as ``diffusion.csv``.

    Raises
    ------
    InputError
        If there is no such file.

    Examples
    --------
    >>> path("diffusion.csv").name
    'diffusion.csv'
    """
    there = sorted(file.name for kind in ("csv", "toml") for file in TABLES.glob(f"diffusion*.{kind}"))
    if name not in there:
        raise InputError(f"there is no sample file '{name}'; there are {', '.join(there)}.{did_you_mean(name, there)}")
    return TABLES / name
