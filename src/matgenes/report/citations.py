"""The references behind what was run, as text for a page and as BibTeX for a paper.

The entries lie in ``citations.toml`` beside this file, by key: ``bauer2024`` for a paper, ``numpy`` for a package.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from .._core.canonical import hash_of
from .._core.errors import InputError, did_you_mean

__all__ = ["Citation", "bibtex", "cite", "keys"]

_SPECIAL = re.compile(r"([&%#_$])")


@dataclass(frozen=True)
class Citation:
    """One reference: its key, BibTeX entry type and BibTeX fields."""

    key: str
    type: str
    fields: Mapping[str, str] = field(hash=False)

    @property
    def text(self) -> str:
        """The reference on one line, without its link.

        Examples
        --------
        >>> cite("breiman2001").text
        'L. Breiman, Random forests, Machine Learning 45, 5–32 (2001)'
        """
        get = self.fields.get
        where = " ".join(part for part in (get("journal") or get("booktitle"), get("volume")) if part)
        place = ", ".join(part for part in (where, get("pages", "").replace("--", "–"), get("publisher")) if part)
        line = ", ".join(part for part in (_authors(get("author", "")), get("title"), place) if part)
        return f"{line} ({get('year')})" if get("year") else line

    @property
    def url(self) -> str:
        """Where to find it, "" if nowhere."""
        return f"https://doi.org/{self.fields['doi']}" if "doi" in self.fields else self.fields.get("url", "")

    @property
    def bibtex(self) -> str:
        """The entry for a ``.bib`` file (UTF-8, for biber or a recent BibTeX)."""
        lines = [f"  {name} = {{{_latex(name, value)}}}," for name, value in self.fields.items()]
        return "\n".join([f"@{self.type}{{{self.key},", *lines, "}"])


def cite(key: str) -> Citation:
    """Return the reference of a key.

    A text with blanks in it is no key: it is taken as a reference written out, so that a step of another package can
    cite what is not in our list.

    Raises
    ------
    InputError
        If there is no such key; the closest one is suggested.

    Examples
    --------
    >>> cite("wu2016").url
    'https://doi.org/10.1038/sdata.2016.54'
    """
    if key in _all():
        return _all()[key]
    if " " in key.strip():
        return _written_out(key.strip())
    raise InputError(f"'{key}' is no key of a citation.{did_you_mean(key, keys())} All keys: {', '.join(keys())}.")


def keys() -> tuple[str, ...]:
    """Return all keys."""
    return tuple(_all())


def bibtex(citations: Iterable[Citation]) -> str:
    """Return the entries of several references as the text of a ``.bib`` file."""
    return "\n\n".join(citation.bibtex for citation in citations) + "\n"


@cache
def _all() -> Mapping[str, Citation]:
    entries = tomllib.loads(files(__package__).joinpath("citations.toml").read_text(encoding="utf-8"))
    return MappingProxyType({key: Citation(key, entry.pop("type"), entry) for key, entry in entries.items()})


def _written_out(text: str) -> Citation:
    first_word = re.findall(r"[a-z]+", text.lower())[:1]
    return Citation("-".join([*first_word, hash_of(text)[7:13]]), "misc", {"title": text})


def _authors(text: str) -> str:
    """Turn ``"Hunter, J. D. and others"`` into ``"J. D. Hunter et al."``."""
    names = text.split(" and ")
    shown = [" ".join(reversed(name.strip("{}").split(", ", 1))) for name in names if name != "others"]
    return ", ".join(shown) + (" et al." if "others" in names else "")


def _latex(name: str, value: str) -> str:
    if name in {"doi", "url"}:
        return value
    escaped = _SPECIAL.sub(r"\\\1", value)
    return f"{{{escaped}}}" if name == "title" else escaped
