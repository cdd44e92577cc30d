"""References: complete entries, correct text, BibTeX that a parser reads."""

from __future__ import annotations

import re

import pytest

from matgenes._core.errors import InputError
from matgenes.report import citations


@pytest.mark.parametrize("key", citations.keys())
def test_every_entry_is_complete(key):
    citation = citations.cite(key)
    assert {"author", "title"} <= set(citation.fields)
    wanted = {"article": {"journal", "volume", "pages", "year"}, "inproceedings": {"booktitle", "year"}}
    assert wanted.get(citation.type, set()) <= set(citation.fields)
    assert citation.type in {"article", "book", "inproceedings", "misc"}
    assert re.fullmatch(r"10\.\d{4,}/\S+", citation.fields.get("doi", "10.1234/x"))
    assert citation.url.startswith("https://") or citation.type in {"book", "inproceedings"}


def test_text_of_an_article():
    assert citations.cite("wu2016").text == (
        "H. Wu, T. Mayeshiba, D. Morgan, High-throughput ab-initio dilute solute diffusion database, "
        "Scientific Data 3, 160054 (2016)"
    )


def test_text_of_a_book_and_of_a_package():
    assert citations.cite("rasmussen2006").text.endswith("Gaussian Processes for Machine Learning, MIT Press (2006)")
    assert citations.cite("arrow").text == "Apache Software Foundation, Apache Arrow"


def test_bibtex_is_read_by_a_parser():
    bibtexparser = pytest.importorskip("bibtexparser", reason="reads BibTeX")
    parser = bibtexparser.bparser.BibTexParser(common_strings=True, ignore_nonstandard_types=False)
    entries = parser.parse(citations.bibtex(map(citations.cite, citations.keys()))).entries
    assert [entry["ID"] for entry in entries] == list(citations.keys())
    by_key = {entry["ID"]: entry for entry in entries}
    assert by_key["matplotlib"]["journal"] == r"Computing in Science \& Engineering"
    assert by_key["jones1998"]["pages"] == "455--492"


def test_a_reference_written_out_is_taken_as_it_is():
    citation = citations.cite("Doe, J.; A study of things. J. Things 1, 2 (1999)")
    assert citation.text == "Doe, J.; A study of things. J. Things 1, 2 (1999)"
    assert re.match(r"@misc\{doe-[0-9a-f]{6},", citation.bibtex)


def test_an_unknown_key_suggests_the_right_one():
    with pytest.raises(InputError, match=r"'breiman2002' is no key of a citation\. Did you mean 'breiman2001'\?"):
        citations.cite("breiman2002")
