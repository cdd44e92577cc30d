"""The two marks of texts, and that nothing else passes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from matgenes.report._files import stem
from matgenes.report._text import bare, inline, paragraphs


def test_marks():
    assert inline("**a** `b*c*` **d") == "<strong>a</strong> <code>b*c*</code> **d"
    assert bare("**a** `b`") == "a b"


def test_paragraphs_are_split_at_empty_lines():
    assert paragraphs("one\ntwo\n\n \nthree\n") == ("one\ntwo", "three")


@given(st.text())
def test_no_tag_from_a_text_survives(text):
    html = str(inline(text))
    for tag in ("<strong>", "</strong>", "<code>", "</code>"):
        html = html.replace(tag, "")
    assert "<" not in html
    assert ">" not in html


def test_evil_text_is_shown_not_run(evil):
    assert "<script" not in inline(f"**{evil}** `{evil}` {evil}")


@given(st.text(), st.text())
def test_a_file_name_is_safe(step, name):
    assert stem(step, name).isascii()
    assert not set(stem(step, name)) & set("/\\. :\0")
    assert 0 < len(stem(step, name)) <= 100
