"""Every library that the source imports is declared: the core's as dependencies, an extra's only inside functions."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import matgenes

SOURCE = Path(matgenes.__file__).parent
PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]
USERS_EXTRAS = set(PROJECT["optional-dependencies"]) - {"all", "test", "docs", "dev"}


def names(requirements: list[str]) -> set[str]:
    """Distribution names, written alike: ``scikit_learn>=1.5`` -> scikit-learn."""
    return {re.split(r"[^\w.-]", text)[0].lower().replace("_", "-") for text in requirements}


CORE = names(PROJECT["dependencies"])
EXTRAS = {extra: names(PROJECT["optional-dependencies"][extra]) for extra in USERS_EXTRAS}


def libraries(tree: ast.AST, *, at_start: bool = True) -> Iterator[tuple[str, int, bool]]:
    """Top module, line, and whether it is imported as soon as the file is loaded."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name.partition(".")[0], node.lineno, at_start) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").partition(".")[0], node.lineno, at_start
        later = isinstance(node, ast.FunctionDef) or (
            isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        )
        yield from libraries(node, at_start=at_start and not later)


def test_every_imported_library_is_declared():
    homes = packages_distributions()
    wrong = []
    for file in sorted(SOURCE.rglob("*.py")):
        for module, line, at_start in libraries(ast.parse(file.read_text("utf-8"))):
            homes_here = {home.lower().replace("_", "-") for home in homes.get(module, [module])}
            optional = any(homes_here & extra for extra in EXTRAS.values())
            known = module in sys.stdlib_module_names or module == "matgenes" or homes_here & CORE
            if not known and (at_start or not optional):
                wrong.append(f"{file.relative_to(SOURCE)}:{line}: {module}")
    assert not wrong, "not in pyproject.toml, or of an extra and loaded at once:\n" + "\n".join(wrong)


def test_torch_is_never_in_the_core():
    assert not CORE & {"torch", "triton", "gpytorch", "botorch"}
