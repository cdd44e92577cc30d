"""Paths inside a folder: what passes on every system, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matgenes._core.errors import InputError
from matgenes.records._paths import files_in, inside, relative


@pytest.mark.parametrize(
    "path", ["report.html", "tables/predict/scores.parquet", "a b/Å (eV).csv", ".hidden", "x/record.json"]
)
def test_plain_paths_pass(path):
    assert relative(path) == path


@pytest.mark.parametrize(
    "path",
    ["", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "./a", "a\\b", "C:", "a:b", "a\nb", "a\x00", "CON?", "a ", " a",
     "a./b", "record.json", "RECORD.JSON", "a" * 201, "a/" * 250 + "a", "\ud800"],
)  # fmt: skip
def test_others_are_refused(path):
    with pytest.raises(InputError, match="the path"):
        relative(path)


@given(path=st.text(max_size=30))
def test_what_passes_stays_inside(tmp_path_factory, path):
    folder = tmp_path_factory.getbasetemp()
    try:
        place = inside(folder, path)
    except InputError:
        return
    assert place.resolve().is_relative_to(folder.resolve())
    assert place != folder


def test_links_are_refused_wherever_they_stand(tmp_path):
    folder, outside = tmp_path / "run", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (outside / "x.txt").write_text("x")
    (folder / "file").symlink_to(outside / "x.txt")
    (folder / "sub").symlink_to(outside)
    (folder / "dangling").symlink_to(outside / "y.txt")
    for path in ("file", "sub/x.txt", "dangling"):
        with pytest.raises(InputError, match="symbolic link"):
            inside(folder, path)
    assert sorted(files_in(folder)) == ["dangling", "file", "sub"]


def test_all_files_but_the_record_are_listed_in_order(tmp_path):
    for path in ("b.txt", "record.json", "a/record.json", "a/b/c.txt"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x")
    assert list(files_in(tmp_path)) == ["b.txt", "a/record.json", "a/b/c.txt"]
