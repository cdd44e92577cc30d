"""A toy kind of run: it scales a table of solutes, and has an output of every kind and tolerance."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from matgenes import records
from matgenes.data import Dataset, Output, Quantity, Tolerance
from matgenes.records import Record, _runner

SOLUTES = Dataset.from_columns(
    {
        Quantity("solute", role="id"): ["Re", "Mo", "Å-phase", "Al", None],
        Quantity("energy", unit="eV", role="target"): [0.41, 0.33, None, -0.2, 0.0],
    }
)


def toy_outputs(data: Dataset, parameters: dict, seed: int) -> dict[str, Output]:
    """The work: energies times a factor, with noise from the seed."""
    noise = np.random.default_rng(seed).normal(0.0, 1e-3, len(data))
    energy = data.numpy("energy") * parameters["factor"] + noise
    scaled = data.with_column(data.quantity("energy"), energy)
    ranked = scaled.take(np.argsort(-energy))
    return {
        "scale/table": Output(scaled, Tolerance.close(absolute=0.01), "scaled energies"),
        "scale/ranking": Output(ranked, Tolerance.same_ranking()),
        "scale/known": Output(ranked, Tolerance.same_set()),
        "scale/mean": Output(float(np.nanmean(energy)), Tolerance.close(relative=0.05), unit="eV"),
        "scale/nothing": Output(float("nan"), Tolerance.close(absolute=1.0)),
        "scale/count": Output(np.int64(len(data))),
        "scale/best": Output(str(ranked.numpy("solute")[0])),
        "scale/positive": Output(np.bool_(True)),
    }


def toy_run(folder: Path, factor: float = 2.0, seed: int = 7, data: Dataset = SOLUTES, **fields: object) -> Record:
    (folder / "figures").mkdir(parents=True)
    (folder / "report.html").write_text("<h1>Slow solutes</h1>", "utf-8")
    (folder / "figures" / "parity.svg").write_text("<svg/>", "utf-8")
    parameters = {"factor": factor, "steps": ("scale",)}
    given = {
        "kind": "toy",
        "title": "Solutes",
        "parameters": parameters,
        "splits": {"scale/random": "sha256:1"},
    } | fields
    outputs = given.pop("outputs") if "outputs" in given else toy_outputs(data, parameters, seed)
    return records.write_run(folder, inputs={"data": (data, None)}, seed=seed, outputs=outputs, **given)


def toy_rerun(record: Record, folder: Path, out: Path, progress: Callable[..., None]) -> None:
    factor = record.parameters["factor"]
    toy_run(out, factor, record.seed, record.input(folder, "data"), splits=record.splits)


@pytest.fixture(scope="session")
def write_toy() -> Callable[..., Record]:
    return toy_run


@pytest.fixture
def solutes() -> Dataset:
    return SOLUTES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a finished toy run."""
    toy_run(tmp_path / "run")
    return tmp_path / "run"


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., None]], None]:
    """Registers a runner for the kind "toy", as a package would by an entry point."""

    def register(runner: Callable[..., None]) -> None:
        point = SimpleNamespace(name="toy", load=lambda: runner)
        monkeypatch.setattr(_runner, "entry_points", lambda group: [point] if group == "matgenes.runners" else [])

    return register


@pytest.fixture
def toy_runner(register: Callable[..., None]) -> Callable[..., None]:
    register(toy_rerun)
    return toy_rerun
