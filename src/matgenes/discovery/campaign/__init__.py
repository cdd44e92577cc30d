"""Campaigns: ask what to measure next, tell what came out, in a folder that outlives every process."""

from ._campaign import Campaign, Replayed
from ._settings import Limited, Objective, Settings
from ._state import Measurement, State
from ._status import Status
from ._suggestion import Suggestion, to_table

__all__ = [
    "Campaign", "Limited", "Measurement", "Objective", "Replayed", "Settings", "State", "Status", "Suggestion",
    "to_table",
]  # fmt: skip
