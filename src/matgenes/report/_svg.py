"""An SVG file made fit to stand inside an HTML page: its ids made unique, its text in the page's font."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from markupsafe import Markup

__all__ = ["inline_svg"]

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_FONT_FAMILY = re.compile(r"font-family:[^;]*;?\s*")


def inline_svg(text: str, prefix: str, title: str) -> Markup:
    """Return matplotlib's SVG as an element of a page.

    Parameters
    ----------
    text : str
        The whole SVG file.
    prefix : str
        Goes before every id, so that several drawings can share a page.
    title : str
        What the picture shows, for those who cannot see it.
    """
    root = ElementTree.fromstring(text)
    _drop_page_wide_parts(root)
    used = _ids_used(root)
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        _rename(element, prefix, used)
        if element.tag == "text" and "style" in element.attrib:
            element.set("style", _FONT_FAMILY.sub("", element.get("style", "")))
    _as_picture(root, title)
    return Markup(ElementTree.tostring(root, encoding="unicode", short_empty_elements=True))


def _drop_page_wide_parts(root: ElementTree.Element) -> None:
    """Take out metadata and the style sheet, which would hold for the whole page; :func:`_as_picture` replaces it."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in {f"{_SVG}metadata", f"{_SVG}style"}:
                parent.remove(child)


def _ids_used(root: ElementTree.Element) -> set[str]:
    used = set()
    for element in root.iter():
        for name, value in element.attrib.items():
            used.update(_REFERENCE.findall(value))
            if name == _HREF and value.startswith("#"):
                used.add(value[1:])
    return used


def _rename(element: ElementTree.Element, prefix: str, used: set[str]) -> None:
    name = element.attrib.pop("id", None)
    if name in used:
        element.set("id", f"{prefix}-{name}")
    for name, value in list(element.attrib.items()):
        if name == _HREF:
            del element.attrib[name]
            element.set("href", f"#{prefix}-{value[1:]}" if value.startswith("#") else value)
        elif "url(#" in value:
            element.set(name, _REFERENCE.sub(rf"url(#{prefix}-\1)", value))


def _as_picture(root: ElementTree.Element, title: str) -> None:
    width = float(root.get("width", "0pt").removesuffix("pt")) * 4 / 3
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.set("style", f"max-width: {width:.0f}px; stroke-linejoin: round; stroke-linecap: butt")
    root.set("role", "img")
    root.set("aria-label", title)
