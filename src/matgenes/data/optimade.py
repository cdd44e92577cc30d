"""Crystal structures from any OPTIMADE provider: asked page by page, until the last structure, as one dataset.

OPTIMADE is the common language of the databases of computed and measured materials (Andersen et al, Sci. Data 8 (2021)
217; specification 1.2). The provider's answers are checked: pages that loop, repeat structures, lead to another server
or do not add up to the number that the provider states are refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urljoin

import pyarrow as pa

from .._core import units
from .._core.errors import InputError, UnitError, did_you_mean
from .._core.progress import Event, Progress, silent
from ._dataset import Dataset
from ._quantity import Quantity
from .remote._http import Policy, check_address, get_json, origin, shown
from .structures import to_text

__all__ = ["Policy", "query"]

ENTRY = (
    "chemical_formula_reduced", "lattice_vectors", "cartesian_site_positions", "species", "species_at_sites",
    "dimension_types",
)  # fmt: skip
MOST_PAGES = 100_000
LONGEST_ID = 500
NO_UNIT = ("", "1", "dimensionless")
NOT_NUMBERS = ("inapplicable", "none", "n/a")


@dataclass(frozen=True)
class _Answer:
    """What a provider gave: its entries, and where and from whom they are."""

    entries: tuple[Mapping[str, Any], ...]
    source: str


def query(
    url: str,
    filter: str = "",  # noqa: A002  the word of the specification
    *,
    fields: Iterable[str] = (),
    limit: int = 10_000,
    page_size: int | None = None,
    policy: Policy | None = None,
    progress: Progress = silent,
) -> Dataset:
    """Return the structures of a provider that pass a filter.

    Parameters
    ----------
    url : str
        The provider's base address, such as "https://optimade.materialsproject.org"; http only on this machine.
    filter : str
        In the language of OPTIMADE: 'elements HAS ALL "Al","Ni" AND nelements=2'. All structures by default.
    fields : iterable of str
        Further properties, which become columns, such as "_mp_stability".
    limit : int
        At most so many structures.
    page_size : int, optional
        Structures a page; the provider chooses by default.
    policy : Policy, optional
        Time, tries and bytes that one answer may take.
    progress : callable, optional
        Is called with every page.

    Returns
    -------
    Dataset
        ``id``, ``formula``, ``structure`` (of role structure), and one column a field, with the unit that the provider
        states; the address and the provider are the source of each. Where a structure cannot be read its row says so
        in ``outcome`` and ``reason``.

    Raises
    ------
    InputError
        If the address may not be asked, a field is unknown, the provider does not answer, refuses, or gives answers
        that are broken or do not fit together.
    """
    if limit < 1:
        raise InputError(f"limit is {limit}; ask for one structure at least.")
    base, policy, fields = _versioned(check_address(url)), policy or Policy(), tuple(dict.fromkeys(fields))
    described = _described(base, fields, policy)
    answer = _read(_first(base, filter, fields, page_size), limit, policy, progress)
    return _dataset(answer, fields, described)


def _versioned(url: str) -> str:
    """Return the base address with its major version, where it has none."""
    url = url.split("?")[0].rstrip("/")
    last = url.rpartition("/")[2]
    return url if last.startswith("v") and last[1:].replace(".", "").isdigit() else f"{url}/v1"


def _first(base: str, wanted: str, fields: Sequence[str], page_size: int | None) -> str:
    parts = {"filter": wanted, "response_fields": ",".join((*ENTRY, *fields)), "response_format": "json"}
    if page_size is not None:
        parts["page_limit"] = str(page_size)
    return f"{base}/structures?" + "&".join(f"{key}={quote(text)}" for key, text in parts.items() if text)


def _described(base: str, fields: Sequence[str], policy: Policy) -> Mapping[str, Any]:
    """Return what the provider says of its properties. InputError if a wanted one is not among them."""
    if not fields:
        return {}
    data = get_json(f"{base}/info/structures", policy).get("data")
    properties = data.get("properties") if isinstance(data, dict) else None
    if not isinstance(properties, dict):
        raise InputError(f"{shown(base)}: the provider does not say which properties its structures have.")
    for field in fields:
        if field not in properties:
            raise InputError(f"{shown(base)}: there is no property '{field}'.{did_you_mean(field, properties)}")
    return properties


def _read(first: str, limit: int, policy: Policy, progress: Progress) -> _Answer:
    """Follow the pages from the first to the last, or to the limit."""
    found: dict[str, Mapping[str, Any]] = {}
    asked, url, stated, source = set[str](), first, None, ""
    while url and len(found) < limit and len(asked) < MOST_PAGES:
        if url in asked:
            raise InputError(f"{shown(url)}: the provider's pages lead in a circle.")
        asked.add(url)
        page = get_json(url, policy)
        source = source or _source(first, page)
        total = _total(page)
        if stated is not None and total is not None and total != stated:
            raise InputError(f"{shown(url)}: there were {stated} structures, now {total}; its data changed; ask again.")
        stated = total if stated is None else stated
        entries = list(_entries(page, url))
        _add(found, entries, url)
        url = _next(page, first, url)
        if url and not entries:
            raise InputError(f"{shown(url)}: a page without structures leads on to another one.")
        progress(Event("structures", len(found), min(limit, max(stated or 0, len(found)))))
    if not url and stated is not None and len(found) != stated:
        raise InputError(f"{shown(first)}: the provider said {stated} structures and gave {len(found)}; ask again.")
    return _Answer(tuple(found.values())[:limit], source)


def _entries(page: Mapping[str, Any], url: str) -> Iterator[Mapping[str, Any]]:
    data = page.get("data")
    if not isinstance(data, list):
        raise InputError(f"{shown(url)}: the answer is none of OPTIMADE: it has no list 'data'.")
    for entry in data:
        key = entry.get("id") if isinstance(entry, dict) else None
        if not isinstance(key, str) or len(key) > LONGEST_ID or not isinstance(entry.get("attributes"), dict):
            raise InputError(f"{shown(url)}: an entry has no id or no attributes: {shown(entry, 80)}.")
        yield entry


def _add(found: dict[str, Mapping[str, Any]], entries: Iterable[Mapping[str, Any]], url: str) -> None:
    for entry in entries:
        if entry["id"] in found:
            raise InputError(
                f"{shown(url)}: '{shown(entry['id'])}' comes twice; the pages changed meanwhile; ask again."
            )
        found[entry["id"]] = entry


def _total(page: Mapping[str, Any]) -> int | None:
    meta = page.get("meta")
    total = meta.get("data_returned") if isinstance(meta, dict) else None
    return total if isinstance(total, int) and not isinstance(total, bool) else None


def _next(page: Mapping[str, Any], first: str, url: str) -> str:
    """Return the address of the next page, "" after the last one; it must be of the same server."""
    links = page.get("links")
    link = links.get("next") if isinstance(links, dict) else None
    link = link.get("href") if isinstance(link, dict) else link
    if not link:
        return ""
    if not isinstance(link, str):
        raise InputError(f"{shown(url)}: the link to the next page is no address.")
    following = urljoin(url, link)
    check_address(following)
    if origin(following) != origin(first):
        raise InputError(f"{shown(url)}: the next page lies on another server, {shown(following)}; it is not asked.")
    return following


def _source(first: str, page: Mapping[str, Any]) -> str:
    meta = page.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    provider = meta.get("provider")
    name = shown(provider.get("name") or "") if isinstance(provider, dict) else ""
    version = shown(meta.get("api_version") or "", 20)
    words = ", ".join(
        word for word in (name, f"OPTIMADE {version}".strip(), f"read {datetime.now(UTC):%Y-%m-%d}") if word
    )
    return f"{first} ({words})"


def _dataset(answer: _Answer, fields: Sequence[str], described: Mapping[str, Any]) -> Dataset:
    texts, reasons = [], []
    for entry in answer.entries:
        text, reason = _structure(entry)
        texts.append(text)
        reasons.append(reason)
    text = pa.large_string()
    formulas = [_formula(entry) for entry in answer.entries]
    columns: dict[Quantity, pa.Array] = {
        Quantity("id", role="id", source=answer.source): pa.array([entry["id"] for entry in answer.entries], text),
        Quantity("formula", role="group", source=answer.source): pa.array(formulas, text),
        Quantity("structure", role="structure", source=answer.source): pa.array(texts, text),
    }
    for field in fields:
        values = [entry["attributes"].get(field) for entry in answer.entries]
        quantity, array = _column(field, values, described.get(field), answer.source)
        columns[quantity] = array
    if any(reasons):
        outcomes = ["failed" if reason else "accepted" for reason in reasons]
        columns[Quantity("outcome", role="outcome")] = pa.array(outcomes, text)
        columns[Quantity("reason", role="reason")] = pa.array(reasons, text)
    table = pa.table([*columns.values()], names=[quantity.name for quantity in columns])
    return Dataset(table, columns)


def _structure(entry: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return the structure as text, or why it cannot be read."""
    try:
        return to_text(entry), None
    except InputError as error:
        return None, shown(error.problem, 300)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:  # nonsense in odd places
        return None, f"the entry is broken: {type(error).__name__}"


def _formula(entry: Mapping[str, Any]) -> str | None:
    formula = entry["attributes"].get("chemical_formula_reduced")
    return formula if isinstance(formula, str) and len(formula) <= LONGEST_ID else None


def _column(field: str, values: list[Any], about: Any, source: str) -> tuple[Quantity, pa.Array]:
    """Return a field's quantity and values: numbers with the stated unit, truths, texts, and anything else as JSON."""
    about = about if isinstance(about, dict) else {}
    text = shown(about.get("description") or "", 300)
    given = [value for value in values if value is not None]
    if given and all(isinstance(value, bool) for value in given):
        return Quantity(field, description=text, source=source), pa.array(values, pa.bool_())
    if given and all(isinstance(value, int | float) and not isinstance(value, bool) for value in given):
        unit = _unit(about.get("unit"))
        if unit is None and about.get("unit"):
            text += f" (in the provider's unit '{shown(about['unit'], 40)}')"
        quantity = Quantity(field, description=text, source=source)
        quantity = quantity if unit is None else quantity.replace(unit=unit, role="feature")
        return quantity, pa.array(map(_float, values), pa.float64())
    return Quantity(field, description=text, source=source), pa.array(map(_plain, values), pa.large_string())


def _plain(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _float(value: float | None) -> float | None:
    try:
        return None if value is None else float(value)
    except OverflowError:
        return None


def _unit(told: object) -> str | None:
    """Return the canonical unit of a property; None where none is stated or it cannot be read."""
    if not isinstance(told, str) or told.lower() in NOT_NUMBERS:
        return None
    if told.lower() in NO_UNIT:
        return ""
    try:
        return units.canonical(told)
    except UnitError:
        return None
