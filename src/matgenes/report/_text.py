"""The two marks that texts of steps may bear, ``**bold**`` and `` `code` ``, and paragraphs; all else is escaped."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

__all__ = ["bare", "inline", "paragraphs", "short"]

_MARKS = re.compile(r"`([^`\n]+)`|\*\*(\S(?:[^*\n]*\S)?)\*\*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def inline(text: str) -> Markup:
    """Return one piece of text as HTML.

    Examples
    --------
    >>> inline("**0.13 eV** for `a<b`")
    Markup('<strong>0.13 eV</strong> for <code>a&lt;b</code>')
    """
    text, pieces, end = _printable(text), [], 0
    for mark in _MARKS.finditer(text):
        code, bold = mark.groups()
        pieces += [escape(text[end : mark.start()]), _tagged("code", code) if code else _tagged("strong", bold)]
        end = mark.end()
    return Markup("").join([*pieces, escape(text[end:])])


def paragraphs(text: str) -> tuple[Markup, ...]:
    """Return the paragraphs of a text, which empty lines separate, as HTML without their ``<p>``."""
    return tuple(inline(part.strip()) for part in re.split(r"\n\s*\n", text) if part.strip())


def bare(text: str) -> str:
    """Return the text without its marks, for places where only plain text can stand."""
    return _MARKS.sub(lambda mark: mark.group(1) or mark.group(2), _printable(text))


def short(name: object, longest: int = 32) -> str:
    """Return a name on one line, its middle left out where it is too long.

    Examples
    --------
    >>> short("dipole polarizability of the solute minus that of the host")
    'dipole polarizab…hat of the host'
    """
    text = " ".join(str(name).split())
    return text if len(text) <= longest else text[: longest // 2] + "…" + text[longest // 2 + 1 - longest :]


def _tagged(tag: str, text: str) -> Markup:
    return Markup(f"<{tag}>{{}}</{tag}>").format(text)


def _printable(text: str) -> str:
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
