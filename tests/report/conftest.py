"""Small results of steps, as a report gets them, and a column name that tries to do harm."""

from __future__ import annotations

import numpy as np
import pytest

from matgenes.data import Dataset, Figure, Hover, Quantity, StepResult
from matgenes.report import ReportContent, figures

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)> $x & \"'"


@pytest.fixture
def evil() -> str:
    return EVIL


@pytest.fixture
def predictions() -> Dataset:
    """Forty observed and predicted energies in five hosts."""
    rng = np.random.default_rng(5)
    y = rng.normal(0.1, 0.5, 40)
    return Dataset.from_columns(
        {
            Quantity("host", role="group"): np.repeat(["Al", "Cu", "Ni", "Pd", "W"], 8),
            Quantity("energy", unit="eV", role="target"): y,
            Quantity("predicted", unit="eV", description="out-of-fold mean"): y + rng.normal(0, 0.1, 40),
            Quantity("predicted_std", unit="eV", role="sigma", sigma_of="predicted"): np.full(40, 0.1),
        }
    )


@pytest.fixture
def result(predictions: Dataset) -> StepResult:
    """One step's result: a static figure, a hoverable one, a table, methods and citations."""
    y, mean, std = (predictions.numpy(name) for name in ("energy", "predicted", "predicted_std"))
    hover = Hover("energy", "predicted", error_y="predicted_std", color="host", text=("host",), diagonal=True)
    return StepResult(
        "How well it can be predicted",
        text="Two questions.\n\n**Known hosts** and `a<b`.",
        findings=("The error is **0.10 eV**.",),
        tables={"rows": predictions},
        captions={"rows": "All rows."},
        figures=(
            Figure(
                "errors", "Errors.", predictions, lambda: figures.error_distribution(y, mean, std, unit="eV").figure
            ),
            Figure("parity", "Parity.", predictions, lambda: figures.parity(y, mean, std, unit="eV").figure, hover),
        ),
        methods="A Gaussian process was fitted [@rasmussen2006].",
        citations=("scikit-learn",),
    )


@pytest.fixture
def content(result: StepResult) -> ReportContent:
    return ReportContent(
        title="Slow solutes",
        summary=("The error for a new host is **0.28 ± 0.02 eV**.",),
        facts={"Data id": "sha256:0123", "Seed": "7", "matgenes": "0.1.0"},
        results={"predict": result},
        rerun="matgenes verify .\nmatgenes run study.toml",
        headline=(("Error for a new host", "0.28 ± 0.02 eV", "The honest number."), ("Rows", "40", "")),
    )
