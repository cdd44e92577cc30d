"""On which kind of file system does a folder lie? SQLite's locks and shared memory do not hold on network ones.

The documentation of SQLite says: "WAL does not work over a network filesystem" (sqlite.org/wal.html, section 1). Two
machines that write would destroy the index without a word, so such a folder is refused.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..._core.errors import InputError

__all__ = ["refuse_network"]

NETWORK = {
    "nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afs", "afpfs", "9p", "ceph", "glusterfs", "lustre",
    "gpfs", "beegfs", "pvfs2", "orangefs", "ocfs2", "gfs2", "davfs", "webdav", "ncpfs", "coda", "panfs",
    "virtiofs",
}  # fmt: skip
OF_FUSE = {
    "sshfs", "ceph", "glusterfs", "s3fs", "rclone", "davfs", "davfs2", "gcsfuse", "goofys", "lustre", "beegfs",
    "juicefs", "curlftpfs",
}  # fmt: skip
MOUNTINFO = Path("/proc/self/mountinfo")
_MACOS = re.compile(r"^.+? on (?P<place>/.*) \((?P<kind>\w+)[,)]")


def refuse_network(folder: Path) -> None:
    """Do nothing for a folder on a disk of this machine, or where the kind cannot be told.

    Raises
    ------
    InputError
        If the folder lies on a network file system.
    """
    kind = file_system(folder, mounts())
    if kind is not None and (kind in NETWORK or kind.removeprefix("fuse.") in OF_FUSE):
        raise InputError(
            f"this folder lies on a network file system ({kind}), where the locks of the catalogue's index do not hold "
            "and two writers could destroy it; choose a folder on a disk of this machine, and give others the crates "
            "that 'matgenes records export' writes.",
            file=folder,
        )


def file_system(folder: Path, mounts: Iterable[tuple[str, str]]) -> str | None:
    """Return the type of the file system that is mounted closest above a folder, given (place, type) of all.

    Examples
    --------
    >>> file_system(Path("/data/group/x"), [("/", "ext4"), ("/data", "nfs4"), ("/data2", "xfs")])
    'nfs4'
    """
    folder = folder.resolve()
    above = [(len(Path(place).parts), kind) for place, kind in mounts if folder.is_relative_to(place)]
    return max(reversed(above), key=lambda each: each[0])[1] if above else None  # of two, the later mount covers


def mounts() -> list[tuple[str, str]]:
    """Return (place, type) of all mounted file systems; nothing where the system does not tell."""
    try:
        if sys.platform == "darwin":
            told = subprocess.run(["/sbin/mount"], capture_output=True, text=True, check=True, timeout=10).stdout
            return list(of_macos(told))
        return list(of_linux(os.fsdecode(MOUNTINFO.read_bytes())))
    except (OSError, subprocess.SubprocessError):
        return []


def of_linux(mountinfo: str) -> Iterator[tuple[str, str]]:
    """Read ``/proc/self/mountinfo`` (proc(5)): the fifth field is the place, the type follows the lone dash."""
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) > 4 and after:
            place = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[4])
            yield place, after.split(" ")[0]


def of_macos(told: str) -> Iterator[tuple[str, str]]:
    """Read what ``mount`` prints: ``//anna@server/share on /Volumes/share (smbfs, nodev)``."""
    for line in told.splitlines():
        if found := _MACOS.match(line):
            yield found["place"], found["kind"]
