"""What must not stand in the source: evaluated text, pickles, side doors to Numba, units lost, machine paths."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import matgenes

SOURCE = Path(matgenes.__file__).parent
ROOT = Path(__file__).parents[2]
KERNELS = Path("_core/kernels.py")  # the only door to Numba

CALLS = {"eval", "exec", "sympify", "parse_expr", "read_pickle", "to_pickle"}
MODULES = {"pickle", "cPickle", "joblib", "dill", "cloudpickle", "marshal", "shelve"}
KEYWORDS = {("allow_pickle", True), ("cache", True)}
MACHINE_PATH = re.compile(r"/(?:root|work)/|/(?:home|Users)/[A-Za-z]\w*/|[A-Z]:\\Users\\")
TEXT_FILES = {
    ".py",
    ".pyi",
    ".md",
    ".rst",
    ".toml",
    ".txt",
    ".cff",
    ".yaml",
    ".yml",
    ".html",
    ".css",
    ".js",
    ".csv",
    "",
}


def banned(code: str, file: Path = Path("x.py")) -> Iterator[str]:
    """Each banned thing in a file's code, with its line."""
    for node in ast.walk(ast.parse(code)):
        yield from (f"{file}:{node.lineno}: {what}" for what in banned_in(node, file))


def banned_in(node: ast.AST, file: Path) -> Iterator[str]:
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func).rpartition(".")[2]
        if name in CALLS:
            yield f"{name}() runs or loads text as code"
        for keyword in node.keywords:
            value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
            if (keyword.arg, value) in KEYWORDS and file != KERNELS:
                yield f"{keyword.arg}=True"
    for module in modules(node):
        if module in MODULES:
            yield f"{module} is not a safe format"
        if module == "numba" and file != KERNELS:
            yield "numba is imported by _core/kernels.py only"


def modules(node: ast.AST) -> list[str]:
    """Names of the top packages that a statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level:
        return [(node.module or "").partition(".")[0]]
    return []


def test_the_source_has_nothing_banned():
    found = [
        row
        for file in sorted(SOURCE.rglob("*.py"))
        for row in banned(file.read_text("utf-8"), file.relative_to(SOURCE))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "code",
    [
        "eval('1')",
        "sympy.sympify(text)",
        "frame.eval('a + b')",
        "from pickle import loads",
        "import joblib",
        "np.load(path, allow_pickle=True)",
        "@njit(cache=True)\ndef f(): ...",
        "def f():\n    import numba.typed",
    ],
)
def test_each_ban_is_seen(code):
    assert list(banned(code))


def test_a_dataset_is_never_an_array_by_accident():
    for name in ("__array__", "__array_interface__", "__dataframe__", "__arrow_c_stream__"):
        assert not hasattr(matgenes.Dataset, name), f"Dataset.{name} would lose the units in silence"


def committed_files() -> Iterator[Path]:
    """The text files of a checkout, without what the ignore list names and tools make."""
    made = {".git", "build", "dist", "_build", "gallery", "generated", "__pycache__", "results", "matgenes-demo"}
    for top in sorted(ROOT.iterdir()):
        if top.name in made or (top.is_dir() and top.name.startswith(".") and top.name != ".ci"):
            continue
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            if path.is_file() and path.suffix in TEXT_FILES and not made & set(path.relative_to(ROOT).parts):
                yield path


def test_no_file_names_the_paths_of_one_machine():
    rows = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in committed_files()
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), start=1)
        if MACHINE_PATH.search(line)
    ]
    assert not rows, "\n".join(rows)


@pytest.mark.parametrize("text", ["/{}/x".format("root"), "/{}/anna/x".format("home"), "C:\\{}\\x".format("Users")])
def test_a_machine_path_is_seen(text):
    assert MACHINE_PATH.search(text)
