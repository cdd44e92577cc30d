"""The handbook as users meet it: read from a file, checked against, and turned into sheets, models and schemas."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ..._core.canonical import hash_of
from ..._core.errors import InputError
from ..._core.files import write_text
from .._validated import validated
from ._model import Content
from ._read import is_yaml, line_of, read_text, shipped, shipped_names, understood

if TYPE_CHECKING:
    from pydantic import BaseModel

    from .._dataset import Dataset

__all__ = ["Handbook"]


class Handbook(Content):
    """A procedure that a machine can check: steps, their quantities, certified standards, required metadata.

    The fields are those of a handbook's file; ``matgenes handbook schema`` prints its JSON Schema.

    Examples
    --------
    >>> handbook = Handbook.named("oxidation_catalysts")
    >>> [step.name for step in handbook.steps][:3]
    ['synthesis', 'characterisation_fresh', 'activation']
    """

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Self:
        """Read a handbook from a file, TOML or YAML; it may come from a stranger, and nothing in it is run.

        Raises
        ------
        InputError
            If the file cannot be read, or says something that a handbook cannot mean; entry and line are named.
        """
        path = Path(path)
        text = read_text(path)
        try:
            return cls.parse(text, yaml=is_yaml(path))
        except InputError as error:
            raise error.at(file=path) from None

    @classmethod
    def named(cls, name: str) -> Self:
        """Return a handbook that ships with the package, or read the file of that name. Raises as :meth:`read`."""
        return cls.read(shipped(name) if name in shipped_names() else name)

    @classmethod
    def parse(cls, text: str, *, yaml: bool = False) -> Self:
        """Return the handbook that a text in TOML, or YAML, describes. Raises as :meth:`read`."""
        entries = understood(text, yaml=yaml)
        try:
            return validated(cls, entries)
        except InputError as error:
            raise error.at(row=line_of((error.column or "").split("."), text)) from None

    @staticmethod
    def names() -> tuple[str, ...]:
        """Return the names of the handbooks that ship with the package."""
        return shipped_names()

    @property
    def id(self) -> str:
        """Name, version and a hash of the content, such as ``"diffusion/1/0123456789ab"``."""
        return f"{self.name}/{self.version}/{hash_of(self.model_dump(mode='json')).removeprefix('sha256:')[:12]}"

    def sheet(self, step: str | None = None) -> Dataset:
        """Return an empty table with the columns of all steps, or of one, with their units, roles and bounds.

        Raises
        ------
        InputError
            If there is no such step.
        """
        from ._sheet import sheet

        return sheet(self, step)

    def row_model(self, step: str | None = None) -> type[BaseModel]:
        """Return a pydantic model of one row: of any step, or of one, whose required values must then be there.

        Raises as :meth:`sheet`.
        """
        from ._row_model import row_model

        return row_model(self, step)

    def row_schema(self, step: str | None = None) -> dict[str, Any]:
        """Return the JSON Schema of one row; each number tells its ``unit``. Raises as :meth:`sheet`."""
        schema = self.row_model(step).model_json_schema(by_alias=True)
        return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}

    def row_source(self, step: str | None = None) -> str:
        """Return the pydantic model of one row as the text of a Python file. Raises as :meth:`sheet`."""
        from ._row_model import row_source

        return row_source(self, step)

    def template(self, path: str | os.PathLike[str], step: str | None = None) -> None:
        """Write what a laboratory fills in or checks with: by its suffix a sheet, a model or a schema.

        Parameters
        ----------
        path : path
            ``.xlsx`` or ``.csv``: an empty sheet with units in the headers, and a sidecar with descriptions and
            bounds; ``.py``: the pydantic model of a row; ``.json``: its JSON Schema.
        step : str, optional
            Only this step's columns, behind those of the metadata.

        Raises
        ------
        InputError
            If the suffix is another one, there is no such step, or the place cannot be written to.
        """
        import json

        suffix = Path(path).suffix.lower()
        if suffix in {".xlsx", ".csv"}:
            self.sheet(step).write(path)
        elif suffix == ".py":
            write_text(path, self.row_source(step))
        elif suffix == ".json":
            write_text(path, json.dumps(self.row_schema(step), indent=2, ensure_ascii=False) + "\n")
        else:
            problem = f"the suffix '{suffix}' is not known; a template is .xlsx, .csv, .py or .json."
            raise InputError(problem, file=path)


def file_schema() -> dict[str, Any]:
    """Return the JSON Schema of a handbook's file, for editors; it ships as ``handbook.schema.json``."""
    schema = {**Handbook.model_json_schema(), "title": "A handbook of matgenes"}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
