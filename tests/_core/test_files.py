"""Files that are whole or not there."""

import errno
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from matgenes._core import files
from matgenes._core.errors import InputError
from matgenes._core.files import atomic_file, atomic_folder, sha256, write_bytes, write_text


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_appears_when_it_is_whole(tmp_path):
    goal = tmp_path / "a.txt"
    with atomic_file(goal) as partial:
        partial.write_text("new")
        assert not goal.exists()
        assert partial.parent == tmp_path
    assert goal.read_text() == "new"
    assert names(tmp_path) == ["a.txt"]


def write_half(goal, error):
    with atomic_file(goal) as partial:
        partial.write_text("half")
        raise error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_leaves_the_old_file(tmp_path, error):
    goal = tmp_path / "a.txt"
    write_text(goal, "old")
    with pytest.raises(error):
        write_half(goal, error)
    assert goal.read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


def test_text_and_bytes(tmp_path):
    write_text(tmp_path / "a", "Å\n")
    assert (tmp_path / "a").read_bytes() == "Å\n".encode()
    write_bytes(tmp_path / "a", b"\0")
    assert sha256(tmp_path / "a") == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


@pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
def test_permissions_are_those_of_any_new_file(tmp_path):
    (tmp_path / "plain").touch()
    (tmp_path / "folder").mkdir()
    write_text(tmp_path / "ours", "")
    with atomic_folder(tmp_path / "ours_too"):
        pass
    modes = {name: stat.S_IMODE((tmp_path / name).stat().st_mode) for name in names(tmp_path)}
    assert modes["ours"] == modes["plain"]
    assert modes["ours_too"] == modes["folder"]


def test_a_folder_appears_when_it_is_whole(tmp_path):
    goal = tmp_path / "out"
    with atomic_folder(goal) as partial:
        (partial / "sub").mkdir()
        (partial / "sub" / "a").write_text("1")
        (partial / "link").symlink_to("nowhere")
        assert not goal.exists()
    assert (goal / "sub" / "a").read_text() == "1"
    assert names(tmp_path) == ["out"]


def test_a_folder_is_replaced_only_when_asked(tmp_path):
    goal = tmp_path / "out"
    goal.mkdir()
    (goal / "old").touch()
    with pytest.raises(InputError, match="out: this already exists"), atomic_folder(goal):
        pass
    with pytest.raises(ValueError, match="no"), atomic_folder(goal, replace=True):
        raise ValueError("no")
    assert names(goal) == ["old"]
    with atomic_folder(goal, replace=True) as partial:
        (partial / "new").touch()
    assert names(goal) == ["new"]
    assert names(tmp_path) == ["out"]


def test_the_old_folder_comes_back_if_the_new_one_cannot_be_moved(tmp_path, monkeypatch):
    goal = tmp_path / "out"
    goal.mkdir()
    (goal / "old").touch()
    rename = Path.rename

    def fails_for_the_new(self, target):
        if self.suffix == ".partial":
            raise OSError(errno.EIO, "disk error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fails_for_the_new)
    with pytest.raises(OSError, match="disk error"), atomic_folder(goal, replace=True):
        pass
    assert names(goal) == ["old"]
    assert names(tmp_path) == ["out"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        pytest.param("gone/a.txt", r"gone/a\.txt: the folder to write into does not exist", id="missing"),
        pytest.param("file/a.txt", "part of this path is a file", id="file"),
        pytest.param("folder", "folder: this is a folder, not a file", id="folder"),
        pytest.param("n" * 300, "the name is too long", id="long"),
    ],
)
def test_a_bad_place_is_explained(tmp_path, name, message):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match=message):
        write_text(tmp_path / name, "text")
    assert names(tmp_path) == ["file", "folder"]


def test_the_current_folder_is_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"^\.: this is a folder"):
        write_text(".", "text")


@pytest.mark.parametrize(
    ("number", "message"), [(errno.ENOSPC, "the disk is full"), (errno.EROFS, "read-only"), (errno.EDQUOT, "quota")]
)
def test_a_disk_that_fails_is_explained(tmp_path, monkeypatch, number, message):
    def fails(handle):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(files.os, "fsync", fails)
    with pytest.raises(InputError, match=rf"a\.txt: .*{message}"):
        write_text(tmp_path / "a.txt", "text")
    assert names(tmp_path) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_explained(tmp_path):
    with pytest.raises(InputError, match="the disk is full"), files.explained(tmp_path / "x"):
        Path("/dev/full").write_text("text")


def test_an_error_about_another_file_is_not_blamed_on_ours(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"input\.csv"), atomic_file(tmp_path / "out.csv"):
        (tmp_path / "input.csv").read_text()
    assert names(tmp_path) == []


def test_a_missing_file_has_no_hash(tmp_path):
    with pytest.raises(InputError, match=r"gone: cannot be read \(No such file"):
        sha256(tmp_path / "gone")


WRITER = """
import sys, time
from matgenes._core.files import atomic_file
with atomic_file(sys.argv[1]) as partial:
    partial.write_text("half")
    print("ready", flush=True)
    time.sleep(60)
"""


def test_a_killed_writer_leaves_the_old_file(tmp_path):
    goal = tmp_path / "a.txt"
    write_text(goal, "old")
    process = subprocess.Popen([sys.executable, "-c", WRITER, goal], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert goal.read_text() == "old"
    write_text(goal, "new")
    assert goal.read_text() == "new"
