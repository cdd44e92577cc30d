"""One text for one value: JSON with sorted keys and no spaces, from which ids and journal keys are hashed.

Text is normalised to Unicode NFC, floats are written by their shortest round-trip form, -0.0 is 0.0, tuples are
lists. NaN and infinities have no JSON form and are refused. Close to RFC 8785, but integers of any size are kept.
"""

from __future__ import annotations

import hashlib
import json
import math
import unicodedata
from collections.abc import Mapping

__all__ = ["canonical_json", "hash_of"]


def canonical_json(value: object) -> str:
    """Return the one canonical JSON text of plain data (None, bool, int, float, str, lists, mappings with text keys).

    Raises
    ------
    TypeError
        If something else is inside.
    ValueError
        If a number is not finite, or two keys are the same text in two Unicode forms.

    Examples
    --------
    >>> canonical_json({"b": (1, -0.0), "a": "x"})
    '{"a":"x","b":[1,0.0]}'
    """
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def hash_of(value: object) -> str:
    """Return ``"sha256:..."`` of the canonical JSON text of ``value``. Raises as :func:`canonical_json`."""
    return "sha256:" + hashlib.sha256(canonical_json(value).encode("utf-8")).hexdigest()


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, float):
        return _finite(float(value)) + 0.0
    if isinstance(value, Mapping):
        return _plain_mapping(value)
    if isinstance(value, list | tuple):
        return [_plain(inside) for inside in value]
    raise TypeError(f"{type(value).__name__} has no canonical JSON form; give plain numbers, texts, lists or mappings.")


def _plain_mapping(value: Mapping[object, object]) -> dict[str, object]:
    plain: dict[str, object] = {}
    for key, inside in value.items():
        name = _key(key)
        if name in plain:
            raise ValueError(f"the key {name!r} stands twice, in two Unicode forms; rename one.")
        plain[name] = _plain(inside)
    return plain


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{value} has no canonical JSON form; give None for a missing value.")
    return value


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"the key {key!r} is not a text; canonical JSON has text keys only.")
    return unicodedata.normalize("NFC", key)
