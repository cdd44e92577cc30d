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
    assert "None of 19 shuffled targets gives as good a formula (p = 0.05)" in planted.findings[0]
    assert "(with E, b and a in eV)" in planted.findings[0]
    assert planted.outputs["rmse"].value < 0.02
    assert planted.outputs["formula"].value.startswith("E = ")
    coefficients = planted.tables["coefficients"].to_pandas()
    assert coefficients["unit"][0] == "eV"
    np.testing.assert_allclose(coefficients["coefficient"][:2], [2, 3], atol=0.05)
    dataset = table(lambda a, b, r, rng: 2 + 3 * a / b + 0.01 * rng.normal(size=len(a)))
    ratio, y = dataset.numpy("a") / dataset.numpy("b"), dataset.numpy("E")
    x = np.column_stack([np.ones(len(y)), ratio])
    noise = np.sqrt(np.sum((y - x @ np.linalg.lstsq(x, y)[0]) ** 2) / (len(y) - 2))
    errors = noise * np.sqrt(np.diag(np.linalg.inv(x.T @ x)))
    np.testing.assert_allclose(coefficients["standard error, conditional on this form"][:2], errors, rtol=1e-9)


def test_the_formulas_go_to_python_and_latex(planted, tmp_path):
    for name in ("formulas.py", "formulas.tex"):
        planted.files[name](tmp_path / name)
    written = {}
    exec((tmp_path / "formulas.py").read_text(), written)  # a file that we wrote here
    dataset = table(lambda a, b, r, rng: a)
    x, _, _ = dataset.xy("E", ("a", "b", "r"))
    assert (written["TARGET"], written["UNITS"]) == ("E in eV", {"a": "eV", "b": "eV", "r": "nm"})
    np.testing.assert_allclose(written["formula_1"](x), planted.products["formula"].predict(x), rtol=1e-12)
    latex = (tmp_path / "formulas.tex").read_text()
    assert latex.startswith("% E (eV); RMSE of the fits: ")
    assert r"\mathrm{E} &= " in latex
    assert r"\frac{\mathrm{a}}{\mathrm{b}}" in latex


def test_names_cannot_act_in_the_written_files(tmp_path):
    evil = 'x"""\nimport os  # $ % } \\ '
    dataset = table(lambda a, b, r, rng: 2 + 3 * a / b)
    dataset = dataset.with_column(Quantity(evil, unit="eV", role="feature"), dataset.numpy("a"))
    told = result(
        dataset,
        features=(evil, "b"),
        parameters=QUICK.model_copy(update={"permutations": 0, "resamples": 0}),
    )
    for name in ("formulas.py", "formulas.tex"):
        told.files[name](tmp_path / name)
    written = {}
    exec((tmp_path / "formulas.py").read_text(), written)  # a file that we wrote here
    assert "os" not in written
    assert evil in written["UNITS"]
    assert not [line for line in (tmp_path / "formulas.tex").read_text().splitlines() if line.startswith("import")]


def test_the_heads_of_tables_are_words(planted):
    assert planted.tables["choices"].names()[:2] == ("features", "most operators")
    assert "dominated" not in planted.tables["front"].names()
    assert "in the formula" in planted.tables["stable_genes"].names()


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
