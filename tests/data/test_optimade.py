"""The OPTIMADE client: the optimade package's own server to its last structure, and servers that do everything wrong."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from matgenes._core.errors import InputError
from matgenes.data import optimade, structures
from matgenes.data.remote import _http

QUICK = optimade.Policy(timeout=0.5, tries=2, longest_wait=5.0, largest=200_000)


def entry(number: int, **changes: object) -> dict:
    attributes = {
        "chemical_formula_reduced": "NaCl",
        "lattice_vectors": [[5.64, 0, 0], [0, 5.64, 0], [0, 0, 5.64]],
        "cartesian_site_positions": [[0, 0, 0], [2.82, 2.82, 2.82]],
        "species": [
            {"name": "Na", "chemical_symbols": ["Na"], "concentration": [1.0]},
            {"name": "Cl", "chemical_symbols": ["Cl"], "concentration": [1.0]},
        ],
        "species_at_sites": ["Na", "Cl"],
        "dimension_types": [1, 1, 1],
        "_x_gap": 5.0 + number,
        "_x_tags": ["a", number],
    }
    return {"id": f"x/{number}", "type": "structures", "attributes": attributes | changes}


class Provider(BaseHTTPRequestHandler):
    """Answers with whatever ``answer(path, query)`` returns: JSON data, or (status, headers, bytes)."""

    answer: Callable[[str, dict], object]

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        told = type(self).answer(parts.path, parse_qs(parts.query))
        if told is None:
            return
        status, headers, body = told if isinstance(told, tuple) else (200, {}, json.dumps(told).encode())
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def serve(monkeypatch) -> Iterator[Callable[..., str]]:
    """Starts a provider on the loopback interface; waits between tries are noted in ``serve.waits``, not waited."""
    servers = []
    waits: list[float] = []
    monkeypatch.setattr(_http, "_sleep", waits.append)

    def serve(answer: Callable[[str, dict], object]) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Provider,), {"answer": staticmethod(answer)}))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}"

    serve.waits = waits
    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def pages(*sheets: list, total: int | None = None, link: Callable[[int], object] | None = None) -> Callable:
    """A provider of these pages; ``link`` says what stands as the next link of page n."""

    def answer(path: str, query: dict) -> object:
        if path.endswith("/info/structures"):
            gap = {"description": "Band gap", "unit": "eV", "type": "float"}
            return {
                "data": {"properties": {"_x_gap": gap, "_x_tags": {"description": "Tags"}, "_x_odd": {"unit": "zorks"}}}
            }
        number = int(query.get("page_offset", ["0"])[0])
        following = f"{path}?page_offset={number + 1}" if number + 1 < len(sheets) else None
        meta = {"data_returned": total, "api_version": "1.2.0", "provider": {"name": "Test provider"}}
        return {"data": sheets[number], "links": {"next": link(number) if link else following}, "meta": meta}

    return answer


# --- a provider that does all right ---


def test_all_pages_to_the_last_structure_with_units_and_origin(serve):
    url = serve(pages([entry(0), entry(1)], [entry(2)], total=3))
    told = []
    found = optimade.query(url, 'elements HAS "Na"', fields=["_x_gap", "_x_tags"], progress=told.append)
    assert list(found.numpy("id")) == ["x/0", "x/1", "x/2"]
    assert structures.crystal(found.numpy("structure")[2]).sites[1].species[0].element == "Cl"
    gap = found.quantity("_x_gap")
    assert (gap.unit, gap.role, gap.description) == ("eV", "feature", "Band gap")
    assert list(found.numpy("_x_gap")) == [5.0, 6.0, 7.0]
    assert found.numpy("_x_tags")[1] == '["a", 1]'
    assert found.quantity("structure").role == "structure"
    assert f"{url}/v1/structures?filter=elements%20HAS%20%22Na%22" in gap.source
    assert "(Test provider, OPTIMADE 1.2.0, read 20" in gap.source
    assert [event.done for event in told] == [2, 3]


def test_the_content_does_not_depend_on_when_it_was_read(serve):
    sheets = [[entry(0), entry(1)]]
    assert optimade.query(serve(pages(*sheets, total=2))).id == optimade.query(serve(pages(*sheets))).id


def test_no_more_than_the_limit(serve):
    assert len(optimade.query(serve(pages([entry(0), entry(1)], [entry(2)], total=3)), limit=1)) == 1


def test_a_unit_that_cannot_be_read_is_told_and_not_guessed(serve):
    url = serve(pages([entry(0, _x_odd=1.5)]))
    odd = optimade.query(url, fields=["_x_odd"]).quantity("_x_odd")
    assert (odd.unit, odd.role) == (None, "note")
    assert "'zorks'" in odd.description


def test_a_structure_that_cannot_be_read_stays_as_a_failed_row(serve):
    broken = [entry(1, species_at_sites=["Na", "Xx"]), entry(2, lattice_vectors=None), entry(3, species=[7])]
    found = optimade.query(serve(pages([entry(0), *broken])))
    assert list(found.numpy("outcome")) == ["accepted", "failed", "failed", "failed"]
    assert "species 'Xx'" in found.numpy("reason")[1]
    assert found.numpy("structure")[1] is None


def test_a_versioned_address_is_kept(serve):
    assert len(optimade.query(serve(pages([entry(0)])) + "/v1/")) == 1


# --- a provider that is busy ---


def busy(times: int, headers: dict, status: int = 429) -> Callable:
    asked = []
    good = pages([entry(0)])

    def answer(path: str, query: dict) -> object:
        asked.append(path)
        return (status, headers, b"") if len(asked) <= times else good(path, query)

    return answer


@pytest.mark.parametrize(("status", "headers", "wait"), [(429, {"Retry-After": "3"}, 3.0), (503, {}, None)])
def test_a_busy_provider_is_asked_again_after_a_wait(serve, status, headers, wait):
    assert len(optimade.query(serve(busy(2, headers, status)), policy=optimade.Policy(tries=3))) == 1
    assert len(serve.waits) == 2
    if wait is None:
        assert 0.5 <= serve.waits[0] <= 0.75 < 1.0 <= serve.waits[1] <= 1.5
    else:
        assert serve.waits == [wait, wait]


def test_retry_after_may_be_a_date(serve):
    soon = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 4))
    optimade.query(serve(busy(1, {"Retry-After": soon})), policy=QUICK)
    assert 1.0 < serve.waits[0] <= 4.0


@pytest.mark.parametrize(
    ("headers", "times", "message"),
    [({"Retry-After": "3600"}, 1, "asks to wait 3600 s"), ({"Retry-After": "soon"}, 9, "status 429.*2 times")],
)
def test_a_provider_that_stays_busy_is_given_up(serve, headers, times, message):
    with pytest.raises(InputError, match=message):
        optimade.query(serve(busy(times, headers)), policy=QUICK)


# --- a provider that is broken or hostile ---

BAD = {
    "no JSON": (lambda p, q: (200, {}, b"<html>Welcome</html>"), "no JSON; it begins with '.*<html>"),
    "a list": (lambda p, q: [1, 2], "JSON list, not an object"),
    "no data": (lambda p, q: {"meta": {}}, "no list 'data'"),
    "data of another kind": (lambda p, q: {"data": {"id": "x"}}, "no list 'data'"),
    "entries without id": (lambda p, q: {"data": [{"attributes": {}}]}, "no id or no attributes"),
    "an id that is none": (lambda p, q: {"data": [{"id": 7, "attributes": {}}]}, "no id or no attributes"),
    "nested without end": (lambda p, q: (200, {}, b"[" * 100_000), "no JSON"),
    "a refusal": (
        lambda p, q: (400, {}, json.dumps({"errors": [{"detail": "Bad filter\x1b[31m"}]}).encode()),
        r"refuses \(status 400\): Bad filter\?",
    ),
    "a refusal in nonsense": (lambda p, q: (404, {}, b"\xff\xfe"), r"refuses \(status 404\)\."),
    "too much": (lambda p, q: (200, {}, b" " * 300_000), "larger than 0.19.* MB"),
    "cut off": (lambda p, q: (200, {"Content-Length": "5000"}, b"{"), "connection failed|cut off"),
    "a redirection to a file": (lambda p, q: (302, {"Location": "file:///etc/passwd"}, b""), "leads on to addresses"),
    "a redirection unencrypted": (lambda p, q: (302, {"Location": "http://192.0.2.1/x"}, b""), "not encrypted"),
    "redirections without end": (lambda p, q: (302, {"Location": p + "x"}, b""), "leads on to addresses"),
    "pages in a circle": (
        pages([entry(0)], [entry(1)], link=lambda n: f"/v1/structures?page_offset={1 if n == 0 else 0}"),
        "comes twice",
    ),
    "a page that leads to itself": (
        pages([entry(0)], link=lambda n: "/v1/structures?page_offset=0"),
        "comes twice|circle",
    ),
    "empty pages without end": (
        lambda p, q: {"data": [], "links": {"next": f"{p}?n={int(q.get('n', ['0'])[0]) + 1}"}},
        "without structures leads on",
    ),
    "the same structure again": (pages([entry(0)], [entry(0)]), "'x/0' comes twice"),
    "fewer than stated": (pages([entry(0)], [entry(1)], total=3), "said 3 structures and gave 2"),
    "more than stated": (pages([entry(0)], [entry(1)], total=1), "said 1 structures and gave 2"),
    "a next page elsewhere": (pages([entry(0)], link=lambda n: "https://example.org/x"), "on another server"),
    "a next page by another scheme": (pages([entry(0)], link=lambda n: {"href": "ftp://127.0.0.1/x"}), "no address"),
    "a next page that is a number": (pages([entry(0)], link=lambda n: 7), "no address"),
}


@pytest.mark.parametrize("answer", BAD)
def test_a_broken_provider_is_refused_in_clear_words(serve, answer):
    provider, message = BAD[answer]
    with pytest.raises(InputError, match=message):
        optimade.query(serve(provider), policy=QUICK)


def test_pages_that_change_meanwhile_are_refused(serve):
    totals = iter([3, 4])
    sheets = [[entry(0)], [entry(1)], [entry(2)]]
    with pytest.raises(InputError, match="there were 3 structures, now 4; its data changed"):
        optimade.query(serve(lambda p, q: pages(*sheets, total=next(totals))(p, q)), policy=QUICK)


def test_a_provider_that_hangs_is_left(serve):
    with pytest.raises(InputError, match=r"(did not answer within 0.5 s|timed out).*2 times"):
        optimade.query(serve(lambda p, q: time.sleep(3)), policy=QUICK)


def test_a_provider_that_sends_drop_by_drop_is_left(monkeypatch):
    monkeypatch.setattr(_http, "_sleep", lambda seconds: None)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    threading.Thread(target=drops, args=(connection,), daemon=True).start()

        def drops(connection: socket.socket) -> None:
            with contextlib.suppress(OSError), connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                for _ in range(100):
                    connection.sendall(b" ")
                    time.sleep(0.1)

        threading.Thread(target=drip, daemon=True).start()
        with pytest.raises(InputError, match=r"did not answer within 0\.5 s"):
            optimade.query(f"http://127.0.0.1:{server.getsockname()[1]}", policy=QUICK)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://optimade.example.org", "not encrypted"),
        ("file:///etc/passwd", "begins with https"),
        ("ftp://127.0.0.1/x", "begins with https"),
        ("https://anna:secret@example.org", "user or password"),
        ("optimade.example.org", "begins with https"),
        ("https://[::1", "no address"),
        ("", "no address"),
        ("http://127.0.0.1:1/", "the connection failed"),
    ],
)
def test_an_address_that_may_not_be_asked(url, message, monkeypatch):
    monkeypatch.setattr(_http, "_sleep", lambda seconds: None)
    with pytest.raises(InputError, match=message):
        optimade.query(url, policy=QUICK)


def test_wrong_wishes_are_told(serve):
    url = serve(pages([entry(0)]))
    with pytest.raises(InputError, match=r"no property '_x_gapp'\. Did you mean '_x_gap'"):
        optimade.query(url, fields=["_x_gapp"])
    with pytest.raises(InputError, match="limit is 0"):
        optimade.query(url, limit=0)


# --- the optimade package's own server ---


@pytest.fixture(scope="module")
def reference_server(tmp_path_factory) -> Iterator[str]:
    """The server of the package optimade with its own test data, on the loopback interface."""
    for module in ("optimade", "fastapi", "uvicorn", "mongomock"):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"the reference server needs {module} (extra test)")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    config = tmp_path_factory.mktemp("optimade") / "config.json"
    names = {"id": "task_id", "immutable_id": "_id", "chemical_formula_anonymous": "formula_anonymous"}
    names |= dict.fromkeys(["chemical_formula_descriptive", "chemical_formula_reduced"], "pretty_formula")
    settings = {"base_url": url, "page_limit": 4, "insert_test_data": True, "aliases": {"structures": names}}
    config.write_text(json.dumps(settings | {"database_backend": "mongomock"}))
    command = [sys.executable, "-m", "uvicorn", "optimade.server.main:app", "--port", str(port), "--log-level", "error"]
    environment = os.environ | {"OPTIMADE_CONFIG_FILE": str(config)}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=config.parent
    ) as server:
        try:
            wait_for(f"{url}/v1/info", server)
            yield url
        finally:
            server.terminate()


def wait_for(url: str, server: subprocess.Popen) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        if server.poll() is not None:
            pytest.skip("the reference server does not start here")
        time.sleep(0.1)
    pytest.fail("the reference server did not answer within a minute")


def own_structures() -> list[dict]:
    import optimade

    file = Path(optimade.__file__).parent / "server" / "data" / "test_structures.json"
    return json.loads(file.read_text("utf-8"))


@pytest.mark.slow
def test_the_reference_server_to_its_last_structure(reference_server):
    told = []
    found = optimade.query(reference_server, fields=["nsites"], page_size=4, progress=told.append)
    expected = own_structures()
    assert sorted(found.numpy("id")) == sorted(str(one.get("task_id", one.get("id"))) for one in expected)
    assert len(found) == len(expected) > 4
    assert len(told) == -(-len(expected) // 4), "four structures a page"
    assert all(text is None or structures.crystal(text).sites for text in found.numpy("structure"))
    few = optimade.query(reference_server, "nelements=2")
    assert 0 < len(few) < len(found)
    with pytest.raises(InputError, match=r"refuses \(status 400\)"):
        optimade.query(reference_server, "elements HAS HAS")
