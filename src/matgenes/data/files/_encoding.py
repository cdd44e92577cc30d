"""The bytes of a text file as UTF-8, whatever encoding they came in; and a clear word where they are no text."""

from __future__ import annotations

import codecs
import re

from ..._core.errors import InputError

__all__ = ["to_utf8"]

_MARKS = [
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
_SIGNATURES = {
    b"PK\x03\x04": "an Excel workbook or another ZIP archive; give it its right suffix, such as .xlsx",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls); save it as .xlsx",
    b"PAR1": "a Parquet file; give it the suffix .parquet",
    b"\x1f\x8b": "a gzip archive; unpack it first",
    b"\x89HDF": "an HDF5 file",
    b"%PDF": "a PDF file",
}
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
SAMPLE = 4096
PIECE = 1 << 24


def to_utf8(data: bytes) -> tuple[bytes, str]:
    """Return the text of ``data`` in UTF-8 without a mark at its beginning, and the name of its encoding.

    Tried in turn: a byte order mark, UTF-16 without a mark, UTF-8, Windows-1252, Latin-1.

    Raises
    ------
    InputError
        If there is nothing in it, or it is no text.

    Examples
    --------
    >>> text, encoding = to_utf8("T [°C]".encode("latin-1"))
    >>> text.decode(), encoding
    ('T [°C]', 'windows-1252')
    """
    if not data[:SAMPLE].strip() and not data.strip():
        raise InputError("this file is empty; a table needs a header and at least one row.")
    for signature, kind in _SIGNATURES.items():
        if data.startswith(signature):
            raise InputError(f"this is no text table but {kind}.")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded(data.removeprefix(mark) if encoding == "utf-8" else data, encoding)
    if b"\0" in data:
        return _decoded(data, _utf16_without_mark(data))
    if data.isascii():
        return data, "utf-8"
    return (data, "utf-8") if _is_utf8(data) else _eight_bit(data)


def _decoded(data: bytes, encoding: str) -> tuple[bytes, str]:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(f"this is not valid {encoding.upper()} (byte {error.start}); save it as UTF-8.") from None
    if "\0" in text:
        raise InputError(
            "this is no text table: it holds NUL characters.", row=1 + text.count("\n", 0, text.index("\0"))
        )
    if not text.strip():
        raise InputError("this file is empty; a table needs a header and at least one row.")
    return text.encode("utf-8"), encoding


def _utf16_without_mark(data: bytes) -> str:
    """In UTF-16, nearly every second byte of a Western text is zero."""
    sample = data[:SAMPLE]
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        if len(data) % 2 == 0 and zeros.count(0) > 0.7 * len(zeros) and sample.count(0) < 0.6 * len(sample):
            return encoding
    raise InputError(
        "this is no text table: it holds NUL bytes; is it damaged, or another kind of file?",
        row=1 + data.count(b"\n", 0, data.index(b"\0")),
    )


def _is_utf8(data: bytes) -> bool:
    """Decode piece by piece: the whole text could take four times the memory of its bytes."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), PIECE):
            decoder.decode(data[start : start + PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _eight_bit(data: bytes) -> tuple[bytes, str]:
    if _CONTROL.search(data):
        raise InputError("this is no text table, for it is not UTF-8 and holds control characters.")
    for encoding, name in (("cp1252", "windows-1252"), ("latin-1", "latin-1")):
        try:
            return data.decode(encoding).encode("utf-8"), name
        except UnicodeDecodeError:
            continue
    raise AssertionError("unreachable: Latin-1 decodes every byte")
