"""Which code ran: its hash follows every Python file, by path and content, and no other."""

from __future__ import annotations

import matgenes
from matgenes.records import Code, _code


def test_it_is_this_package():
    here = Code.here()
    assert (here.package, here.version) == ("matgenes", matgenes.__version__)
    assert here == Code.here()


def test_the_source_hash_follows_python_files_only(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.py").write_bytes(b"x = 1\n")

    def source():
        _code._source.cache_clear()
        return _code._source(tmp_path)

    first = source()
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "sub" / "a.py").write_bytes(b"x = 1\r\n")
    assert source() == first, "notes and line ends do not count"
    (tmp_path / "sub" / "a.py").write_bytes(b"x = 2\n")
    assert source() != first
    (tmp_path / "sub" / "a.py").write_bytes(b"x = 1\n")
    (tmp_path / "sub" / "a.py").rename(tmp_path / "a.py")
    assert source() != first
