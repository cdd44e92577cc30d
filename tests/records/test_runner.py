"""Runners: registered ones are found, others are not guessed."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

import pytest

from matgenes._core.errors import InputError
from matgenes.records import _runner


def test_a_registered_runner_is_found(toy_runner):
    assert _runner.find_runner("toy") is toy_runner


def test_an_entry_point_is_loaded_by_name(monkeypatch):
    point = EntryPoint("toy", "matgenes.records._paths:relative", _runner.GROUP)
    monkeypatch.setattr(_runner, "entry_points", lambda group: [point])
    assert _runner.find_runner("toy").__name__ == "relative"


@pytest.mark.parametrize("kind", ["tory", "os:system", "matgenes.study.rerun:rerun", "\x1b[2J"])
def test_an_unknown_kind_is_said(toy_runner, kind):
    with pytest.raises(InputError, match=r"no runner for records of kind .* is installed; there are: toy") as caught:
        _runner.find_runner(kind)
    assert str(caught.value).isprintable()
    assert ("Did you mean 'toy'?" in str(caught.value)) == (kind == "tory")


def test_studies_have_one():
    assert "study" in {point.name for point in entry_points(group=_runner.GROUP)}
