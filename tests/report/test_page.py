"""The page: complete, self-contained, equal for equal content, accessible, of stated size, and safe to open."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from matgenes._core.errors import InputError
from matgenes.data import Dataset, Figure, Hover, Output, Quantity, StepResult
from matgenes.report import ReportContent, figures, write_report

SUFFIXES = ("csv", "csv.toml", "png", "svg")
LOADERS = {"script", "img", "link", "iframe", "object", "embed", "video", "audio", "source", "image", "base", "form"}


class Page(HTMLParser):
    """All elements of a page, its visible text, and the texts of its scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.text = ""
        self.inside = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.inside = tag
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        if self.inside == "script":
            self.scripts[-1] += data
        else:
            self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def html(tmp_path, content):
    return write_report(tmp_path, content).read_text(encoding="utf-8")


@pytest.fixture
def page(html):
    return Page(html)


def test_everything_stands_on_the_page(page):
    for text in [
        "Slow solutes", "0.28 ± 0.02 eV", "The honest number.", "Known hosts", "a<b", "Figure 1.", "Figure 2.",
        "Table 1.",
        "the first 15 of 40 rows", "tables/predict-rows.csv", "sha256:0123", "matgenes verify .", "record.json",
        "A Gaussian process was fitted [1, 2].", "Scikit-learn: Machine learning in Python", "@book{rasmussen2006,",
    ]:  # fmt: skip
        assert text in page.text


def test_whole_tables_lie_beside_the_page_or_where_the_record_writes_them(tmp_path, predictions):
    other = predictions.take([0, 1])
    step = StepResult("A", tables={"rows": predictions, "some": other}, outputs={"all rows": Output(predictions)})
    page = Page(write_report(tmp_path, ReportContent("t", results={"a": step})).read_text(encoding="utf-8"))
    assert {"tables/a/all%20rows.csv", "tables/a-some.csv"} <= {link["href"] for link in page.all("a")}
    assert [path.name for path in (tmp_path / "tables").glob("*.csv")] == ["a-some.csv"]
    assert len(Dataset.read(tmp_path / "tables" / "a-some.csv")) == 2


def test_figures_lie_beside_the_page(tmp_path, content):
    write_report(tmp_path, content)
    names = sorted(path.name for path in (tmp_path / "figures").iterdir())
    assert names == [f"predict-{name}.{suffix}" for name in ("errors", "parity") for suffix in SUFFIXES]
    assert (tmp_path / "figures" / "predict-errors.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "figures" / "predict-errors.csv").read_text().startswith("host,energy")


def test_nothing_is_loaded_from_anywhere(html, page):
    for tag, attributes in page.elements:
        for name in ("src", "srcset", "data", "poster", "action"):
            assert not (attributes.get(name) or "").strip().startswith(("http", "//")), (tag, attributes)
        if tag in LOADERS:
            assert not (attributes.get("href") or "").startswith(("http", "//")), (tag, attributes)
    assert "@import" not in html
    assert not re.search(r"<link\b", html)
    policy = next(meta["content"] for meta in page.all("meta") if meta.get("http-equiv"))
    assert policy.startswith("default-src 'none'; ")


def test_outward_links_are_those_of_the_references(page):
    outward = {link["href"] for link in page.all("a") if link["href"].startswith("http")}
    assert "https://doi.org/10.1088/1361-651X/ad4d0d" in outward
    assert all(link.startswith(("https://doi.org/", "https://")) for link in outward)
    inward = {link["href"] for link in page.all("a")} - outward
    assert all(link.startswith(("#", "figures/", "tables/")) for link in inward)


def test_plotly_is_embedded_once_and_only_where_it_is_needed(tmp_path, content, html):
    assert html.count("plotly.js v") == 1
    assert len(html) < 5_200_000 + 2 * 1_000_000
    still = StepResult("Still", figures=content.results["predict"].figures[:1])
    path = write_report(tmp_path, ReportContent("t", results={"a": still}))
    assert "plotly.js" not in path.read_text(encoding="utf-8")
    assert path.stat().st_size < 1_000_000


def test_only_the_pages_own_scripts_may_run(page):
    policy = next(meta["content"] for meta in page.all("meta") if meta.get("http-equiv"))
    hashes = set(re.findall(r"'sha256-([^']+)'", policy))
    code = [
        text
        for text, attributes in zip(page.scripts, page.all("script"), strict=True)
        if attributes.get("type") != "application/json"
    ]
    assert {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in code} == hashes
    assert "unsafe-inline" not in policy.split("style-src")[0]
    assert "unsafe-eval" not in policy
    assert not [attributes for _, attributes in page.elements if any(name.startswith("on") for name in attributes)]


def test_ids_are_unique_and_links_inside_lead_somewhere(page):
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.elements:
        for value in attributes.values():
            for reference in re.findall(r"^#(.+)$|url\(#([^)]+)\)", value or ""):
                assert "".join(reference) in ids


def test_pictures_have_words_and_heads_have_scopes(page):
    assert all(svg.get("aria-label") for svg in page.all("svg") if svg.get("role") == "img")
    assert len([svg for svg in page.all("svg") if svg.get("role") == "img"]) == 2
    assert all(head.get("scope") in {"col", "row"} for head in page.all("th"))
    assert page.all("html")[0]["lang"] == "en"


def test_a_style_sheet_in_a_drawing_cannot_reach_the_page(page):
    assert len(page.all("style")) == 1


def test_equal_content_gives_equal_bytes(tmp_path, content):
    pages = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        pages.append(write_report(tmp_path / name, content).read_bytes())
    assert pages[0] == pages[1]


def test_a_second_report_replaces_the_first(tmp_path, content):
    write_report(tmp_path, content)
    write_report(tmp_path, ReportContent("Nothing yet"))
    assert list((tmp_path / "figures").iterdir()) == []
    assert "Nothing yet" in (tmp_path / "report.html").read_text()


def test_evil_texts_everywhere_stay_texts(tmp_path, evil):
    ds = Dataset.from_columns(
        {
            Quantity(evil, unit="eV", description=evil): [1.0, 2.0],
            Quantity("y", unit=""): [0.1, 0.2],
            Quantity("t"): [evil, "x"],
        }
    )
    drawn = Figure(evil, evil, ds, lambda: figures.histogram([1.0, 2.0], name=evil).figure, Hover(evil, "y", color="t"))
    step = StepResult(
        evil, text=evil, findings=(evil,), tables={evil: ds}, captions={evil: evil}, figures=(drawn,), methods=evil,
        citations=(evil,),
    )  # fmt: skip
    content = ReportContent(evil, (evil,), {evil: evil}, {evil: step}, evil, ((evil, evil, evil),), evil)
    page = Page(write_report(tmp_path, content).read_text(encoding="utf-8"))
    assert page.text.count("<img src=x onerror=alert(2)>") > 15
    assert not page.all("img")
    assert len([script for script in page.all("script") if script.get("type") != "application/json"]) == 2
    assert not [attributes for _, attributes in page.elements if any(name.startswith("on") for name in attributes)]


def test_two_figures_of_one_name_are_refused(tmp_path, result):
    double = StepResult("Twice", figures=result.figures[:1] * 2)
    with pytest.raises(InputError, match="2 figures of this study would be called 'predict-errors'"):
        write_report(tmp_path, ReportContent("t", results={"predict": double}))
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(InputError, match=r"nowhere.*does not exist"):
        write_report(tmp_path / "nowhere", ReportContent("t"))


def test_fifty_thousand_rows_keep_the_page_small(tmp_path):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 50_000))
    ds = Dataset.from_columns({Quantity("x", unit="eV"): x, Quantity("y", unit="eV"): y})
    cloud = Figure("cloud", "Many.", ds, lambda: figures.map2d(x, y, x, name="x", unit="eV").figure, Hover("x", "y"))
    path = write_report(
        tmp_path, ReportContent("t", results={"a": StepResult("A", figures=(cloud,), tables={"t": ds})})
    )
    assert path.stat().st_size < 5_200_000 + 2_000_000
