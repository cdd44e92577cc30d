"""Who may import whom: every import of the package is parsed, also inside functions and under TYPE_CHECKING."""

from __future__ import annotations

import ast
import graphlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import matgenes

SOURCE = Path(matgenes.__file__).parent

# Each room may import those named here; a name ending in "..." brings what that room may import, too.
ARROWS = {
    "_core": [],
    "data": ["_core"],
    "records": ["data..."],
    "models": ["data..."],
    "sisso": ["records...", "models..."],
    "subgroups": ["records...", "models..."],
    "uncertainty": ["sisso...", "subgroups..."],
    "discovery": ["uncertainty..."],
    "report": ["data...", "records"],
    "study": ["discovery...", "report"],
    "domains": ["discovery...", "report"],
    "app": ["study..."],
    "cli": ["study..."],
    "__main__": ["cli"],
    "__init__": [],
}
PUBLIC_FACE = "__init__"  # src/matgenes/__init__.py names the rooms for type checkers; at run time it loads none


@dataclass(frozen=True)
class Import:
    """One imported module, as the parts of its name behind ``matgenes``, and where the import stands."""

    file: Path
    line: int
    target: tuple[str, ...]
    at_start: bool  # executed when the file is loaded: outside functions and TYPE_CHECKING

    def __str__(self) -> str:
        return f"{self.file.relative_to(SOURCE)}:{self.line} imports {'.'.join(self.target)}"


def files() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def room(file: Path) -> str:
    return file.relative_to(SOURCE).parts[0].removesuffix(".py")


def allowed(name: str) -> set[str]:
    rooms: set[str] = set()
    for entry in ARROWS[name]:
        rooms.add(entry.removesuffix("..."))
        if entry.endswith("..."):
            rooms |= allowed(entry.removesuffix("..."))
    return rooms


def imports(file: Path, code: str | None = None) -> Iterator[Import]:
    """All imports of matgenes' own modules in a file."""
    package = ("matgenes", *file.relative_to(SOURCE).parts[:-1])
    for node, at_start in nodes(ast.parse(file.read_text("utf-8") if code is None else code), at_start=True):
        for parts in targets(node, package):
            if parts[0] == "matgenes":
                yield Import(file, node.lineno, parts[1:], at_start)


def nodes(tree: ast.AST, *, at_start: bool) -> Iterator[tuple[ast.AST, bool]]:
    for node in ast.iter_child_nodes(tree):
        yield node, at_start
        later = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        typing_only = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        yield from nodes(node, at_start=at_start and not later and not typing_only)


def targets(node: ast.AST, package: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(node, ast.Import):
        yield from (tuple(alias.name.split(".")) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = package[: len(package) - node.level + 1] if node.level else ()
        module = base + tuple(node.module.split(".") if node.module else ())
        yield from ((*module, alias.name) for alias in node.names)
    elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
        argument = node.args[0] if node.args else None
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield tuple(argument.value.split("."))


def is_module(parts: tuple[str, ...]) -> bool:
    path = SOURCE.joinpath(*parts)
    return path.with_suffix(".py").is_file() or path.is_dir()


def forbidden(found: Import) -> str | None:
    """Why an import breaks the design, or None."""
    origin = room(found.file)
    if origin == PUBLIC_FACE or found.target == ("__version__",):
        return None
    if found.target[:1] not in {(name,) for name in ARROWS}:
        return "the public face 'matgenes' hides which room is meant; import from the room"
    goal = found.target[0]
    if goal == origin:
        return another_domain(found) if origin == "domains" else None
    return (
        None
        if goal in allowed(origin)
        else f"'{origin}' may import only {sorted(allowed(origin)) or 'nothing of ours'}"
    )


def another_domain(found: Import) -> str | None:
    own = found.file.relative_to(SOURCE).parts[1].removesuffix(".py")
    return None if own in ("__init__", *found.target[1:2]) else "a domain never imports another one"


def test_every_room_is_in_the_design():
    assert {room(file) for file in files()} <= ARROWS.keys()


def test_every_import_follows_an_arrow():
    wrong = [f"{found}: {why}" for file in files() for found in imports(file) if (why := forbidden(found))]
    assert not wrong, "\n".join(wrong)


def test_no_file_needs_itself_to_be_loaded():
    graph = {file: {owner(found.target) for found in imports(file) if found.at_start} - {file} for file in files()}
    graph[SOURCE / "__init__.py"] = set()  # loaded first and lazily; every import passes through it
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        pytest.fail("these files import each other: " + " -> ".join(str(p.relative_to(SOURCE)) for p in error.args[1]))


def test_the_folders_of_a_room_import_each_other_one_way_only():
    """Also for types: a reader can begin at one end. Files that lie beside the folders are the room's face."""
    graph: dict[Path, set[Path]] = {}
    for file in files():
        for found in imports(file):
            here, there = folder(file), folder(owner(found.target))
            if here != there and here.parts[:1] == there.parts[:1] and len(here.parts) == len(there.parts) == 2:
                graph.setdefault(here, set()).add(there)
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        pytest.fail("these folders import each other: " + " -> ".join(map(str, error.args[1])))


def folder(file: Path) -> Path:
    """The folder of a file inside its room, e.g. sisso/space; the room itself for a file that lies beside."""
    return Path(*file.relative_to(SOURCE).parts[:-1][:2])


def owner(target: tuple[str, ...]) -> Path:
    """The file that defines an imported name: ``data._dataset.Dataset`` -> data/_dataset.py."""
    parts = target
    while parts and not is_module(parts):
        parts = parts[:-1]
    path = SOURCE.joinpath(*parts)
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@pytest.mark.parametrize(
    ("place", "code", "message"),
    [
        pytest.param("data/x.py", "from ..models import save", "'data' may import only", id="upwards"),
        pytest.param("models/x.py", "from matgenes.records import Record", "'models' may import only", id="sideways"),
        pytest.param("_core/x.py", "def f():\n    import matgenes.data", "nothing of ours", id="in-function"),
        pytest.param("data/x.py", "if TYPE_CHECKING:\n    from .. import study", "'data' may", id="for-types"),
        pytest.param("data/x.py", "import_module('matgenes.study')", "'data' may", id="by-text"),
        pytest.param("models/x.py", "from matgenes import Dataset", "public face", id="public-face"),
        pytest.param("domains/apt/x.py", "from ..saxs import fit", "a domain never", id="domains"),
    ],
)
def test_a_wrong_arrow_is_seen(place, code, message):
    (found,) = imports(SOURCE / place, code)
    assert message in (forbidden(found) or "")


@pytest.mark.parametrize("code", ["from ..data import Dataset", "from .. import __version__", "import numpy"])
def test_a_right_arrow_passes(code):
    assert not [why for found in imports(SOURCE / "models/x.py", code) if (why := forbidden(found))]
