"""A drawing inside a page: unique ids, the page's font, nothing that reaches beyond it."""

from __future__ import annotations

import re

from matgenes.report import figures, style
from matgenes.report._svg import inline_svg


def drawing(prefix: str) -> str:
    return str(inline_svg(style.svg(figures.parity([0, 1], [0, 2], [1, 1], unit="eV").figure), prefix, 'a "title" <b>'))


def test_ids_carry_the_prefix_and_only_used_ones_stay():
    text = drawing("one")
    ids = set(re.findall(r' id="([^"]+)"', text))
    used = set(re.findall(r'href="#([^"]+)"', text)) | set(re.findall(r"url\(#([^)]+)\)", text))
    assert ids == used
    assert all(name.startswith("one-") for name in ids)


def test_two_drawings_share_no_id():
    first, second = (set(re.findall(r' id="([^"]+)"', drawing(prefix))) for prefix in ("one", "two"))
    assert not first & second


def test_it_is_a_picture_with_a_title():
    text = drawing("one")
    assert 'role="img"' in text
    assert 'aria-label="a &quot;title&quot; &lt;b&gt;"' in text


def test_no_style_sheet_no_font_no_declaration_is_left():
    text = drawing("one")
    assert "<style" not in text
    assert "font-family" not in text
    assert "xmlns" not in text
    assert "<?xml" not in text
