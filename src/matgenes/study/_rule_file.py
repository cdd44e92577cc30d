"""Rules in a folder of results: as JSON that is checked when it is read, as SQL, and as text for pandas.

A list of rules names each: "1", "2", ... the best ones, "A", "B", ... the small set, or without names the front.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .._core.errors import InputError
from .._core.files import write_text
from ..subgroups import Rule

__all__ = ["FILE", "Named", "Rules", "read_rules", "write_json", "write_pandas", "write_sql"]

Named = Mapping[str, Rule]

FILE = "rules.json"
FORMAT = "matgenes rules 1"
MOST_BYTES = 50_000_000


@dataclass(frozen=True)
class Rules:
    """Lists of rules about one target, by the name of the list; in each the rules by their names."""

    target: str
    unit: str
    lists: Mapping[str, Named]


def write_json(rules: Rules, path: Path) -> None:
    """Write all lists as JSON."""
    lists = {
        title: [{"name": name, "rule": json.loads(rule.to_json())} for name, rule in named.items()]
        for title, named in rules.lists.items()
    }
    content = {"format": FORMAT, "target": rules.target, "unit": rules.unit, "lists": lists}
    write_text(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def write_sql(rules: Rules, path: Path) -> None:
    """Write a query for each named rule; the columns must be in the units of the rules."""
    lines = [f"-- Rules about {_line(rules.target)}; missing values must be NULL, units those named beside the rules."]
    for name, rule in _named(rules).items():
        lines += ["", f"-- {name}: {_line(rule.text)}", f"{rule.to_sql()};"]
    write_text(path, "\n".join(lines) + "\n")


def write_pandas(rules: Rules, path: Path) -> None:
    """Write the text for ``DataFrame.query`` of each named rule that pandas can say."""
    lines = ['"""Rules for pandas: ``table.query(RULES["1"])``; units are those named beside the rules."""', ""]
    lines += [f"# about {_line(rules.target)}", "RULES = {"]
    for name, rule in _named(rules).items():
        lines.append(f"    # {_line(rule.text)}")
        try:
            lines.append(f"    {name!r}: {rule.to_pandas()!r},")
        except InputError as error:
            lines.append(f"    # {name}: {_line(str(error))}")
    write_text(path, "\n".join([*lines, "}"]) + "\n")


def read_rules(path: Path) -> Rules:
    """Read what :func:`write_json` wrote; every rule is checked, nothing is run.

    Raises
    ------
    InputError
        If it is not there or is no such file.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"this is over {MOST_BYTES} bytes, too long for rules.", file=path)
        given = json.loads(path.read_text(encoding="utf-8"))
        if given["format"] != FORMAT:
            raise InputError(f"this is no file of rules; one has the format '{FORMAT}'.", file=path)
        lists = {
            str(title): {str(one["name"]): Rule.from_json(json.dumps(one["rule"])) for one in named}
            for title, named in given["lists"].items()
        }
        return Rules(str(given["target"]), str(given["unit"]), lists)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror}).", file=path) from None
    except InputError as error:
        raise error.at(file=path) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InputError("this is no file of rules.", file=path) from None


def _named(rules: Rules) -> Named:
    """Return the rules that have names of their own, of all lists."""
    return {name: rule for title, named in rules.lists.items() if title != "front" for name, rule in named.items()}


def _line(text: str) -> str:
    return " ".join(text.split())
