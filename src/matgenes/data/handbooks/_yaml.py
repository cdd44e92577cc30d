"""YAML from strangers: plain mappings, lists, texts and numbers only.

Anchors and aliases (a few lines of which can grow to gigabytes), tags (which can name code) and deep nesting are
refused at the parser's events, before anything is built; the loader then knows the plain types only.
"""

from __future__ import annotations

from typing import Any

from ..._core.errors import InputError

__all__ = ["parse_yaml"]

DEEPEST = 20


def parse_yaml(text: str) -> Any:
    """Return the content of a YAML text as plain data.

    Raises
    ------
    InputError
        If it is no YAML, or holds an anchor, an alias, a tag or more than one document, or nests too deeply; ``row``
        is the line.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    yaml = YAML(typ="safe", pure=True)
    try:
        _check_events(yaml, text)
        return yaml.load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark is not None else None
        raise InputError(f"this is not valid YAML: {error.problem}.", row=line) from None
    except (YAMLError, ValueError, RecursionError, AssertionError) as error:
        if isinstance(error, InputError):
            raise
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(f"this is not valid YAML: {reason}.") from None


def _check_events(yaml: Any, text: str) -> None:
    from ruamel.yaml import events

    depth = documents = 0
    for event in yaml.parse(text):
        line = event.start_mark.line + 1
        documents += isinstance(event, events.DocumentStartEvent)
        depth += isinstance(event, events.CollectionStartEvent) - isinstance(event, events.CollectionEndEvent)
        if isinstance(event, events.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise InputError("anchors (&) and aliases (*) are not allowed; write the text out.", row=line)
        if getattr(event, "tag", None) is not None:
            raise InputError(f"the tag '{str(event.tag)[:40]}' is not allowed; remove it.", row=line)
        if depth > DEEPEST:
            raise InputError(f"this nests deeper than {DEEPEST} levels.", row=line)
        if documents > 1:
            raise InputError("there is more than one document; keep one, without '---'.", row=line)
