"""Results as JSON text, exactly and without pickle: what is read back equals what was written, to the last bit.

Allowed are None, bool, int, float, str, lists, tuples, dictionaries, NumPy scalars and NumPy arrays (not of Python
objects), in any nesting. What JSON does not know is written as a dictionary of one key that begins with ``$``; an
array is the text (base64) of its ``.npy`` file.
"""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from .errors import InputError

__all__ = ["decode", "encode"]


def refuse(value: object) -> NoReturn:
    """Say what kinds of results can be kept."""
    kind = "an array of Python objects" if type(value) is np.ndarray else type(value).__name__
    raise InputError(
        f"{kind} cannot be written down as plain data; give None, bool, int, float, str, lists, tuples, dictionaries, "
        "NumPy scalars, or NumPy arrays of numbers or text."
    )


def npy_text(array: np.ndarray[Any, Any]) -> str:
    """Return the ``.npy`` file of an array as base64 text."""
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=False)
    return base64.b64encode(stream.getbuffer()).decode("ascii")


def encode(
    value: Any,
    array_text: Callable[[np.ndarray[Any, Any]], str] = npy_text,
    other: Callable[[Any], object] = refuse,
) -> object:
    """Return ``value`` as something that :func:`json.dumps` takes.

    Parameters
    ----------
    value : plain data
        See the module's text.
    array_text : callable
        The text that stands for an array.
    other : callable
        What to do with every other kind of value.

    Raises
    ------
    InputError
        If something inside is of another kind.

    Examples
    --------
    >>> encode({"energy": (1.5, float("inf"))})
    {'energy': {'$tuple': [1.5, {'$float': 'inf'}]}}
    >>> decode(encode({"energy": (1.5, float("inf"))}))
    {'energy': (1.5, inf)}
    """

    def inside(part: Any) -> object:
        return encode(part, array_text, other)

    kind = type(value)
    if value is None or kind in (bool, int, str):
        return value
    if kind is float:
        return value if math.isfinite(value) else {"$float": repr(value)}
    if kind is list:
        return [inside(part) for part in value]
    if kind is tuple:
        return {"$tuple": [inside(part) for part in value]}
    if kind is dict:
        return _encode_dict(value, inside)
    if isinstance(value, np.generic) and not value.dtype.hasobject:
        return {"$scalar": npy_text(np.asarray(value))}
    if kind in (np.ndarray, np.memmap) and not value.dtype.hasobject:
        return {"$array": array_text(np.asarray(value))}
    return other(value)


def decode(value: Any) -> Any:
    """Return what :func:`encode` was given.

    Raises
    ------
    ValueError
        If the data were not written by :func:`encode`.
    """
    if isinstance(value, list):
        return [decode(part) for part in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (key, content), *_ = value.items()
        if key.startswith("$"):
            return _DECODERS[key](content)
    return {key: decode(part) for key, part in value.items()}


def _encode_dict(value: dict[Any, Any], inside: Callable[[Any], object]) -> object:
    if any(type(key) is not str for key in value):
        return {"$dict": [[inside(key), inside(part)] for key, part in value.items()]}
    encoded = {key: inside(part) for key, part in value.items()}
    return {"$texts": encoded} if any(key.startswith("$") for key in value) else encoded


def _decode_array(text: str) -> np.ndarray[Any, Any]:
    array: np.ndarray[Any, Any] = np.load(io.BytesIO(base64.b64decode(text)), allow_pickle=False)
    return array


_DECODERS: dict[str, Callable[[Any], Any]] = {
    "$float": float,
    "$tuple": lambda parts: tuple(decode(part) for part in parts),
    "$dict": lambda pairs: {decode(key): decode(part) for key, part in pairs},
    "$texts": lambda parts: {key: decode(part) for key, part in parts.items()},
    "$scalar": lambda text: _decode_array(text)[()],
    "$array": _decode_array,
}
