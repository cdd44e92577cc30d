"""The report: one HTML file that opens offline, and the figures beside it as SVG, PNG and their numbers as CSV.

All that comes from data or steps passes through the templates' automatic escaping. The page forbids itself to load
anything (``default-src 'none'``) and to run any script but its own two, which are named by their hashes.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import Any

from markupsafe import Markup

from .._core.errors import InputError
from .._core.files import atomic_folder, write_bytes, write_text
from ..data import Dataset, Figure, StepResult
from . import style
from ._files import FIGURES, TABLES, recorded, stem
from ._methods import methods
from ._svg import inline_svg
from ._tables import TableView, table_view
from ._text import bare, inline, paragraphs
from .citations import bibtex

__all__ = ["ReportContent", "write_report"]

REPORT = "report.html"


@dataclass(frozen=True)
class ReportContent:
    """What a report says.

    Parameters
    ----------
    title : str
        Heading of the page.
    summary : tuple of str
        The main findings in words, the most important first (``**bold**`` and `` `code` `` may be used).
    facts : mapping of str to str
        How it was made: data id, numbers of rows, seed, versions. An entry ``"matgenes"`` is our version.
    results : mapping of str to StepResult
        By the steps' names, in the order of reading.
    rerun : str
        The commands that make and check it again, one a line.
    headline : tuple of (label, value, note)
        Numbers for the top of the page; the first one, the honest one, stands out.
    subtitle : str
        A line under the title.
    """

    title: str
    summary: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    results: Mapping[str, StepResult] = field(default_factory=dict)
    rerun: str = ""
    headline: tuple[tuple[str, str, str], ...] = ()
    subtitle: str = ""


@dataclass(frozen=True)
class FigureView:
    """A figure on the page: number, file name without suffix, caption, drawing, and the hoverable plot or nothing."""

    number: int
    stem: str
    caption: Markup
    drawing: Markup
    hover: Markup


@dataclass(frozen=True)
class TablePlace:
    """A table on the page: number, anchor, path of the whole of it, caption, cells."""

    number: int
    stem: str
    path: str
    caption: Markup
    view: TableView


@dataclass(frozen=True)
class Section:
    """A step on the page."""

    anchor: str
    title: str
    findings: tuple[Markup, ...]
    paragraphs: tuple[Markup, ...]
    figures: tuple[FigureView, ...]
    tables: tuple[TablePlace, ...]


def write_report(folder: str | Path, content: ReportContent) -> Path:
    """Write ``report.html`` and ``figures/`` into a folder that exists; those of an earlier report are replaced.

    For every figure there are ``figures/<step>-<name>.svg``, ``.png`` and ``.csv`` (with its sidecar). A long table is
    shown in part, with a link to all of it: a table that is also an output lies in ``tables/<step>/<output>.csv``,
    which is the record's to write, any other in ``tables/<step>-<name>.csv``. Equal content gives equal bytes. A page
    takes less than 1 MB a figure, less than 2 MB for one that can be hovered over, and 5 MB more for plotly.js if there
    is such a one.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    InputError
        If the folder is missing or cannot be written to, two figures or tables have one name, or a step names a
        citation or column that does not exist.
    """
    folder = Path(folder)
    _check_names(content.results)
    with atomic_folder(folder / FIGURES, replace=True) as figures:
        sections = tuple(_sections(folder, figures, content.results))
    write_text(folder / REPORT, _page(content, sections))
    return folder / REPORT


def _check_names(results: Mapping[str, StepResult]) -> None:
    """Refuse two figures, or two tables, whose files would have one name."""
    drawn = Counter(stem(step, figure.name) for step, result in results.items() for figure in result.figures)
    shown = Counter(stem(step, name) for step, result in results.items() for name in result.tables)
    for what, names in (("figures", drawn), ("tables", shown)):
        name, times = next(iter(names.most_common(1)), ("", 0))
        if times > 1:
            raise InputError(f"{times} {what} of this study would be called '{name}'; give them different names.")


def _sections(folder: Path, drawings: Path, results: Mapping[str, StepResult]) -> Iterator[Section]:
    """Draw and write step by step; figures and tables are numbered through the whole page."""
    figures, tables = count(1), count(1)
    for step, result in results.items():
        yield Section(
            anchor=f"step-{stem(step, '')}",
            title=result.title,
            findings=tuple(inline(finding) for finding in result.findings),
            paragraphs=paragraphs(result.text),
            figures=tuple(
                _figure(drawings, stem(step, figure.name), figure, next(figures)) for figure in result.figures
            ),
            tables=tuple(
                _table(folder, step, result, name, dataset, next(tables)) for name, dataset in result.tables.items()
            ),
        )


def _figure(folder: Path, name: str, figure: Figure, number: int) -> FigureView:
    """Draw a figure and write it and its numbers into the folder."""
    picture = figure.draw()
    drawing = style.svg(picture)
    picture.set_layout_engine("none")  # the layout is found; finding it again for the PNG would take as long again
    write_text(folder / f"{name}.svg", drawing)
    write_bytes(folder / f"{name}.png", style.png(picture))
    figure.data.write(folder / f"{name}.csv")
    title = bare(figure.caption)
    return FigureView(number, name, inline(figure.caption), inline_svg(drawing, name, title), _hover(figure, title))


def _table(folder: Path, step: str, result: StepResult, name: str, dataset: Dataset, number: int) -> TablePlace:
    """Show a table, and write it where no output of the step holds it."""
    path = recorded(step, result, dataset)
    if path is None:
        path = f"{TABLES}/{stem(step, name)}.csv"
        (folder / TABLES).mkdir(exist_ok=True)
        dataset.write(folder / path)
    return TablePlace(number, stem(step, name), path, inline(result.captions.get(name, "")), table_view(dataset))


def _hover(figure: Figure, title: str) -> Markup:
    if figure.hover is None or not len(figure.data):
        return Markup("")
    from .hover import hover_scatter

    return hover_scatter(figure.data, figure.hover, title)


def _page(content: ReportContent, sections: tuple[Section, ...]) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    templates = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["inline"] = inline
    scripts = _scripts(any(figure.hover for section in sections for figure in section.figures))
    software = f"matgenes {content.facts.get('matgenes', '')}".strip()
    found = methods(content.results.values(), software)
    view: dict[str, Any] = {
        "content": content,
        "sections": sections,
        "software": software,
        "methods": found,
        "bibtex": bibtex(found.references),
        "style": Markup(_asset("report.css")),
        "scripts": [Markup(script) for script in scripts],
        "policy": _policy(scripts),
        "figures": FIGURES,
    }
    return templates.get_template("report.html.jinja").render(view)


def _scripts(with_plotly: bool) -> list[str]:
    """Return the page's own scripts; plotly.js, which is the bulk of the file, only where it is needed."""
    if not with_plotly:
        return [_asset("report.js")]
    from plotly.offline import get_plotlyjs

    return [str(get_plotlyjs()).replace("\r\n", "\n"), _asset("report.js")]


def _policy(scripts: list[str]) -> str:
    """Return the content security policy that lets exactly these scripts run and nothing be loaded."""
    hashes = (base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def _asset(name: str) -> str:
    return files(__package__).joinpath("templates", name).read_text(encoding="utf-8")
