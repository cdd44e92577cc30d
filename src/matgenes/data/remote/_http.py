"""JSON from a server that may be slow, busy, broken or hostile: https only, every wait and every size has an end.

A busy server (429, 500, 502, 503, 504, or a broken connection) is asked again: after the time that it names in
``Retry-After`` (RFC 9110, section 10.2.3), else after 0.5, 1, 2, 4 ... seconds and up to half as much again by chance.
"""

from __future__ import annotations

import email.utils
import http.client
import ipaddress
import json
import random
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from ... import __version__
from ..._core.errors import InputError

__all__ = ["Policy", "check_address", "get_json", "origin", "shown"]

BUSY = frozenset({429, 500, 502, 503, 504})
PIECE = 65536
REDIRECTS = 3
FAULTS = (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError)

_sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Policy:
    """How long and how much: seconds for one answer, tries, the longest wait between two, bytes of an answer."""

    timeout: float = 60.0
    tries: int = 5
    longest_wait: float = 120.0
    largest: int = 64 * 2**20


class _Busy(Exception):
    """The server may answer later; after how many seconds, if it says."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follow a redirection only to another address that may be asked."""

    max_redirections = REDIRECTS

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        check_address(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def check_address(url: str) -> str:
    """Return an address that may be asked: https, or http on this very machine; no user or password in it.

    Raises
    ------
    InputError
        If it is another one.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise InputError(f"'{shown(url)}' is no address.") from None
    if parts.username is not None or parts.password is not None:
        raise InputError("an address with a user or password in it is not asked; leave them out.")
    if not host or parts.scheme not in ("https", "http") or any(letter.isspace() or ord(letter) < 32 for letter in url):
        raise InputError(f"'{shown(url)}' is no address that can be asked; it begins with https://.")
    if parts.scheme == "http" and not _is_this_machine(host):
        raise InputError(f"'{shown(url)}' is not encrypted; give its https address.")
    return url


def origin(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port, which tell whether two addresses are of one server."""
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or (443 if parts.scheme == "https" else 80)


def get_json(url: str, policy: Policy | None = None) -> dict[str, Any]:
    """Return the JSON object at an address.

    Raises
    ------
    InputError
        If the address may not be asked, the server does not answer in time, refuses, or answers something else.
    """
    policy = policy or Policy()
    check_address(url)
    for attempt in range(policy.tries):
        try:
            return _parsed(_within(policy.timeout, lambda: _asked(url, policy)), url)
        except _Busy as busy:
            wait = busy.wait if busy.wait is not None else 0.5 * 2**attempt * random.uniform(1.0, 1.5)
            if wait > policy.longest_wait:
                raise InputError(f"{shown(url)}: {busy}; it asks to wait {wait:.0f} s, so try again later.") from None
            if attempt + 1 == policy.tries:
                raise InputError(f"{shown(url)}: {busy}, {policy.tries} times; try again later.") from None
            _sleep(wait)
    raise InputError(f"{shown(url)} was not asked; allow one try at least.")


def shown(text: object, most: int = 160) -> str:
    """Return a stranger's text in one printable line."""
    line = " ".join(str(text).split())[:most]
    return "".join(letter if letter.isprintable() else "?" for letter in line)


def _within(seconds: float, work: Callable[[], bytes]) -> bytes:
    """Return what ``work`` returns if it does so in time; a server that sends a byte now and then is left alone."""
    done: list[bytes] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:  # handed to the caller below
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True, name="matgenes-http")
    thread.start()
    thread.join(seconds)
    if failed:
        raise failed[0]
    if not done:
        raise _Busy(f"the server did not answer within {seconds:g} s")
    return done[0]


def _asked(url: str, policy: Policy) -> bytes:
    headers = {"Accept": "application/vnd.api+json, application/json", "User-Agent": f"matgenes/{__version__}"}
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.build_opener(_Redirects).open(request, timeout=policy.timeout) as response:
            return _content(response, url, policy)
    except urllib.error.HTTPError as error:
        with error:
            raise _refusal(error, url) from None
    except FAULTS as error:
        reason = getattr(error, "reason", None) or error
        raise _Busy(f"the connection failed ({shown(reason)})") from None


def _content(response: Any, url: str, policy: Policy) -> bytes:
    pieces, size = [], 0
    while piece := response.read(PIECE):
        size += len(piece)
        if size > policy.largest:
            raise InputError(f"{shown(url)}: the answer is larger than {policy.largest / 2**20:g} MB; ask for less.")
        pieces.append(piece)
    expected = response.headers.get("Content-Length")
    if expected is not None and expected.isdigit() and int(expected) != size:
        raise _Busy("the answer was cut off")
    return b"".join(pieces)


def _refusal(error: urllib.error.HTTPError, url: str) -> Exception:
    if error.code in BUSY:
        return _Busy(f"the server is busy or broken (status {error.code})", _retry_after(error.headers))
    if 300 <= error.code < 400:
        return InputError(f"{shown(url)}: the server leads on to addresses that are not asked (status {error.code}).")
    try:
        told = json.loads(error.read(PIECE))["errors"][0]
        detail = f": {shown(told.get('detail') or told.get('title'))}"
    except Exception:  # whatever a broken server sends instead
        detail = ""
    return InputError(f"{shown(url)}: the server refuses (status {error.code}){detail}.")


def _retry_after(headers: Any) -> float | None:
    """Return the seconds to wait, from a number or a date; None where it says nothing that can be read."""
    told = str(headers.get("Retry-After") or "").strip()
    if told.isdigit():
        return float(told[:9])
    try:
        return max(0.0, (email.utils.parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None


def _parsed(content: bytes, url: str) -> dict[str, Any]:
    try:
        plain = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        raise InputError(f"{shown(url)}: the answer is no JSON; it begins with '{shown(content[:40])}'.") from None
    if not isinstance(plain, dict):
        raise InputError(f"{shown(url)}: the answer is a JSON {type(plain).__name__}, not an object.")
    return plain


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
