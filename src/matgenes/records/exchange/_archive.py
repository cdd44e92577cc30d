"""A ZIP file or a folder from a stranger, read without harm: no way out, no links, no pickles, no bomb.

Refused are: absolute names, "..", drive letters, backslashes and whatever else some system understands in its own way;
two names that are one on some system; symbolic links; encrypted files; more than a stated number of files or bytes,
and ZIP files that grow more than 200-fold (a bomb: Fifield, USENIX WOOT 2019); pickles, which run code when opened.
"""

from __future__ import annotations

import hashlib
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from ..._core.errors import InputError
from .._paths import RECORD, files_in, relative

__all__ = ["Archive", "Limits", "is_pickle", "open_archive", "unpacked"]

PIECE = 2**20
ENCRYPTED = 0x1  # of a member's flags
_PICKLE_NAME = re.compile(r"\.(pkl|pickle|pck|joblib|dill|p)$", re.IGNORECASE)
_PICKLE_START = re.compile(rb"\x80[\x02-\x05]|\(?c[A-Za-z_][\w.]*\n[A-Za-z_][\w.]*\n(?:\(|p\d|q)")


@dataclass(frozen=True)
class Limits:
    """How much an archive may hold: files, bytes in all, and bytes unpacked for each byte packed."""

    files: int = 20_000
    total: int = 20 * 2**30
    ratio: float = 200.0
    free: int = 64 * 2**20  # bytes that any archive may unpack to, whatever its ratio


class Archive:
    """The files of a ZIP or folder by clean relative names with their sizes; and those that were refused, with why."""

    def __init__(
        self,
        path: Path,
        members: dict[str, int],
        source: zipfile.ZipFile | None,
        raw: dict[str, str],
        refused: dict[str, str],
    ) -> None:
        self.path = path
        self.members = members
        self.refused = refused
        self._zip, self._raw = source, raw

    @property
    def renamed(self) -> dict[str, str]:
        """The names that stand in the ZIP with "//", by their clean form."""
        return {name: raw for name, raw in self._raw.items() if name != raw}

    def __contains__(self, name: str) -> bool:
        return name in self.members

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """Open one file for reading. InputError if it is damaged."""
        try:
            stream = self._zip.open(self._raw[name]) if self._zip else (self.path / name).open("rb")
            with stream:
                yield stream
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            raise InputError(f"'{name}' in it is damaged ({error}).", file=self.path) from None

    def read(self, name: str, most: int) -> bytes:
        """Return the bytes of a file. InputError if there are more than ``most``."""
        with self.open(name) as stream:
            content = stream.read(most + 1)
        if len(content) > most:
            raise InputError(f"'{name}' in it is larger than {most // 2**20} MB.", file=self.path)
        return content

    def sha256(self, name: str) -> str:
        """Return the hash of a file's bytes, read in pieces."""
        digest = hashlib.sha256()
        with self.open(name) as stream:
            while piece := stream.read(PIECE):
                digest.update(piece)
        return digest.hexdigest()

    def extract(self, name: str, goal: Path) -> None:
        """Write one file to ``goal``; never more than the archive says it holds."""
        goal.parent.mkdir(parents=True, exist_ok=True)
        with self.open(name) as stream, goal.open("xb") as out:
            written = 0
            while piece := stream.read(PIECE):
                written += len(piece)
                if written > self.members[name]:
                    raise InputError(f"'{name}' in it is larger than it says.", file=self.path)
                out.write(piece)

    def is_pickle(self, name: str) -> bool:
        """Say whether a file is a pickle, by its name or its first and last bytes."""
        with self.open(name) as stream:
            start = end = stream.read(PIECE)
            if is_pickle(name, start, b"."):  # the end decides, so read on
                while piece := stream.read(PIECE):
                    end = piece
        return is_pickle(name, start, end)


@contextmanager
def open_archive(path: Path, limits: Limits | None = None, *, lenient: bool = False) -> Iterator[Archive]:
    """Open a ZIP file or a folder; ``lenient`` leaves members with dangerous names out instead of refusing all.

    Raises
    ------
    InputError
        If it is neither, or holds one of the dangers above; pickles are for the caller to judge.
    """
    limits = limits or Limits()
    if path.is_dir():
        yield _of_folder(path, limits)
        return
    try:
        source = zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise InputError(f"this is no readable ZIP file ({error}).", file=path) from None
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror}).", file=path) from None
    with source:
        yield _of_zip(path, source, limits, lenient=lenient)


@contextmanager
def unpacked(path: Path, limits: Limits | None = None) -> Iterator[Path]:
    """Give a temporary folder with the files of a crate.

    Raises
    ------
    InputError
        If there is none, or it is dangerous to open.
    """
    if not path.exists():
        raise InputError("there is no such file or folder.", file=path)
    with TemporaryDirectory(prefix="matgenes-crate-") as temporary, open_archive(path, limits) as archive:
        folder = Path(temporary) / "crate"
        for name in archive.members:
            if archive.is_pickle(name):
                raise InputError(
                    f"it was not opened: '{name}' is a pickle, which runs code when it is loaded; ask for another "
                    "format, such as skops, npz or Parquet.",
                    file=path,
                )
            archive.extract(name, folder / name)
        yield folder


def is_pickle(name: str, start: bytes, end: bytes) -> bool:
    """Say whether a file is a pickle, by its name, or by how it begins and that it ends with a stop.

    Examples
    --------
    >>> is_pickle("model.pkl", b"", b""), is_pickle("model.dat", bytes([128, 4, 75, 1, 46]), b".")
    (True, True)
    """
    return bool(_PICKLE_NAME.search(name) or (_PICKLE_START.match(start) and end.endswith(b".")))


class _Names:
    """The names of an archive; two of them must not be one file, on any system."""

    def __init__(self) -> None:
        self._files: dict[str, str] = {}
        self._folders: dict[str, str] = {}

    def add(self, name: str) -> None:
        """Take a name. InputError if it may lead out, or is another one's on some system."""
        relative(f"x/{name}")  # where a file may be called record.json
        parts = name.split("/")
        folders = ["/".join(parts[:depth]) for depth in range(1, len(parts))]
        for folder in folders:
            if _same(folder) in self._files or self._folders.setdefault(_same(folder), folder) != folder:
                raise InputError("on some systems its folder is another file or folder of the archive.")
        if _same(name) in self._folders or _same(name) in self._files:
            raise InputError("it stands there twice, or differs from another name only in upper and lower case.")
        self._files[_same(name)] = name


def _same(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _of_folder(path: Path, limits: Limits) -> Archive:
    members: dict[str, int] = {}
    for name in [*files_in(path), *([RECORD] if (path / RECORD).exists() else [])]:
        place = path / name
        if place.is_symlink() or not place.is_file():
            raise InputError(f"it was not opened: '{name}' is a link or no file.", file=path)
        members[name] = place.stat().st_size
    _check_size(path, len(members), sum(members.values()), None, limits)
    return Archive(path, members, None, {name: name for name in members}, {})


def _of_zip(path: Path, source: zipfile.ZipFile, limits: Limits, *, lenient: bool) -> Archive:
    infos = source.infolist()
    _check_size(path, len(infos), sum(info.file_size for info in infos), path.stat().st_size, limits)
    names, members, raw, refused = _Names(), dict[str, int](), dict[str, str](), dict[str, str]()
    for info in infos:
        try:
            name = _checked(info, names)
        except InputError as error:
            if not lenient:
                raise InputError(f"it was not opened: '{info.filename[:80]}': {error.problem}", file=path) from None
            refused[info.filename] = error.problem
            continue
        if not info.is_dir():
            members[name], raw[name] = info.file_size, info.filename
    return Archive(path, members, source, raw, refused)


def _checked(info: zipfile.ZipInfo, names: _Names) -> str:
    """Return the clean name of a member. InputError if it is no plain file, or its name is dangerous."""
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise InputError("this is a link or no plain file.")
    if info.flag_bits & ENCRYPTED:
        raise InputError("this is encrypted.")
    name = re.sub("(?<=[^/])//+", "/", info.filename)
    if info.is_dir():
        relative(f"x/{name.removesuffix('/')}")
    else:
        names.add(name)
    return name


def _check_size(path: Path, files: int, total: int, packed: int | None, limits: Limits) -> None:
    if files > limits.files:
        raise InputError(f"it was not opened: it holds {files} files; {limits.files} are allowed.", file=path)
    if total > limits.total:
        much = f"{total / 2**30:.1f} GB, {limits.total / 2**30:.1f} are allowed"
        raise InputError(f"it was not opened: it would unpack to {much}.", file=path)
    if packed is not None and total > max(limits.free, limits.ratio * packed):
        times = f"{total / max(packed, 1):.0f} times its size, {limits.ratio:.0f} are allowed"
        raise InputError(f"it was not opened: it would unpack to {times} (a ZIP bomb?).", file=path)
