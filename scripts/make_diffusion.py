"""Write the built-in sample: dilute-solute diffusion, and the candidate pairs that have no value yet.

The numbers come from one sheet of the PyPI package mastml (MIT licence), which is needed only here:

    pip download --no-deps mastml==3.2.5
    unzip mastml-3.2.5-py3-none-any.whl mastml/data/diffusion_data_nofeatures.xlsx
    python scripts/make_diffusion.py mastml/data/diffusion_data_nofeatures.xlsx

Every number is copied as it stands; what is added is ``outcome`` and ``reason``. See tables/diffusion.README.md.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from matgenes._core.files import sha256, write_text
from matgenes.data.elements import symbols

TABLES = Path(__file__).parents[1] / "src" / "matgenes" / "data" / "tables"
SOURCE_SHA256 = "0cc77316cbb10a9d87c3f2618214db342016534efe4ec3a0826e4fe3010f80fc"

NO_METALS = {"Si", "P", "S", "Ge", "As", "Se", "Sb", "Te"}
RADIOACTIVE = {"Tc", "Th"}


def pairs(sheet: Path) -> pd.DataFrame:
    """Return host, solute, energy, outcome and reason of each pair, in the order of the source."""
    if sha256(sheet) != SOURCE_SHA256:
        raise SystemExit(f"{sheet} is not the sheet of mastml 3.2.5 (its SHA-256 differs); take it from that version.")
    table = pd.read_excel(sheet)
    table = table.rename(
        columns={
            "Material compositions 1": "host",
            "Material compositions 2": "solute",
            "E_regression": "activation_energy [eV]",
        }
    )[["host", "solute", "activation_energy [eV]"]]
    itself = table["host"] == table["solute"]
    table["outcome"] = itself.map({True: "anchor", False: "accepted"})
    table["reason"] = itself.map({True: "zero by definition: host = solute", False: ""})
    return table


def candidates(known: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs of a host of the table and a metal that is not in the table as a solute of that host.

    The metals are those that the table holds as a solute of at least one host, without the radioactive ones.
    """
    metals = [symbol for symbol in symbols() if symbol in {*known["solute"]} - NO_METALS - RADIOACTIVE]
    taken = set(zip(known["host"], known["solute"], strict=True))
    free = [(host, metal) for host in known["host"].unique() for metal in metals if (host, metal) not in taken]
    return pd.DataFrame(free, columns=["host", "solute"])


def main(sheet: str) -> None:
    """Write diffusion.csv and diffusion_candidates.csv."""
    known = pairs(Path(sheet))
    for name, table in {"diffusion": known, "diffusion_candidates": candidates(known)}.items():
        write_text(TABLES / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))
        print(f"{name}.csv: {len(table)} rows")


if __name__ == "__main__":
    main(*sys.argv[1:])
