"""What was computed from what, by which code, with which result: a small JSON file that can be checked and re-run.

The **id** is the hash of the canonical JSON of inputs, code, parameters, seed and outputs: what was done and what came
of it. The **seal** is the hash of the id and all the rest (environment, agent, times, files, texts), so that the same
computation on two machines has one id and two seals, and no byte of a record changes unnoticed.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeAlias, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    model_validator,
)

from .._core.canonical import canonical_json, hash_of
from .._core.errors import InputError, did_you_mean
from .._core.files import write_text
from ..data import Dataset, Reference, Tolerance
from . import _schema
from ._code import Code
from ._paths import RECORD, inside, relative
from ._tables import read_table
from .environment import Environment

__all__ = ["Hash", "Record", "RecordedInput", "RecordedOutput", "Scalar"]

Hash: TypeAlias = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
InsidePath: TypeAlias = Annotated[str, AfterValidator(relative)]
Scalar: TypeAlias = bool | Annotated[int, Field(ge=-(2**63), lt=2**63)] | float | str | None


def _canonical(value: object) -> object:
    """Bring parameters to plain JSON once and for all: tuples to lists, -0.0 to 0.0, texts to NFC, all copied."""
    try:
        return json.loads(canonical_json(value))
    except TypeError as error:
        raise ValueError(str(error)) from None


IDENTITY: Any = {
    "inputs": {"__all__": {"id"}},
    "code": True,
    "parameters": True,
    "seed": True,
    "outputs": {"__all__": {"value", "table", "unit", "tolerance"}},
}
"""What the id covers, as pydantic's ``include`` wants it."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class RecordedInput(_Part):
    """A dataset that went in: its content id, its copy in the record's folder, and the file that it was read from."""

    id: Hash
    path: InsidePath
    origin: Reference | None = None


class RecordedOutput(_Part):
    """A number, truth or text (``value``; None is a missing number), or a table by content id with its Parquet file."""

    value: Scalar = None
    table: Hash | None = None
    path: InsidePath | None = None
    unit: str = ""
    description: str = ""
    tolerance: Tolerance = Tolerance()

    @model_validator(mode="after")
    def _is_value_or_table(self) -> Self:
        if (self.table is None) != (self.path is None) or (self.table is not None and self.value is not None):
            raise ValueError("an output is either a value or a table with its path")
        return self


Part = TypeVar("Part", bound=_Part)


def _named(parts: Mapping[str, Part], name: str, kind: str) -> Part:
    if name not in parts:
        raise InputError(f"the record has no {kind} '{name}'.{did_you_mean(name, parts)}")
    return parts[name]


class Record(_Part):
    """What a computation took, did and gave.

    Parameters
    ----------
    kind : str
        Name of the runner that can do it again (entry points of the group ``matgenes.runners``), e.g. "study".
    title : str
        For readers.
    inputs : dict of str to RecordedInput
        The datasets that went in; names are such that files can be named after them, also those of outputs.
    code : Code
        Package, version and hash of its source.
    parameters : dict
        Plain JSON data, all that a re-run needs beside inputs and seed.
    seed : int, optional
        Entropy of all random numbers.
    splits : dict of str to str
        Ids of the train/test splits that were used.
    outputs : dict of str to RecordedOutput
        What came out, each with the tolerance of a re-run.
    files : dict of str to str
        SHA-256 of every other file of the folder, by its path; for integrity only, never compared with a re-run.
    outcome : {"accepted", "negative", "failed"}
        What came of it.
    handbook : str, optional
        Id of the procedure that was followed.
    environment : Environment
        Python, platform, processor, packages, libraries.
    agent : str
        Who or what did it.
    started : datetime with time zone, optional
        When it began.
    duration : float, optional
        How long it took, in seconds.

    Raises
    ------
    pydantic.ValidationError
        A ``ValueError``; if a field is missing, unknown or of a wrong type, a path may leave the folder, or the file of
        an input or of a table is not among ``files``.

    Examples
    --------
    >>> record = Record(kind="study", code=Code.here(), environment=Environment.here(), seed=7)
    >>> record.id == record.model_copy(update={"agent": "A. Smith"}).id
    True
    """

    schema_version: Literal[1] = 1
    kind: str = Field(min_length=1)
    title: str = ""
    inputs: dict[InsidePath, RecordedInput] = {}
    code: Code
    parameters: Annotated[dict[str, JsonValue], BeforeValidator(_canonical)] = {}
    seed: Annotated[int, Field(ge=0)] | None = None
    splits: dict[str, str] = {}
    outputs: dict[InsidePath, RecordedOutput] = {}
    files: dict[InsidePath, Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]] = {}
    outcome: Literal["accepted", "negative", "failed"] = "accepted"
    handbook: str | None = None
    environment: Environment
    agent: str = ""
    started: AwareDatetime | None = None
    duration: Annotated[float, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _files_are_listed(self) -> Self:
        paths = [given.path for given in self.inputs.values()] + [output.path for output in self.outputs.values()]
        for path in paths:
            if path is not None and path not in self.files:
                raise ValueError(f"the table '{path}' is not among the record's files")
        return self

    @property
    def id(self) -> str:
        """``"sha256:..."`` of inputs, code, parameters, seed and outputs."""
        return hash_of(self.model_dump(mode="json", include=IDENTITY))

    @property
    def environment_seal(self) -> str:
        """``"sha256:..."`` of the id and of all that the id leaves out."""
        return hash_of([self.id, self.to_dict()])

    def to_dict(self) -> dict[str, Any]:
        """Return the record as plain JSON data, without id and seal."""
        return self.model_dump(mode="json")

    def input(self, folder: str | os.PathLike[str], name: str) -> Dataset:
        """Read an input back from the record's folder, as the computation saw it.

        Raises
        ------
        InputError
            If there is no such input, or its file is missing, leads out of the folder or is no table.
        """
        return read_table(inside(Path(folder), _named(self.inputs, name, "input").path))

    def output(self, folder: str | os.PathLike[str], name: str) -> Dataset | Scalar:
        """Return an output; a table is read from the record's folder. Raises as :meth:`input`."""
        output = _named(self.outputs, name, "output")
        return output.value if output.path is None else read_table(inside(Path(folder), output.path))

    def write(self, folder: str | os.PathLike[str]) -> None:
        """Write ``record.json`` into the folder, whole or not at all.

        Raises
        ------
        InputError
            If the folder is missing or cannot be written to.
        """
        sealed = {"id": self.id, "environment_seal": self.environment_seal} | self.to_dict()
        write_text(Path(folder) / RECORD, json.dumps(sealed, indent=2, ensure_ascii=False, allow_nan=False) + "\n")

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Record:
        """Read a record from its folder or its JSON file.

        Raises
        ------
        InputError
            If there is none, it is not a record, was written by a newer matgenes, or was changed after it was written.
        """
        file, record, problem = read_unchecked(path)
        if problem is not None:
            raise InputError(problem, file=file)
        return record


_MODELS = (Record, RecordedInput, RecordedOutput, Code, Environment)
_KEYS = {name for model in _MODELS for name in model.model_fields} | {"id", "environment_seal"}
_KEYS |= {field.name for each in (Reference, Tolerance) for field in dataclasses.fields(each)}


@contextmanager
def explained(file: Path | None = None) -> Iterator[None]:
    """Turn pydantic's long answer into one line about one key."""
    try:
        yield
    except ValidationError as error:
        raise _schema.as_input_error(error, _KEYS).at(file=file) from None


def read_unchecked(path: str | os.PathLike[str]) -> tuple[Path, Record, str | None]:
    """Return the JSON file, its record, and what id and seal say against it, if anything. Raises as Record.read."""
    file, plain = _schema.load(path)
    stated = {key: plain.pop(key, None) for key in ("id", "environment_seal")}
    with explained(file):
        record = Record.model_validate_json(json.dumps(plain))
    return file, record, _problem(record, stated["id"], stated["environment_seal"])


def _problem(record: Record, stated_id: object, stated_seal: object) -> str | None:
    changed = "this record was changed after it was written"
    if record.id != stated_id:
        return f"{changed}: its content has the id {record.id}, it states {stated_id!s:.80}."
    if record.environment_seal != stated_seal:
        return f"{changed}: its environment, agent, times, files or texts do not fit its seal, {stated_seal!s:.80}."
    return None
