"""Step genes: a planted formula is found, told with its unit, tested on unseen rows; noise is called chance."""

import numpy as np
import pytest

from matgenes.data import Context, Dataset, Quantity
from matgenes.models import load
from matgenes.study.steps.genes import Genes, Parameters

QUICK = Parameters(rung=1, dimension=2, n_sis=5, operators=("+", "/"), folds=2, permutations=19, resamples=3)


def table(target, rows=40, seed=3):
    """Two energies, a length, a family, and a target made of them."""
    rng = np.random.default_rng(seed)
    a, b, r = rng.uniform(1, 3, size=(3, rows))
    return Dataset.from_columns(
        {
            Quantity("name", role="id"): [f"m{row}" for row in range(rows)],
            Quantity("family", role="group"): [f"f{row % 4}" for row in range(rows)],
            Quantity("a", unit="eV", role="feature", technique="XPS", cost=5.0): a,
            Quantity("b", unit="eV", role="feature", technique="XPS", cost=5.0): b,
            Quantity("r", unit="nm", role="feature", technique="XRD", cost=1.0): r,
            Quantity("E", unit="eV", role="target"): target(a, b, r, rng),
        }
    )


def result(dataset, **context):
    told = {"seed": 1, "target": "E", "features": ("a", "b", "r"), "parameters": QUICK}
    return Genes().run(dataset, Context(**{**told, **context}))


@pytest.fixture(scope="module")
def planted():
    return result(table(lambda a, b, r, rng: 2 + 3 * a / b + 0.01 * rng.normal(size=len(a))))


def test_the_formula_is_told_with_its_numbers(planted):
    assert "(a/b)" in planted.findings[0]
    assert "It is no chance" in planted.findings[0]
    assert planted.outputs["rmse"].value < 0.02
    assert planted.outputs["formula"].value.startswith("E = ")
    coefficients = planted.tables["coefficients"].to_pandas()
    assert coefficients["unit"][0] == "eV"
    np.testing.assert_allclose([float(text) for text in coefficients["coefficient"][:2]], [2, 3], atol=0.05)


def test_every_table_has_a_caption_and_every_picture_is_drawn(planted):
    assert set(planted.tables) == set(planted.captions)
    assert {"front", "choices", "stable_genes", "chance", "techniques"} <= set(planted.tables)
    assert [figure.name for figure in planted.figures] == [
        "parity_formula", "stability", "front", "gene_map", "chance", "calibration_formula",
    ]  # fmt: skip
    for figure in planted.figures:
        assert figure.draw().axes


def test_the_saved_formula_predicts(planted, tmp_path):
    planted.files["formula"](tmp_path / "formula")
    loaded = load(tmp_path / "formula")
    dataset = table(lambda a, b, r, rng: a)
    x, _, _ = dataset.xy("E", ("a", "b", "r"))
    np.testing.assert_allclose(loaded.predict(x), 2 + 3 * x["a"] / x["b"], atol=0.1)


def test_noise_is_called_chance():
    told = result(table(lambda a, b, r, rng: rng.normal(size=len(a))), groups="family")
    words = " ".join(told.findings)
    assert "may be chance" in words or "better than its mean" in words
    assert "one family left out" in words


def test_a_logarithm_is_fitted_and_the_target_predicted():
    dataset = table(lambda a, b, r, rng: np.exp(1 + 2 * a / b))
    told = result(dataset, log_target=True, parameters=QUICK.model_copy(update={"permutations": 0, "resamples": 0}))
    assert told.outputs["formula"].value.startswith("ln(E (eV)) = 1 + 2 * (a/b)")
    x, y, _ = dataset.xy("E", ("a", "b", "r"))
    np.testing.assert_allclose(told.products["formula"].predict(x), y, rtol=1e-6)
    assert {"chance", "stable_genes"}.isdisjoint(told.tables)
