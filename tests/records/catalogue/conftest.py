"""An empty catalogue, and the finished toy run of ``tests/records/conftest.py`` to put into it."""

from __future__ import annotations

import pytest

from matgenes.records import Catalogue


@pytest.fixture
def group(tmp_path) -> Catalogue:
    return Catalogue.create(tmp_path / "group")
