"""What the catalogue says of a dataset, record or reference: ``entry.json``, beside the thing itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from pydantic import AwareDatetime, BaseModel, ConfigDict

from ...data import Reference
from .._record import Hash

__all__ = ["Entry", "Kind", "hexadecimal"]

Kind: TypeAlias = Literal["dataset", "record", "reference"]
_ID = re.compile(r"(?:sha256:)?([0-9a-f]{4,64})")


class Entry(BaseModel):
    """One thing of a catalogue, as searches return it.

    Parameters
    ----------
    id : str
        Content id of the dataset, id of the record, or "sha256:" and the hash of the file referred to.
    kind : {"dataset", "record", "reference"}
        What it is.
    title, author, text : str
        For readers; all are searched.
    outcome : tuple of str
        That of the record; of a dataset all that stand in its column of role outcome.
    handbook : str, optional
        The procedure that was followed.
    clean : bool, optional
        Whether the data satisfy their handbook; None where nobody has checked.
    reasons : tuple of str
        Why they are not clean, or why the outcome is what it is.
    sources : tuple of str
        Ids of what it was made from, beyond what a record says itself.
    added : datetime with time zone
        When it came into this catalogue.
    reference : dict, optional
        Place, hash, size and media type of a file that is not copied.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    format: Literal["matgenes catalogue entry"] = "matgenes catalogue entry"
    version: Literal[1] = 1
    id: Hash
    kind: Kind
    title: str = ""
    author: str = ""
    text: str = ""
    outcome: tuple[str, ...] = ()
    handbook: str | None = None
    clean: bool | None = None
    reasons: tuple[str, ...] = ()
    sources: tuple[Hash, ...] = ()
    added: AwareDatetime
    reference: Reference | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON, without what is empty."""
        plain: Mapping[str, Any] = self.model_dump(mode="json", exclude={"format", "version"})
        return {key: value for key, value in plain.items() if value not in (None, "", [])}


def hexadecimal(text: str) -> str | None:
    """Return the digits of an id or of its beginning (four at least), None if it is neither.

    Examples
    --------
    >>> hexadecimal("sha256:16885c"), hexadecimal("16885c"), hexadecimal("solutes")
    ('16885c', '16885c', None)
    """
    found = _ID.fullmatch(text.strip().lower())
    return found[1] if found else None
