"""The folder of a campaign: ``campaign.json`` (what it is about), ``candidates.parquet``, ``journal.jsonl``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..._core.canonical import canonical_json, hash_of
from ..._core.errors import InputError
from ...data import Dataset
from ...data._validated import validated
from ..spaces import Continuous, Formulas, Space, Table, Variable
from ._settings import Settings

__all__ = ["ABOUT", "CANDIDATES", "JOURNAL", "opened", "written"]

ABOUT, CANDIDATES, JOURNAL = "campaign.json", "candidates.parquet", "journal.jsonl"
MOST_BYTES = 10_000_000


def written(folder: Path, settings: Settings, space: Space) -> None:
    """Write settings and space into an empty folder."""
    content: dict[str, Any] = {"settings": settings.model_dump(mode="json"), "space": dict(space.to_dict())}
    if isinstance(space, Table):
        space.data.write(folder / CANDIDATES)
    content = {"campaign": 1, "id": hash_of(content), **content}
    (folder / ABOUT).write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def opened(folder: Path, own: Space | None = None) -> tuple[Settings, Space]:
    """Read settings and space back.

    Raises
    ------
    InputError
        If the folder holds no campaign, or something in it was changed.
    """
    about = folder / ABOUT
    try:
        if about.stat().st_size > MOST_BYTES:
            raise InputError("this is too long to be the settings of a campaign.", file=about)
        content = json.loads(about.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(
            "there is no campaign here; 'matgenes campaign new' or Campaign.create begins one.", file=folder
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"this cannot be read as the settings of a campaign ({error}).", file=about) from None
    _check(content, about)
    return validated(Settings, content["settings"]), own or _space(content["space"], folder)


def _check(content: Any, about: Path) -> None:
    if not isinstance(content, dict) or content.get("campaign") != 1 or {"settings", "space", "id"} - content.keys():
        raise InputError("these are not the settings of a campaign of this version.", file=about)
    if content["id"] != hash_of({"settings": content["settings"], "space": content["space"]}):
        raise InputError(
            "the settings were changed by hand after the campaign began; take them back, or begin another campaign.",
            file=about,
        )


def _space(given: Mapping[str, Any], folder: Path) -> Space:
    kind = given.get("kind")
    if kind == "table":
        data = Dataset.read(folder / CANDIDATES)
        if data.id != given["data"]:
            raise InputError("the candidates are not those with which the campaign began.", file=folder / CANDIDATES)
        return Table(data, given["features"])
    if kind == "continuous":
        return Continuous([validated(Variable, each) for each in given["variables"]], given["log2_points"])
    if kind == "formulas":
        return Formulas(**{name: value for name, value in given.items() if name != "kind"})
    raise InputError(
        f"the campaign is on a space of its own ({canonical_json(dict(given))}); give it: Campaign(folder, space=...).",
        file=folder,
    )
