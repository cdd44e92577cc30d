"""On which kind of file system does a folder lie?"""

from __future__ import annotations

from pathlib import Path

import pytest

from matgenes._core.errors import InputError
from matgenes.records.catalogue import _file_system
from matgenes.records.catalogue._file_system import file_system, mounts, of_linux, of_macos, refuse_network

LINUX = r"""22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
40 22 0:35 / /mnt/group\040share rw,relatime shared:9 - nfs4 server:/export rw,vers=4.2
41 22 0:36 / /mnt/group\040share/scratch rw - xfs /dev/sdb rw
42 22 0:37 / /srv/anna/remote rw,nosuid - fuse.sshfs anna@server: rw
broken line
"""
MACOS = """/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
//anna@server._smb._tcp.local/group on /Volumes/group share (smbfs, nodev, nosuid, mounted by anna)
map auto_home on /System/Volumes/Data/home (autofs, automounted, nobrowse)
"""


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("/mnt/group share/x", "nfs4"),
        ("/mnt/group share", "nfs4"),
        ("/mnt/group share/scratch/x", "xfs"),
        ("/mnt/group share2", "ext4"),
        ("/srv/anna/remote/a/b", "fuse.sshfs"),
    ],
)
def test_the_closest_mount_counts(folder, expected):
    assert file_system(Path(folder), list(of_linux(LINUX))) == expected


def test_what_macos_prints_is_read():
    assert list(of_macos(MACOS))[1] == ("/Volumes/group share", "smbfs")


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "smbfs", "fuse.sshfs", "9p", "lustre"])
def test_network_file_systems_are_refused(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(_file_system, "mounts", lambda: [("/", "ext4"), (str(tmp_path), kind)])
    with pytest.raises(InputError, match=rf"network file system \({kind}\).*records export"):
        refuse_network(tmp_path / "group")


@pytest.mark.parametrize("known", [[], [("/", "ext4")], [("/", "fuse.ntfs")], [("/", "overlay")]])
def test_disks_of_this_machine_and_unknown_ones_are_not(tmp_path, monkeypatch, known):
    monkeypatch.setattr(_file_system, "mounts", lambda: known)
    assert refuse_network(tmp_path) is None


def test_this_system_tells_its_mounts_or_nothing(tmp_path):
    found = mounts()
    assert found == [] or file_system(tmp_path, found)
