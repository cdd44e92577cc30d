"""Every public name of the package and its rooms resolves, has a docstring, and is shown to type checkers."""

from __future__ import annotations

import ast
import importlib
import inspect
from pathlib import Path

import pytest

import matgenes

SOURCE = Path(matgenes.__file__).parent


def packages() -> list[str]:
    folders = sorted(path.parent.relative_to(SOURCE.parent) for path in SOURCE.rglob("__init__.py"))
    return [".".join(folder.parts) for folder in folders]


def public_names() -> list[object]:
    return [
        pytest.param(package, name, id=f"{package}.{name}")
        for package in packages()
        for name in getattr(importlib.import_module(package), "__all__", [])
    ]


@pytest.mark.parametrize("name", packages())
def test_a_room_says_what_it_is_for(name):
    assert (importlib.import_module(name).__doc__ or "").strip()


@pytest.mark.parametrize(("package", "name"), public_names())
def test_a_public_name_resolves_and_is_documented(package, name):
    thing = getattr(importlib.import_module(package), name)
    assert name in dir(importlib.import_module(package)) or name == "__version__"
    if inspect.isclass(thing) or inspect.isroutine(thing) or inspect.ismodule(thing):
        assert (thing.__doc__ or "").strip(), f"{package}.{name} has no docstring"


@pytest.mark.parametrize("name", packages())
def test_type_checkers_see_the_lazy_names(name):
    module = importlib.import_module(name)
    tree = ast.parse(Path(module.__file__).read_text("utf-8"))
    if not any(
        ast.unparse(node).endswith("TYPE_CHECKING") for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
    ):
        pytest.skip("nothing lazy here")
    blocks = [node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    shown = {alias.asname or alias.name for block in blocks for node in block.body for alias in node.names}
    assert shown == set(module.__all__) - {"__version__"}
