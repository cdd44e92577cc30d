"""On what a result was computed: Python, system, processor, the packages that matgenes needs, and BLAS.

None of it enters a record's id: two machines that agree give one id. It lies under the record's seal, and where a
re-run differs, :meth:`Environment.differences` names what changed between the two.
"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, metadata

from pydantic import BaseModel, ConfigDict

__all__ = ["Change", "Environment"]

_OF_DEVELOPERS = re.compile(r"""extra\s*==\s*['"](test|docs|dev)['"]""")
_OF_AN_EXTRA = re.compile(r"extra\s*==")


@dataclass(frozen=True)
class Change:
    """What one part of the environment was then and is now; ``None`` where it was, or is, not there."""

    name: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        return f"{self.name} {self.before or '(absent)'} -> {self.after or '(absent)'}"


class Environment(BaseModel):
    """What a computation ran on.

    Parameters
    ----------
    python, platform, cpu : str
        Version and implementation, operating system, processor and number of logical cores.
    packages : dict of str to str
        Version of every installed package that matgenes needs, directly or through another, extras included.
    libraries : dict of str to str
        The loaded BLAS and OpenMP libraries: version, processor type, threads.

    Examples
    --------
    >>> here = Environment.here()
    >>> here.differences(here)
    ()
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    python: str
    platform: str
    cpu: str
    packages: dict[str, str]
    libraries: dict[str, str]

    @classmethod
    def here(cls) -> Environment:
        """Describe this process as it is now."""
        return cls(
            python=f"{platform.python_version()} ({platform.python_implementation()})",
            platform=platform.platform(),
            cpu=f"{_processor()}, {os.cpu_count()} logical cores",
            packages=dict(_packages("matgenes")),
            libraries=_libraries(),
        )

    def differences(self, other: Environment) -> tuple[Change, ...]:
        """Return what is not the same in ``other``; libraries only where both have loaded them."""
        parts = [("python", self.python, other.python), ("platform", self.platform, other.platform)]
        changes = [Change(*part) for part in [*parts, ("processor", self.cpu, other.cpu)] if part[1] != part[2]]
        shared = self.libraries.keys() & other.libraries.keys()
        libraries = [{name: each.libraries[name] for name in shared} for each in (self, other)]
        return (*_changes(self.packages, other.packages), *changes, *_changes(*libraries))

    def constraints(self) -> str:
        """Return the packages as a constraints file, for ``pip install -c``."""
        return "".join(f"{name}=={version}\n" for name, version in self.packages.items())


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield Change(name, before.get(name), after.get(name))


@cache
def _packages(root: str) -> Mapping[str, str]:
    """Follow the requirements of ``root``; the developers' extras and other packages' extras are left out."""
    found: dict[str, str] = {}
    _, texts = _installed(root)
    waiting = [text for text in texts if not _OF_DEVELOPERS.search(text)]
    while waiting:
        name = _name(waiting.pop())
        if name not in found and name != root:
            found[name], texts = _installed(name)
            waiting += [text for text in texts if not _OF_AN_EXTRA.search(text)]
    return {name: version for name, version in sorted(found.items()) if version}


def _name(requirement: str) -> str:
    """Return the normalised name in ``"Scikit_Learn>=1.5; ..."`` (PEP 503)."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]).lower()


def _installed(name: str) -> tuple[str, list[str]]:
    """Return version and requirements of a package, nothing of both where it is not installed."""
    try:
        about = metadata(name)
    except PackageNotFoundError:
        return "", []
    return about["Version"], about.get_all("Requires-Dist") or []


def _libraries() -> dict[str, str]:
    """Describe the thread pools; SciPy's are loaded first, so that two processes can be compared."""
    import scipy.linalg  # noqa: F401
    from threadpoolctl import threadpool_info

    found: dict[str, set[str]] = {}
    for pool in threadpool_info():
        words = [pool["version"], pool.get("architecture"), f"{pool['num_threads']} threads"]
        found.setdefault(pool["internal_api"], set()).add(" ".join(word for word in words if word))
    return {name: "; ".join(sorted(texts)) for name, texts in sorted(found.items())}


def _processor() -> str:
    """Name the processor; Linux tells the name only in a file of its own."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as stream:
            names = [line.partition(":")[2].strip() for line in stream if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()
