"""Processes that write to a catalogue, light ones: this one loads the libraries once and forks many short lives.

    python writers.py kill FOLDER LIVES      each life adds tables until it is killed at a random moment
    python writers.py together FOLDER COUNT  four processes add COUNT tables each at once

Prints one JSON line with what was found.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from itertools import count

from matgenes.data import Dataset, Quantity
from matgenes.records import Catalogue

LONGEST_LIFE = 0.08  # seconds; longer where the disk is slow
ID = 71  # bytes of "sha256:" and 64 digits


def table(life: int, number: int) -> Dataset:
    return Dataset.from_columns(
        {
            Quantity("alloy", role="id"): ["NiAl", "Fe"],
            Quantity("E_act", unit="eV", role="target"): [float(life), float(number)],
        }
    )


def forked(work) -> int:
    process = os.fork()
    if process:
        return process
    try:
        work()
    finally:
        os._exit(0)


def add_until_killed(folder: str, life: int, told: int) -> None:
    catalogue = Catalogue(folder)
    for number in count():
        os.write(told, catalogue.add(table(life, number), title=f"life {life}, table {number}").encode())


def kill(folder: str, lives: int) -> dict:
    """Kill a writer at random moments; open the catalogue after each, and look at everything that was acknowledged."""
    acknowledged = [Catalogue.create(folder).add(table(-1, 0))]  # also loads all libraries, before the forks
    moments, longest = random.Random(0), longest_life(folder, acknowledged)
    for life in range(lives):
        reading, writing = os.pipe()
        process = forked(lambda life=life, writing=writing: add_until_killed(folder, life, writing))
        os.close(writing)
        time.sleep(moments.uniform(0.0, longest))
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        with os.fdopen(reading, "rb") as stream:
            text = stream.read().decode()
        new = [text[start : start + ID] for start in range(0, len(text), ID)]
        acknowledged += new
        found = {entry.id for entry in Catalogue(folder).search(limit=10**6)}
        assert found >= set(new), f"life {life}: {set(new) - found} were acknowledged and are not found"
    return look(folder, acknowledged)


def longest_life(folder: str, acknowledged: list[str]) -> float:
    """Return how long a writer may live, so that on this disk it adds several tables: seconds."""
    reading, writing = os.pipe()
    begin = time.monotonic()
    process = forked(lambda: add_until_killed(folder, -2, writing))
    os.close(writing)
    with os.fdopen(reading, "rb", buffering=0) as stream:
        acknowledged += [stream.read(ID).decode() for _ in range(6)]
    taken = time.monotonic() - begin
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    return max(LONGEST_LIFE, taken)


def look(folder: str, acknowledged: list[str]) -> dict:
    catalogue = Catalogue(folder)
    found = {entry.id for entry in catalogue.search(limit=10**6)}
    whole = [key for key in found if catalogue.get(key).id == key]
    before = len(catalogue)
    assert Catalogue.rebuild(folder) == ()
    return {
        "acknowledged": len(set(acknowledged)),
        "lost": len(set(acknowledged) - found),
        "found": len(found),
        "whole": len(whole),
        "folders": len(catalogue.ids()),
        "before_rebuild": before,
        "after_rebuild": len(Catalogue(folder)),
    }


def together(folder: str, number: int) -> dict:
    Catalogue.create(folder)

    def write(writer: int) -> None:
        catalogue = Catalogue(folder)
        for each in range(number):
            catalogue.add(table(writer, each))

    processes = [forked(lambda writer=writer: write(writer)) for writer in range(4)]
    for process in processes:
        os.waitpid(process, 0)
    return look(folder, [table(writer, each).id for writer in range(4) for each in range(number)])


if __name__ == "__main__":
    task, folder, size = sys.argv[1:]
    print(json.dumps({"kill": kill, "together": together}[task](folder, int(size))))
