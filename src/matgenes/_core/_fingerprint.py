"""One hash for what a task depends on: equal content gives an equal hash, in any process and on any day.

Plain data and arrays are hashed by their content. Any other object, such as an estimator, is taken apart by the
protocol of :mod:`pickle` (PEP 307: how to rebuild it, with which arguments and which state) and its parts are hashed;
nothing is pickled, as a pickle's bytes depend on which of its parts happen to be one object. Functions and classes
count by name and by the source of their file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from types import BuiltinFunctionType, FunctionType
from typing import Any

import numpy as np

from ._codec import encode
from ._source import hash_of_source
from .errors import InputError

__all__ = ["fingerprint", "hash_of_array"]


def fingerprint(value: object) -> str:
    """Return the hexadecimal SHA-256 of the content of ``value``.

    The order of a dictionary's keys counts only if some of them are no texts.

    Raises
    ------
    InputError
        If it is or holds something that has no lasting content, e.g. an open file or a lambda function.

    Examples
    --------
    >>> fingerprint({"a": 1, "b": (2.0, None)}) == fingerprint({"b": (2.0, None), "a": 1})
    True
    """
    try:
        described = encode(value, hash_of_array, _parts)
    except RecursionError as error:
        raise InputError(f"{type(value).__name__} refers to itself and cannot be hashed; give plain data.") from error
    return hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()


def hash_of_array(array: np.ndarray[Any, Any]) -> str:
    """Return the hexadecimal SHA-256 of an array's type, shape, order in memory and values."""
    by_column = array.flags.f_contiguous and not array.flags.c_contiguous
    layout = (np.lib.format.dtype_to_descr(array.dtype), array.shape, by_column)
    digest = hashlib.sha256(repr(layout).encode())
    digest.update(np.ascontiguousarray(array.T if by_column else array).reshape(-1).view(np.uint8).data)
    return digest.hexdigest()


def _parts(value: Any) -> object:
    if isinstance(value, type | FunctionType | BuiltinFunctionType):
        return _named(value)
    if isinstance(value, bytes | bytearray):
        return {"$bytes": hashlib.sha256(value).hexdigest()}
    if isinstance(value, set | frozenset):
        return {"$set": sorted(fingerprint(part) for part in value)}
    if isinstance(value, np.ndarray) and value.dtype.hasobject:
        return {"$objects": [list(value.shape), encode(value.ravel().tolist(), hash_of_array, _parts)]}
    try:
        reduced = value.__reduce_ex__(4)
    except TypeError as error:
        raise InputError(f"{type(value).__name__} has no lasting content to be hashed ({error}).") from error
    if isinstance(reduced, str):
        return {"$name": f"{type(value).__module__}.{reduced}"}
    parts = [list(part) if isinstance(part, Iterator) else part for part in reduced]
    return {"$object": encode(parts, hash_of_array, _parts)}


def _named(value: Any) -> object:
    if "<" in value.__qualname__:
        raise InputError(f"{value.__qualname__} is defined inside a function; define it at the top level of a module.")
    return {"$name": f"{value.__module__}.{value.__qualname__}", "source": hash_of_source(value)}
