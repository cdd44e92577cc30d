"""The properties in a crate's description (schema.org PropertyValue) as a table: numbers, their sigma, their units.

Units are written as text (``unitText``) or as UN/CEFACT common codes (``unitCode``, Recommendation 20); the text is
read as in any other table, so what can mean two things is not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..._core import units
from ..._core.errors import UnitError
from ...data import Dataset, Finding, Quantity
from ._eln_entities import Entities, Entity

__all__ = ["quantities"]

CODES = {
    "C62": "", "E37": "", "P1": "%", "MTR": "m", "CMT": "cm", "MMT": "mm", "4H": "um",
    "C45": "nm", "A11": "angstrom", "KGM": "kg", "GRM": "g", "MGM": "mg", "MC": "ug", "SEC": "s",
    "MIN": "min", "HUR": "hour", "C26": "ms", "DAY": "day", "KEL": "K", "CEL": "degC", "AMP": "ampere",
    "4K": "mA", "VLT": "V", "2Z": "mV", "KVT": "kV", "WTT": "W", "OHM": "ohm", "HTZ": "Hz",
    "KHZ": "kHz", "MHZ": "MHz", "PAL": "Pa", "KPA": "kPa", "MPA": "MPa", "A89": "GPa", "BAR": "bar",
    "MBR": "mbar", "JOU": "J", "KJO": "kJ", "A53": "eV", "B29": "keV", "C34": "mol", "LTR": "l",
    "MLT": "ml", "DD": "deg", "C81": "rad", "NEW": "N", "D33": "tesla", "MTK": "m^2", "MTQ": "m^3",
    "MTS": "m/s",
}  # fmt: skip
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?"
_WITH_SIGMA = re.compile(rf"\s*(?P<value>{_NUMBER})\s*(?:(?:\+/?-|±)\s*(?P<sigma>{_NUMBER}))?\s*")
LONGEST = 2000  # characters of a text that is kept
COLUMNS = ("of", "property", "description", "text", "value", "sigma", "unit", "unit_as_written", "iri")
ABOUT = {
    "of": "id of the thing that has the property",
    "property": "name or id of the property",
    "value": "the number, in the unit of its row",
    "sigma": "its standard uncertainty, where one is written",
    "unit": "in canonical form; empty where there is none or it cannot be read",
    "iri": "term that defines the property",
}


def quantities(entities: Entities) -> tuple[Dataset, tuple[Finding, ...]]:
    """Return one row a property, and what is wrong with numbers and units.

    The numbers of the column ``value`` are in different units, so the column itself has none.
    """
    import pyarrow as pa

    owners, findings = _owners(entities), list[Finding]()
    rows = [_row(entity, owners, findings) for entity in entities.of_type("PropertyValue")]
    numbers = {"value", "sigma"}
    arrays = {
        name: pa.array([row[name] for row in rows], pa.float64() if name in numbers else pa.large_string())
        for name in COLUMNS
    }
    described = [
        Quantity(name, role="group" if name in ("of", "property") else "note", description=ABOUT.get(name, ""))
        for name in COLUMNS
    ]
    return Dataset(pa.table(arrays), described), tuple(findings)


def _owners(entities: Entities) -> Mapping[str, str]:
    """Return which entity refers to each property."""
    found: dict[str, str] = {}
    for entity in entities.graph:
        for value in entity.values():
            for inner in value if isinstance(value, list) else [value]:
                if isinstance(inner, Mapping) and isinstance(inner.get("@id"), str):
                    found.setdefault(inner["@id"], str(entity.get("@id")))
    return found


def _row(entity: Entity, owners: Mapping[str, str], findings: list[Finding]) -> dict[str, Any]:
    key = str(entity.get("@id"))
    name = _text(entity.get("propertyID")) or _text(entity.get("name")) or key
    value, sigma = _number(entity)
    unit, problems = _unit(entity, is_number=value is not None)
    findings += [Finding(severity, rule, f"'{key[:120]}' ({name[:60]}): {text}") for severity, rule, text in problems]
    return {
        "of": owners.get(key, ""),
        "property": name,
        "description": _text(entity.get("name")) if entity.get("propertyID") else "",
        "text": _text(entity.get("value"))[:LONGEST],
        "value": value,
        "sigma": sigma,
        "unit": unit,
        "unit_as_written": _text(entity.get("unitText")) or _text(entity.get("unitCode")),
        "iri": _text(entity.get("identifier")),
    }


def _number(entity: Entity) -> tuple[float | None, float | None]:
    """Return value and sigma of 12, "12" or "600+/- 3"; neither of any other text, such as a date."""
    value = entity.get("value")
    if isinstance(value, bool):
        return None, None
    if isinstance(value, int | float):
        return float(value), None
    found = _WITH_SIGMA.fullmatch(value) if isinstance(value, str) and len(value) < 80 else None
    if found is None:
        return None, None
    return float(found["value"]), float(found["sigma"]) if found["sigma"] else None


def _unit(entity: Entity, *, is_number: bool) -> tuple[str | None, list[tuple[Any, str, str]]]:
    """Return the canonical unit, and (severity, rule, message) of what is wrong with it."""
    written, code = _text(entity.get("unitText")), _text(entity.get("unitCode"))
    if not written and not code:
        problem = ("warning", "no-unit", "a number without a unit.")
        return None, [problem] if is_number else []
    if not is_number:
        return None, [("warning", "not-a-number", f"it has the unit '{written or code}', but is no number.")]
    by_code = CODES.get(code.rpartition("/")[2].upper())
    if not written:
        missing = ("warning", "unknown-unit", f"the unit code '{code[:40]}' is not known here; write unitText as well.")
        return by_code, [missing] if by_code is None else []
    try:
        unit = "" if written.strip() in ("1", "") else units.canonical(written)
    except UnitError as error:
        return by_code, [("warning", "unknown-unit", f"its unit '{written[:40]}' cannot be used: {error.problem}")]
    if by_code is not None and unit != units.canonical(by_code):
        return unit, [("warning", "units-differ", f"unitText says '{written}', unitCode '{code}' means '{by_code}'.")]
    return unit, []


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return str(value.get("@id") or "")
    return "" if value is None or isinstance(value, list) else str(value)
