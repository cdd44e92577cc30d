"""What the pages promise: their Python runs, and the study page names every entry of a study file."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from pydantic import BaseModel

from matgenes.study import Study

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def programs() -> list[object]:
    """The Python of each page, its blocks joined; a block headed ``python no-run`` is only for reading."""
    blocks = {page: BLOCK.findall(page.read_text("utf-8")) for page in PAGES}
    return [pytest.param("\n".join(code), id=page.name) for page, code in blocks.items() if code]


def entries(model: type[BaseModel]) -> Iterator[str]:
    """Names of all entries of a section and of the sections in it."""
    for name, field in model.model_fields.items():
        yield name
        for inner in [field.annotation, *getattr(field.annotation, "__args__", ())]:
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from entries(inner)


@pytest.mark.slow
@pytest.mark.parametrize("program", programs())
def test_the_python_of_a_page_runs(program, tmp_path):
    command = [sys.executable, "-W", "error:::matgenes", "-c", program]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def all_entries() -> list[str]:
    steps = [step.load().Parameters for step in entry_points(group="matgenes.steps")]
    return sorted({name for model in (Study, *steps) for name in entries(model)})


@pytest.mark.parametrize("entry", all_entries())
def test_the_study_page_names_every_entry(entry):
    page = (ROOT / "docs" / "study.md").read_text("utf-8")
    assert re.search(rf"[`\[.]{entry}[`\]. <]", page)
