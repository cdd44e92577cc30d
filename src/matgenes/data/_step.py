"""What a step of a study is made of: it takes a dataset and a context, and gives a result that anyone can show.

The report, the record and the web pages know no step by name; they know these small types.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self, TypeAlias, runtime_checkable

from .._core.errors import InputError
from .._core.progress import Progress, silent
from ._dataset import Dataset

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure

__all__ = ["Context", "Figure", "Hover", "Output", "Step", "StepResult", "Tolerance", "Value"]

Value: TypeAlias = Dataset | float | int | str | bool


@dataclass(frozen=True)
class Tolerance:
    """How far an output may differ when it is computed again.

    ``exact``: equal content. ``close``: numbers within ``absolute + relative * |recorded|``, all else equal.
    ``same_set``: the same rows in any order; ``same_ranking``: the same rows in the same order; both by the text
    columns (without any: whole rows, and the first column).
    """

    kind: Literal["exact", "close", "same_set", "same_ranking"] = "exact"
    absolute: float = 0.0
    relative: float = 0.0

    def __post_init__(self) -> None:
        if not (self.absolute >= 0 and self.relative >= 0):
            raise InputError(f"a tolerance must be zero or positive, not {self.absolute}, {self.relative}.")
        if self.kind == "close" and not (self.absolute or self.relative):
            raise InputError("the tolerance 'close' needs an absolute or a relative bound above zero.")

    @classmethod
    def exact(cls) -> Self:
        """Equal content."""
        return cls("exact")

    @classmethod
    def close(cls, *, absolute: float = 0.0, relative: float = 0.0) -> Self:
        """Numbers within ``absolute + relative * |recorded value|``."""
        return cls("close", absolute, relative)

    @classmethod
    def same_set(cls) -> Self:
        """The same rows, by their text columns, in any order."""
        return cls("same_set")

    @classmethod
    def same_ranking(cls) -> Self:
        """The same rows, by their text columns, in the same order."""
        return cls("same_ranking")


@dataclass(frozen=True)
class Output:
    """A number, text or table that a record keeps and a re-run is compared with."""

    value: Value
    tolerance: Tolerance = Tolerance()
    description: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Hover:
    """Which columns of a figure's data a hoverable scatter shows: coordinates, error bars, colour, texts.

    ``diagonal`` draws the line y = x, for parity plots.
    """

    x: str
    y: str
    error_x: str | None = None
    error_y: str | None = None
    color: str | None = None
    text: tuple[str, ...] = ()
    diagonal: bool = False
    title: str = ""


@dataclass(frozen=True)
class Figure:
    """A picture with its caption and the numbers that it shows; ``draw`` makes the matplotlib figure."""

    name: str
    caption: str
    data: Dataset
    draw: Callable[[], MatplotlibFigure]
    hover: Hover | None = None


@dataclass(frozen=True)
class StepResult:
    """What a step found.

    Parameters
    ----------
    title, text : str
        Heading and paragraphs: plain text, with stars around bold words and backticks around code.
    findings : tuple of str
        The findings in words, most important first.
    tables, captions : mapping
        Tables by name, and what each shows.
    figures : tuple of Figure
        Pictures in the order of reading.
    outputs : mapping of str to Output
        What the record keeps and a re-run must give again.
    headline : tuple of (label, value, note)
        Numbers that belong at the top of the report.
    splits : mapping of str to str
        Ids of the train/test splits used.
    methods : str
        Sentences for a paper's methods section.
    citations : tuple of str
        Keys of ``report.citations``.
    files : mapping of str to callable
        Writers of further files or folders: each is called with the path that it shall write.
    products : mapping of str to object
        What later steps may use, a fitted model for instance; not recorded.
    """

    title: str
    text: str = ""
    findings: tuple[str, ...] = ()
    tables: Mapping[str, Dataset] = field(default_factory=dict)
    captions: Mapping[str, str] = field(default_factory=dict)
    figures: tuple[Figure, ...] = ()
    outputs: Mapping[str, Output] = field(default_factory=dict)
    headline: tuple[tuple[str, str, str], ...] = ()
    splits: Mapping[str, str] = field(default_factory=dict)
    methods: str = ""
    citations: tuple[str, ...] = ()
    files: Mapping[str, Callable[[Path], None]] = field(default_factory=dict)
    products: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for attribute in dataclasses.fields(self):
            value = getattr(self, attribute.name)
            if isinstance(value, dict):
                object.__setattr__(self, attribute.name, MappingProxyType(dict(value)))


@dataclass(frozen=True)
class Context:
    """What a step knows of the study around it.

    ``goal`` is "maximise", "minimise" or the value to be reached; ``left_out`` says of each feature that cannot be
    used why; ``notes`` are what the reader noticed in the file; ``parameters`` is an instance of the step's own
    ``Parameters``, made from its section of the study file; ``results`` are those of the steps before it;
    ``checkpoint`` is a folder for the journals of long computations.
    """

    seed: int
    target: str
    goal: str | float = "maximise"
    log_target: bool = False
    features: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    groups: str | None = None
    candidates: Dataset | None = None
    parameters: Any = None
    results: Mapping[str, StepResult] = field(default_factory=dict)
    progress: Progress = silent
    executor: Executor | None = None
    checkpoint: Path | None = None


@runtime_checkable
class Step(Protocol):
    """One class a step; found by its entry point in the group ``matgenes.steps``."""

    name: str
    after: tuple[str, ...]
    """Names of the steps that must have run before it."""
    Parameters: type[Any]
    """A frozen pydantic model of its section of the study file; every entry has a default."""

    def run(self, dataset: Dataset, context: Context) -> StepResult:
        """Do the work; the dataset holds all rows, the context says which columns play which part."""
        ...
