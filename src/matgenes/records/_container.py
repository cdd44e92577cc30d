"""The environment of a record, to be made again after years: pinned requirements, and a Containerfile around them.

A record knows the version of every package, not the hash of the archive that it came in: an installation does not keep
that. Where the package index still answers, pip can be asked for the archives of those versions and their hashes, for
this kind of machine; the build of the container then accepts no other bytes. Without it the versions alone are pinned.
matgenes itself is checked by the hash of its source, which the record does know.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from .._core.errors import InputError
from .._core.files import atomic_folder, write_text
from ._record import Record

__all__ = ["ask_hashes", "write_environment"]

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?")
_VERSION = re.compile(r"[0-9][A-Za-z0-9.+!_-]{0,60}")
_PYTHON = re.compile(r"(\d{1,2}\.\d{1,2}\.\d{1,2})\b.*")
PATIENCE = 600  # seconds for pip

CONTAINERFILE = """\
# The environment of the record {id}
# Build and run, with podman or docker; matgenes {version} from the package index, or from a wheel or address of yours:
#   podman build -t matgenes-record --build-arg MATGENES='matgenes=={version}' .
#   podman run --rm -v FOLDER_OF_THE_RECORD:/record:ro matgenes-record
FROM docker.io/library/python:{python}-slim
ARG MATGENES="matgenes=={version}"
ENV PYTHONHASHSEED=0 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.txt /requirements.txt
RUN python -m pip install --no-deps{hashed} -r /requirements.txt
RUN python -m pip install --no-deps "$MATGENES"
RUN python -c "from matgenes.records import Code; found = Code.here().source; \\
    assert found == '{source}', f'not the code of the record: {{found}}'"
CMD ["matgenes", "verify", "--frozen", "/record"]
"""


def write_environment(
    record: Record, out: str | os.PathLike[str], *, hashes: Mapping[str, str] | None = None
) -> tuple[Path, ...]:
    """Write ``requirements.txt`` and ``Containerfile`` into a new folder.

    Parameters
    ----------
    record : Record
        Whose environment.
    out : path
        The folder to make.
    hashes : mapping of str to str, optional
        SHA-256 of the archive of every package, as :func:`ask_hashes` returns them.

    Returns
    -------
    tuple of Path
        The files.

    Raises
    ------
    InputError
        If a name or version in the record could be something else (a stranger may have written it), a hash is
        missing, or the folder exists.
    """
    requirements = _requirements(record, hashes)
    told = {"package": record.code.package, "version": record.code.version, "source": record.code.source}
    for what, text, pattern in (
        ("package", told["package"], re.compile("matgenes")),
        ("version", told["version"], _VERSION),
        ("source", told["source"], re.compile(r"sha256:[0-9a-f]{64}")),
    ):
        _check(what, text, pattern)
    hashed = " --require-hashes" if hashes is not None else ""
    container = CONTAINERFILE.format(id=record.id, python=_python(record), hashed=hashed, **told)
    out = Path(out)
    with atomic_folder(out) as partial:
        write_text(partial / "requirements.txt", requirements)
        write_text(partial / "Containerfile", container)
    return out / "requirements.txt", out / "Containerfile"


def ask_hashes(record: Record) -> dict[str, str]:
    """Ask the package index, through pip, for the archives of the recorded versions, for this Python and machine.

    Returns
    -------
    dict of str to str
        SHA-256 of each package's archive.

    Raises
    ------
    InputError
        If pip does not find them, or the index cannot be reached.
    """
    with TemporaryDirectory(prefix="matgenes-env-") as folder:
        wanted, report = Path(folder) / "requirements.txt", Path(folder) / "report.json"
        wanted.write_text(_requirements(record, None), "utf-8")
        options = ["--dry-run", "--ignore-installed", "--no-deps", "--quiet", "--disable-pip-version-check"]
        command = [sys.executable, "-m", "pip", "install", *options, "--report", str(report), "-r", str(wanted)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
        except subprocess.TimeoutExpired:
            raise InputError(f"pip did not answer within {PATIENCE} s; without hashes: leave --hashes out.") from None
        if done.returncode != 0 or not report.is_file():
            said = (done.stderr.strip().splitlines() or ["nothing"])[-1]
            raise InputError(f"pip does not find these versions: {said[:300]}; without hashes: leave --hashes out.")
        return of_report(report.read_text("utf-8"))


def of_report(text: str) -> dict[str, str]:
    """Return the hashes in an installation report of pip (its specification, version 1)."""
    found = {}
    for each in json.loads(text)["install"]:
        name = re.sub(r"[-_.]+", "-", each["metadata"]["name"]).lower()
        archive = each["download_info"].get("archive_info", {})
        sha256 = archive.get("hashes", {}).get("sha256")
        if sha256:
            found[name] = sha256
    return found


def _requirements(record: Record, hashes: Mapping[str, str] | None) -> str:
    lines = [f"# {record.code.package} {record.code.version} ran with these, Python {_python(record)}"]
    for name, version in sorted(record.environment.packages.items()):
        _check("package", name, _NAME)
        _check("version", version, _VERSION)
        line = f"{name}=={version}"
        if hashes is not None:
            sha256 = hashes.get(name, "")
            _check(f"hash of {name}", sha256, re.compile(r"[0-9a-f]{64}"))
            line += f" --hash=sha256:{sha256}"
        lines.append(line)
    return "\n".join(lines) + "\n"


def _python(record: Record) -> str:
    found = _PYTHON.fullmatch(record.environment.python)
    if found is None:
        raise InputError(f"the record's Python is '{record.environment.python[:60]}', which is no version.")
    return found[1]


def _check(what: str, text: str, pattern: re.Pattern[str]) -> None:
    """Refuse what could be a command in a file that a shell will read."""
    if not pattern.fullmatch(text):
        raise InputError(f"the record's {what} is {text[:60]!r}, which is none; nothing was written.")
