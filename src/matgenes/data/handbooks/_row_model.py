"""A pydantic model of one row of a handbook's table, as a class and as the text of a Python file.

Both come from one list of fields, so that they cannot differ. Names and texts of a stranger's handbook reach the file
as quoted texts only; a column whose name is no plain Python name gets one, and keeps its own as the alias.
"""

from __future__ import annotations

import keyword
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from ._sheet import entries_of, widest

if TYPE_CHECKING:
    from ._handbook import Handbook
    from ._model import Entry

__all__ = ["row_model", "row_source"]

TYPES: Mapping[str, type] = {"number": float, "integer": int, "text": str, "bool": bool, "time": datetime}
CONFIG = ConfigDict(extra="allow", populate_by_name=True)
HEAD = '''\
"""{about}"""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class {name}(BaseModel):
    """One row."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)
'''


@dataclass(frozen=True)
class _Field:
    """A column as a field: its name in Python, what is told pydantic of it, and whether it must be there."""

    name: str
    entry: Entry
    required: bool

    @property
    def settings(self) -> dict[str, Any]:
        """The keywords of pydantic's ``Field``."""
        entry = self.entry
        settings: dict[str, Any] = {} if self.required else {"default": None}
        if self.name != entry.name:
            settings["alias"] = entry.name
        if entry.bounds is not None:
            limits = zip(("ge", "le"), entry.bounds, strict=True)
            settings |= {key: limit for key, limit in limits if math.isfinite(limit)}
        if entry.description:
            settings["description"] = entry.description
        if entry.unit is not None:
            settings["json_schema_extra"] = {"unit": entry.unit}
        return settings

    @property
    def kind(self) -> Any:
        """Its type."""
        kind: Any = Literal[self.entry.allowed] if self.entry.allowed else TYPES[self.entry.holds]
        return kind if self.required else kind | None

    @property
    def source(self) -> str:
        """Its line in a Python file."""
        texts = ", ".join(map(repr, self.entry.allowed))
        kind = f"Literal[{texts}]" if texts else TYPES[self.entry.holds].__name__
        settings = ", ".join(f"{key}={value!r}" for key, value in self.settings.items())
        return f"    {self.name}: {kind}{'' if self.required else ' | None'} = Field({settings})"


def row_model(handbook: Handbook, step: str | None) -> type[BaseModel]:
    """Return the class; see :meth:`Handbook.row_model`."""
    fields: dict[str, Any] = {field.name: (field.kind, Field(**field.settings)) for field in _fields(handbook, step)}
    return create_model(_class_name(handbook, step), __config__=CONFIG, __doc__="One row.", **fields)


def row_source(handbook: Handbook, step: str | None) -> str:
    """Return the text of a Python file; see :meth:`Handbook.row_source`."""
    part = f"step {re.sub(r'[^a-zA-Z0-9_ .-]', '_', step)} of " if step else ""  # it may come from a stranger
    head = HEAD.format(about=f"One row of {part}the handbook {handbook.id}.", name=_class_name(handbook, step))
    return "\n".join([head, *(field.source for field in _fields(handbook, step)), ""])


def _fields(handbook: Handbook, step: str | None) -> Iterator[_Field]:
    """The metadata's fields, then the quantities'; where the step is open, no quantity has to be there."""
    always = {entry.name for entry in handbook.metadata}
    taken: set[str] = set()
    one = step is not None or handbook.rows.step is None
    for entry in entries_of(handbook, step):
        name = _python_name(entry.name, taken)
        taken.add(name)
        bounded = entry if step is not None else widest(handbook, entry)
        if entry.name == handbook.rows.step and not entry.allowed:
            bounded = bounded.model_copy(update={"allowed": tuple(each.name for each in handbook.steps)})
        yield _Field(name, bounded, entry.required and (one or entry.name in always))


def _python_name(name: str, taken: set[str]) -> str:
    """Return a name that Python and pydantic take, the column's own if it is one."""
    plain = re.sub(r"\W", "_", name, flags=re.ASCII).strip("_")
    if not plain or plain[0].isdigit() or keyword.iskeyword(plain) or hasattr(BaseModel, plain) or plain[:5] == "model":
        plain = f"column_{plain}".rstrip("_")
    return next(one for one in (plain, *(f"{plain}_{i}" for i in range(2, len(taken) + 3))) if one not in taken)


def _class_name(handbook: Handbook, step: str | None) -> str:
    words = f"{handbook.name}_{step or ''}_row"
    return "".join(word.capitalize() for word in re.sub(r"\W", "_", words, flags=re.ASCII).split("_"))
