"""What the report's page needs to know of a study: headline, facts, findings, and how to run it again."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from .. import __version__
from ..data import StepResult
from ..report import ReportContent, write_report
from ._inputs import Inputs
from ._study import Study

__all__ = ["main_findings", "write_page"]


def write_page(folder: Path, study: Study, inputs: Inputs, results: Mapping[str, StepResult], final: Path) -> None:
    """Write ``report.html`` and its figures into ``folder``; ``final`` is the name that the folder will have."""
    content = ReportContent(
        title=study.title,
        summary=main_findings(results),
        facts=_facts(study, inputs),
        results=results,
        rerun=f"matgenes verify {final.name}  # runs it again and compares\nmatgenes run study.toml  # after a change",
        headline=tuple(card for result in results.values() for card in result.headline),
    )
    write_report(folder, content)


def main_findings(results: Mapping[str, StepResult]) -> tuple[str, ...]:
    """Return the findings of all steps: the first of every step, the last step's before, then the second ones."""
    ranked = [
        (rank, -place, finding)
        for place, result in enumerate(results.values())
        for rank, finding in enumerate(result.findings)
    ]
    return tuple(finding for _, _, finding in sorted(ranked))


def _facts(study: Study, inputs: Inputs) -> dict[str, str]:
    facts = {
        "Data": f"{inputs.file('data')}, {len(inputs.data)} rows",
        "Data id": inputs.data.id,
        "Target": f"{inputs.data.quantity(study.target.column).label}, goal: {study.target.goal}",
    }
    if inputs.candidates is not None:
        facts["Candidates"] = f"{inputs.file('candidates')}, {len(inputs.candidates)} rows"
        facts["Candidates id"] = inputs.candidates.id
    if inputs.handbook is not None:
        facts["Handbook"] = f"{inputs.handbook}, rows that are not clean: {study.data.unclean}"
    facts["Seed"] = str(study.seed)
    facts["matgenes"] = __version__
    libraries = ("numpy", "scipy", "scikit-learn", "pandas", "pyarrow")
    facts["Libraries"] = ", ".join(f"{library} {version(library)}" for library in libraries)
    facts["Python"] = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return facts
