"""What is wrong with the description of a crate, and with the files that it describes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from ..._core.errors import InputError
from ...data import Finding
from ._archive import Archive
from ._crate_write import METADATA
from ._eln_entities import Entities, Entity, is_address, types

__all__ = ["Checked", "check"]

FileRow: TypeAlias = tuple[str, int | None, bool, bool, str]

ABOUT_ITSELF = re.compile(r"(^|/)(ro-crate-metadata\.json(\.minisig)?|ro-crate-preview\.html|ro-crate\.pubkey)$")
CODE = (".py", ".sh", ".bat", ".ps1", ".exe", ".js", ".vbs", ".jar", ".m", ".r", ".pl", ".ipynb", ".dll", ".so")
KNOWN = re.compile(r"https://w3id\.org/ro/crate/1\.[0-3](-DRAFT)?/?")
NO_LICENCE = re.compile(r"\b(no|without( a)?|none|not?) licen[sc]e", re.IGNORECASE)
MOST_DEEP = 20


@dataclass(frozen=True)
class Checked:
    """The defects, and one row a file: name, bytes, described, present, what its hash says."""

    findings: tuple[Finding, ...]
    files: tuple[FileRow, ...]


def check(archive: Archive, entities: Entities) -> Checked:
    """Compare a description with itself and with the files of the archive."""
    files: list[FileRow] = []
    findings = [*_names(archive), *_head(entities), *_references(entities)]
    findings += _described_files(archive, entities, files)
    findings += _other_files(archive, entities, files)
    return Checked(tuple(findings), tuple(files))


def _names(archive: Archive) -> Iterator[Finding]:
    for name, problem in archive.refused.items():
        yield Finding("error", "refused-name", f"'{name[:120]}' was not opened: {problem}")
    for name, raw in archive.renamed.items():
        yield Finding("warning", "double-slash", f"the ZIP calls it '{raw}', with '//'; it is read as '{name}'.")
    for name in archive.members:
        if archive.is_pickle(name):
            yield Finding(
                "error", "pickle", f"'{name}' is a pickle, which runs code when it is loaded; it is left out."
            )
        elif name.lower().endswith(CODE):
            yield Finding("info", "code", f"'{name}' is a program; it is never run.")


def _head(entities: Entities) -> Iterator[Finding]:
    """Check the descriptor and the root, which RO-Crate 1.1 demands (sections 3 and 4)."""
    if not entities.descriptor:
        yield Finding("error", "no-descriptor", f"there is no entity '{METADATA}', so what is described is a guess.")
    conforms = entities.text(entities.descriptor, "conformsTo")
    if entities.descriptor and not KNOWN.fullmatch(conforms):
        yield Finding("warning", "unknown-version", f"it conforms to '{conforms}'; read are RO-Crate 1.0 to 1.3.")
    root = entities.root
    if not root:
        yield Finding("error", "no-root", "there is no root dataset './'; the files are read all the same.")
        return
    for key in ("name", "description", "datePublished"):
        if not root.get(key):
            yield Finding("warning", f"no-{key.lower()}", f"the root has no {key}.")
    yield from _licence(entities, root)
    if not root.get("author") and not root.get("creator"):
        yield Finding("info", "no-author", "the root names no author.")
    for key in entities.doubles():
        yield Finding("error", "double-id", f"several entities have the id '{key[:120]}'; the first one counts.")


def _licence(entities: Entities, root: Entity) -> Iterator[Finding]:
    licence = entities.text(root, "license")
    if not licence:
        yield Finding("warning", "no-licence", "the root states no licence, so nobody knows what is allowed.")
    elif not isinstance(root["license"], Mapping | list) and not is_address(licence):
        yield Finding("warning", "no-licence", f"the root's licence is no address but the text '{licence[:120]}'.")
    elif NO_LICENCE.search(entities.named(root, "license")):
        name = entities.named(root, "license")
        yield Finding(
            "warning", "no-licence", f"the root refers to the licence '{licence[:120]}', which is '{name[:80]}'."
        )


def _references(entities: Entities) -> Iterator[Finding]:
    """Find what is referred to and not described, and what is described inside another entity."""
    told: set[str] = set()
    for entity in entities.graph:
        owner = str(entity.get("@id"))[:120]
        if not isinstance(entity.get("@id"), str):
            yield Finding("error", "no-id", f"an entity of type {', '.join(types(entity)) or 'none'} has no @id.")
        if not types(entity):
            yield Finding("error", "no-type", f"'{owner}' has no @type.")
        for key, value in entity.items():
            for inner in _mappings(value):
                target = inner.get("@id")
                if not isinstance(target, str) or len(inner) > 1:
                    yield Finding(
                        "warning", "not-flat", f"'{owner}', '{key}': a thing is described inside another one."
                    )
                elif not entities.has(target) and target not in told and key != "conformsTo":
                    told.add(target)
                    yield _missing(owner, key, target)


def _missing(owner: str, key: str, target: str) -> Finding:
    web = target.startswith(("http://", "https://"))
    where = "lies elsewhere and is not described here" if web else "is not described"
    return Finding("info" if web else "warning", "missing-entity", f"'{owner}', '{key}': '{target[:120]}' {where}.")


def _mappings(value: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
    elif isinstance(value, list) and depth < MOST_DEEP:
        for inner in value:
            yield from _mappings(inner, depth + 1)


def _described_files(archive: Archive, entities: Entities, files: list[FileRow]) -> Iterator[Finding]:
    for entity in entities.of_type("File"):
        key = str(entity.get("@id"))
        name = entities.file_name(key)
        if is_address(key):
            yield Finding("warning", "elsewhere", f"'{key[:120]}' is listed, but lies elsewhere; it is not fetched.")
            files.append((key, None, True, False, "no file"))
        elif name not in archive:
            yield Finding("error", "missing-file", f"'{key[:120]}' is listed, but not in the archive.")
            files.append((name, None, True, False, "no file"))
        else:
            yield from _content(archive, entity, name, files)
    for entity in entities.of_type("Dataset"):
        key = str(entity.get("@id"))
        inside = entities.file_name(key).rstrip("/") + "/"
        if (
            entity is not entities.root
            and not is_address(key)
            and not any(n.startswith(inside) for n in archive.members)
        ):
            yield Finding("info", "empty-folder", f"'{key[:120]}' is listed, but the archive holds no file in it.")


def _content(archive: Archive, entity: Entity, name: str, files: list[FileRow]) -> Iterator[Finding]:
    """Compare size and hash of a file with what is said of it."""
    size, stated = archive.members[name], str(entity.get("contentSize") or "").strip()
    told = re.fullmatch(r"(\d{1,18})(?:\.0+)?\s*(?:b|bytes?)?", stated, re.IGNORECASE)
    if stated and (told is None or int(told[1]) != size):
        yield Finding("error", "wrong-size", f"'{name}' has {size} bytes; the description says {stated[:40]}.")
    expected = str(entity.get("sha256") or "").strip().lower()
    if not expected:
        yield Finding("warning", "no-sha256", f"'{name}' has no sha256, so nobody can tell whether it was changed.")
        says = "not given"
    elif not re.fullmatch(r"[0-9a-f]{64}", expected):
        yield Finding("error", "broken-sha256", f"the sha256 of '{name}' is none: '{expected[:80]}'.")
        says = "not given"
    else:
        says = _hash(archive, name, expected)
        if says == "differs":
            yield Finding("error", "changed-file", f"'{name}' is not the file that was described: its sha256 differs.")
        elif says == "damaged":
            yield Finding("error", "damaged-file", f"'{name}' cannot be unpacked.")
    files.append((name, size, True, True, says))


def _hash(archive: Archive, name: str, expected: str) -> str:
    try:
        return "fits" if archive.sha256(name) == expected else "differs"
    except InputError:
        return "damaged"


def _other_files(archive: Archive, entities: Entities, files: list[FileRow]) -> Iterator[Finding]:
    described = {name for name, *_ in files}
    for name, size in archive.members.items():
        if name.endswith(".minisig"):
            yield Finding("info", "signature", f"'{name}' is a signature; it is not checked here.")
        if name not in described and not ABOUT_ITSELF.search(name):
            yield Finding("warning", "unlisted-file", f"'{name}' is in the archive, but not described.")
            files.append((name, size, False, True, "not given"))
    if entities.top.count("/") > 1:
        yield Finding("warning", "deep-root", f"the description lies in '{entities.top}', not in the only top folder.")
    tops = {name.partition("/")[0] for name in archive.members}
    if archive.path.suffix.lower() == ".eln" and len(tops) > 1:
        yield Finding("warning", "several-tops", f"an .eln file has one top folder; this has {len(tops)} names there.")
