"""The methods paragraph that a paper would need, with numbered references, made from what was run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..data import StepResult
from .citations import Citation, cite

__all__ = ["Methods", "methods"]

_MARK = re.compile(r"\s*\[@([^\[\]]+)\]")
_ALWAYS = (
    "Tables, figures and this text were made with {software}, which follows the roadmap on data-centric materials "
    "science [@bauer2024] and builds on NumPy [@numpy], pandas [@pandas], Apache Arrow [@arrow] and Matplotlib "
    "[@matplotlib]."
)


@dataclass(frozen=True)
class Methods:
    """The paragraph, in which ``[1]`` is the first of ``references``."""

    text: str
    references: tuple[Citation, ...]


def methods(results: Iterable[StepResult], software: str = "matgenes") -> Methods:
    """Join what the steps say about their methods into one paragraph and number what they cite.

    A step's sentences may name a citation where it belongs, ``"... by a Gaussian process [@rasmussen2006]."``,
    several as ``[@breiman2001; @geurts2006]``; what a step lists in ``citations`` and does not place is put at the end
    of its sentences. References are numbered in the order of reading.

    Parameters
    ----------
    results : iterable of StepResult
        In the order of reading.
    software : str
        Our own name and version, for the last sentence.

    Raises
    ------
    InputError
        If a key of a citation is unknown.

    Examples
    --------
    >>> found = methods([StepResult("Predict", methods="Forests were fitted.", citations=("breiman2001",))])
    >>> found.text[:25], found.references[0].key
    ('Forests were fitted [1]. ', 'breiman2001')
    """
    numbers: dict[str, int] = {}
    parts = [_sentences(result, numbers) for result in results]
    parts.append(_numbered(_ALWAYS.format(software=software), numbers))
    return Methods(" ".join(part for part in parts if part), tuple(cite(key) for key in numbers))


def _sentences(result: StepResult, numbers: dict[str, int]) -> str:
    """Return the step's sentences with their marks numbered, and at the end what it cites without placing it."""
    text = _numbered(result.methods.strip(), numbers)
    placed = {key for mark in _MARK.findall(result.methods) for key in _keys(mark)}
    rest = [key for key in result.citations if key not in placed]
    if not rest:
        return text
    joined = f"{(text or result.title).removesuffix('.')} {_bracket(rest, numbers)}."
    return joined.replace("] [", ", ")


def _numbered(text: str, numbers: dict[str, int]) -> str:
    return _MARK.sub(lambda mark: f" {_bracket(_keys(mark.group(1)), numbers)}", text)


def _bracket(keys: Iterable[str], numbers: dict[str, int]) -> str:
    """Return ``"[1, 2]"``, giving the next numbers to keys that have none yet."""
    found = sorted({numbers.setdefault(key, len(numbers) + 1) for key in keys})
    return f"[{_ranges(found)}]"


def _keys(mark: str) -> list[str]:
    return [key.strip().removeprefix("@") for key in mark.split(";")]


def _ranges(numbers: list[int]) -> str:
    """Turn [1, 2, 3, 5] into ``"1–3, 5"``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)
