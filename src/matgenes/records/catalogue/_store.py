"""The folders of a catalogue: one an entry, named by its id, whole or not there; the truth that the index is made from.

    catalogue.json                       says that this is one
    entries/16/16885c.../entry.json      what it is; beside it data.parquet, or the folder run of a record
    incoming/16885c...-4f/               something on its way in or out
    index.sqlite                         can be made again

An entry is written below ``incoming``, flushed to the disk, and moved to its place in one step. A folder that stays
in ``incoming`` is the mark of a process that was killed: what it had moved already is then indexed by the next one.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from ..._core.errors import InputError
from ..._core.files import explained, flush, write_text
from ._entry import Entry

__all__ = ["DATA", "ENTRY", "MARK", "RUN", "Store", "flush_all"]

MARK, ENTRY, DATA, RUN = "catalogue.json", "entry.json", "data.parquet", "run"
STALE = 24 * 3600.0  # seconds; what has lain in incoming for longer belongs to nobody
FORMAT = {"format": "matgenes catalogue", "version": 1}


class Store:
    """The folders below ``root``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.entries, self.incoming = root / "entries", root / "incoming"

    def create(self) -> None:
        """Make the empty folders. InputError if there is something already."""
        with explained(self.root):
            if self.root.exists() and (not self.root.is_dir() or any(self.root.iterdir())):
                raise InputError("this exists and is not empty; choose a new folder for a catalogue.", file=self.root)
            self.root.mkdir(parents=True, exist_ok=True)
            self.entries.mkdir()
            self.incoming.mkdir()
            write_text(self.root / MARK, json.dumps(FORMAT) + "\n")

    def check(self) -> None:
        """Make sure that this is a catalogue of a version that can be read. InputError if not."""
        try:
            told = json.loads((self.root / MARK).read_text("utf-8"))
        except (OSError, ValueError):
            told = None
        if not isinstance(told, dict) or told.get("format") != FORMAT["format"]:
            raise InputError("this is no catalogue; make one: matgenes catalogue init FOLDER.", file=self.root)
        if told.get("version") != FORMAT["version"]:
            raise InputError(f"this catalogue has version {told.get('version')!r}; update matgenes.", file=self.root)

    def place(self, key: str) -> Path:
        """Return where an entry lies if it is there."""
        digits = key.removeprefix("sha256:")
        return self.entries / digits[:2] / digits

    def has(self, key: str) -> bool:
        """Say whether an entry is there."""
        return (self.place(key) / ENTRY).is_file()

    def entry(self, key: str) -> Entry:
        """Read what is said of an entry. InputError if it is missing or damaged."""
        file = self.place(key) / ENTRY
        try:
            return Entry.model_validate_json(file.read_bytes())
        except OSError:
            raise InputError(f"the catalogue has no entry {key}.", file=self.root) from None
        except ValidationError:
            raise InputError("this file is damaged; it does not describe an entry.", file=file) from None

    def describe(self, entry: Entry, folder: Path) -> None:
        """Write what is said of an entry into its folder, whole or not at all."""
        write_text(folder / ENTRY, entry.model_dump_json(indent=1) + "\n")

    def ids(self) -> Iterator[str]:
        """Give the ids of all entries, in their order."""
        for bucket in sorted(self.entries.iterdir()):
            if bucket.is_dir():
                yield from (f"sha256:{place.name}" for place in sorted(bucket.iterdir()))

    @contextmanager
    def incoming_entry(self, key: str) -> Iterator[Path]:
        """Give a folder to fill, which :meth:`publish` moves to its place; what was not published goes."""
        mark = self._mark(key)
        with explained(self.root):
            staged = mark / "entry"
            staged.mkdir(parents=True)
            try:
                yield staged
            finally:
                if staged.exists():
                    shutil.rmtree(mark, ignore_errors=True)
            shutil.rmtree(mark, ignore_errors=True)  # not after an error behind publish: the next process shall look

    def publish(self, staged: Path, key: str) -> None:
        """Move a filled and flushed folder to its place, or drop it if the entry came from elsewhere meanwhile."""
        place = self.place(key)
        if not place.parent.is_dir():
            place.parent.mkdir(exist_ok=True)
            flush(self.entries)
        if self.has(key):
            shutil.rmtree(staged)
        else:
            staged.rename(place)
            flush(place.parent)

    @contextmanager
    def outgoing_entry(self, key: str) -> Iterator[Callable[[], None]]:
        """Give a function that takes an entry out of its place; it is deleted at the end, or put back on an error."""
        mark, place = self._mark(key), self.place(key)

        def take_out() -> None:
            place.rename(mark / "deleted")
            flush(place.parent)

        mark.mkdir(parents=True)
        try:
            yield take_out
        except BaseException:
            if (mark / "deleted").is_dir():
                (mark / "deleted").rename(place)
            raise
        finally:
            shutil.rmtree(mark, ignore_errors=True)

    def unfinished(self) -> Iterator[tuple[Path, str]]:
        """Give mark and id of everything that is on its way, be its process alive or not."""
        for mark in sorted(self.incoming.iterdir()):
            digits, dash, _ = mark.name.partition("-")
            if dash and len(digits) == 64:
                yield mark, f"sha256:{digits}"

    def clear(self, mark: Path) -> None:
        """Remove a mark whose work is done, or that is too old to belong to a living process."""
        try:
            done = not (mark / "entry").exists() and not (mark / "deleted").exists()
            if done or time.time() - mark.stat().st_mtime > STALE:
                shutil.rmtree(mark, ignore_errors=True)
        except OSError:
            return  # another process was faster

    def _mark(self, key: str) -> Path:
        return self.incoming / f"{key.removeprefix('sha256:')}-{secrets.token_hex(4)}"


def flush_all(folder: Path) -> None:
    """Force a folder and all below it to the disk."""
    for place, _, names in os.walk(folder):
        for name in names:
            flush(Path(place) / name)
        flush(Path(place))
