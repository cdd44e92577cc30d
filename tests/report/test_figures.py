"""Every plot: labels with units, the caller's axes returned, uncertainty drawn, gaps left out, wrong shapes refused."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.text import Text
from scipy.integrate import trapezoid

from matgenes._core.errors import InputError
from matgenes.report import figures, style

Y = np.array([0.1, 0.4, 0.9, 0.2])
MEAN = np.array([0.2, 0.3, 0.8, 0.2])
STD = np.full(4, 0.1)
NAMES = ["a", "b", "c", "d"]

PLOTS = {
    "parity": lambda ax: figures.parity(Y, MEAN, STD, name="E", unit="eV", ax=ax),
    "error_distribution": lambda ax: figures.error_distribution(Y, MEAN, STD, unit="eV", ax=ax),
    "residuals_by_group": lambda ax: figures.residuals_by_group(MEAN - Y, ["x", "x", "x", "y"], unit="eV", ax=ax),
    "violins": lambda ax: figures.violins(MEAN - Y, ["x", "x", "x", "y"], marked=[True] * 4, unit="eV", ax=ax),
    "calibration": lambda ax: figures.calibration([0.5, 0.9], {"a": ([0.4, 0.8], [0.1, 0.1])}, ax=ax),
    "learning_curve": lambda ax: figures.learning_curve([10, 20], {"a": ([2.0, 1.0], [0.1, 0.1])}, unit="eV", ax=ax),
    "bars": lambda ax: figures.bars(NAMES, {"a": (Y, STD), "b": (MEAN, None)}, name="RMSE", unit="eV", ax=ax),
    "correlations": lambda ax: figures.correlations(NAMES, Y, Y - 0.1, Y + 0.1, name="Spearman", ax=ax),
    "ranking": lambda ax: figures.ranking(NAMES, MEAN, STD, improvement=Y, incumbent=0.5, name="E", unit="eV", ax=ax),
    "histogram": lambda ax: figures.histogram(Y, name="E", unit="eV", ax=ax),
    "map2d": lambda ax: figures.map2d(Y, MEAN, STD, x_name="r", x_unit="pm", y_name="m", unit="eV", ax=ax),
    "front": lambda ax: figures.front([0, 2, 3], [0.3, 0.2, 0.1], ["a", "a/b", "$a^2"], unit="eV", ax=ax),
    "chance": lambda ax: figures.chance({"1 feature": Y}, {"1 feature": 0.95}, ax=ax),
    "coverages": lambda ax: figures.coverages([0.1, 0.5], [0.9, 0.2], ["1", "2"], utility_name="shift", ax=ax),
    "inside": lambda ax: figures.inside(Y, {"rule $1": Y > 0.3}, name="E", unit="eV", ax=ax),
    "searches": lambda ax: figures.searches(["a", "b"], np.cumsum(np.ones((2, 3, 5)), axis=2), unit="eV", ax=ax),
    "matrix": lambda ax: figures.matrix(np.eye(4), NAMES, name="rho", diverging=True, ax=ax),
}
LABELS = {
    "parity": "E, observed (eV)",
    "error_distribution": "predicted − observed (eV)",
    "residuals_by_group": "predicted − observed (eV)",
    "violins": "error / sigma (eV)",
    "calibration": "stated probability of the interval (%)",
    "learning_curve": "training rows",
    "bars": "RMSE (eV)",
    "correlations": "Spearman",
    "ranking": "E, predicted (eV)",
    "histogram": "E (eV)",
    "map2d": "r (pm)",
    "front": "operators",
    "chance": "R2",
    "coverages": "coverage (% of the rows)",
    "inside": "E (eV)",
    "searches": "round",
    "matrix": "",
}


@pytest.mark.parametrize("name", PLOTS)
def test_the_axes_are_labelled_and_returned(name):
    mine = Figure().add_subplot()
    assert PLOTS[name](mine) is mine
    assert mine.get_xlabel() == PLOTS[name](None).get_xlabel() == LABELS[name]


def test_every_plot_is_tested():
    assert {*PLOTS, "drawing", "histograms"} == set(figures.__all__)


def test_histograms_have_a_labelled_panel_each_and_no_empty_one():
    figure = figures.histograms(dict.fromkeys("abcd", Y), units={"a": "eV"}, across=3).figure
    assert [ax.get_xlabel() for ax in figure.axes] == ["a (eV)", "b", "c", "d"]
    assert [ax.get_ylabel() for ax in figure.axes] == ["rows", "", "", "rows"]
    with pytest.raises(InputError, match="at least one column"):
        figures.histograms({})


def test_a_drawing_is_made_when_it_is_called():
    draw = figures.drawing(figures.parity, Y, MEAN, STD, name="E", unit="eV")
    assert isinstance(draw(), Figure)
    assert draw() is not draw()


@pytest.mark.parametrize("name", PLOTS)
def test_every_plot_can_be_saved_and_drawn_again_to_equal_bytes(name):
    assert style.svg(PLOTS[name](None).figure) == style.svg(PLOTS[name](None).figure)


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_parity_states_the_error_of_what_it_shows():
    ax = figures.parity([0.0, 1.0, np.nan], [0.3, 1.4, 2.0], unit="eV")
    assert texts(ax) == ["RMSE 0.354 eV\nn = 2"]


def test_parity_shows_one_standard_deviation_each_way():
    ax = figures.parity(Y, MEAN, STD)
    (bars,) = [part for part in ax.collections if isinstance(part, LineCollection)]
    np.testing.assert_allclose(bars.get_segments()[0], [[0.1, 0.1], [0.1, 0.3]])


def test_parity_of_many_groups_colours_the_worst():
    groups = np.repeat(np.arange(9), 2)
    errors = np.repeat([0.0, 0.1, 0.9, 0.2, 0.8, 0.3, 0.7, 0.0, 0.0], 2)
    ax = figures.parity(np.zeros(18), errors, groups=groups)
    shown = [text.get_text() for text in ax.get_legend().get_texts()]
    assert shown == ["2", "4", "6", "5", "3", "4 others"]
    assert ax.get_legend().get_title().get_text() == "largest errors"


def test_large_clouds_become_an_image_in_the_file():
    many = np.random.default_rng(0).normal(size=20_000)
    text = style.svg(figures.parity(many, many, np.ones_like(many)).figure)
    assert "<image" in text
    assert len(text) < 1_000_000


def test_expected_errors_have_the_area_of_the_rows():
    rng = np.random.default_rng(1)
    std = np.full(500, 0.3)
    ax = figures.error_distribution(np.zeros(500), rng.normal(0, std), std)
    expected = ax.lines[0]
    bin_width = ax.patches[0].get_width()
    area = trapezoid(expected.get_ydata(), expected.get_xdata()) / bin_width
    assert area == pytest.approx(500, rel=0.02)


def test_groups_are_ordered_by_their_error_and_cut_with_a_remark():
    ax = figures.residuals_by_group([0.1, -0.1, 0.5, 0.4, 0.0], ["a", "a", "b", "b", "c"], name="host", top=2)
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["b (n = 2)", "a (n = 2)"]
    assert ax.get_ylabel() == "host (2 of 3)"


def test_correlations_are_ordered_by_strength_and_unknown_ones_left_out():
    ax = figures.correlations(NAMES, [0.1, np.nan, -0.9, 0.5], top=2)
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["c", "d"]
    assert ax.get_title() == "the 2 strongest of 4"


def test_bars_write_their_numbers_with_errors():
    ax = figures.bars(["a", "b"], {"x": ([0.307, np.nan], [0.021, np.nan])}, unit="eV")
    assert texts(ax) == ["0.307 ± 0.021", "–"]


def test_a_ranking_shows_two_standard_deviations_and_the_best_known():
    ax = figures.ranking(["a"], [1.0], [0.2], incumbent=1.5, unit="eV")
    lines = [part for part in ax.collections if isinstance(part, LineCollection)]
    np.testing.assert_allclose(lines[0].get_segments()[0][:, 0], [0.6, 1.4])
    assert "best known, 1.50 eV" in [text.get_text() for text in ax.get_legend().get_texts()]


def test_the_map_has_a_colour_bar_with_the_unit():
    ax = figures.map2d(Y, MEAN, Y, name="E", unit="eV")
    assert [axes.get_ylabel() for axes in ax.figure.axes[1:]] == ["E (eV)"]
    assert [len(part.get_offsets()) for part in ax.collections if isinstance(part, PathCollection)] == [4]


def test_a_matrix_writes_its_numbers_and_leaves_gaps_blank():
    ax = figures.matrix([[1.0, -0.25], [np.nan, 0.5]], ["a", "b"], diverging=True)
    assert texts(ax) == ["1.00", "−0.25", "0.50"]


def test_training_sizes_are_written_as_numbers():
    ax = figures.learning_curve([50, 400], {"a": ([2.0, 1.0], None)})
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["50", "400"]


@pytest.mark.parametrize("values", [[3.0], [2.0, 2.0, 2.0], [0.0, 0.0, 0.0, 1e9], [1e-300, 2e-300]])
def test_awkward_distributions_are_drawn(values):
    ax = figures.histogram(values, name="E", unit="eV")
    assert sum(patch.get_height() for patch in ax.patches[1:]) == len(values)


def test_long_names_lose_their_middle():
    name = "dipole polarizability of something, solute minus host"
    ax = figures.correlations([name], [0.3])
    (shown,) = (tick.get_text() for tick in ax.get_yticklabels())
    assert shown.startswith("dipole pol")
    assert shown.endswith("minus host")
    assert len(shown) == 32


@pytest.mark.parametrize(
    ("plot", "message"),
    [
        (lambda: figures.parity(Y, MEAN[:3]), r"y \(4,\), mean \(3,\)"),
        (lambda: figures.parity(Y, MEAN, groups=["a"]), r"groups \(1,\)"),
        (lambda: figures.histogram([np.nan]), "no finite number"),
        (lambda: figures.matrix(np.eye(3), ["a", "b"]), r"shape \(3, 3\), but there are 2 rows and 2 columns"),
        (lambda: figures.bars(["a"], {"x": ([1.0, 2.0], None)}), r"'x' has shape \(2,\).* 1 names"),
        (lambda: figures.ranking(["a"], [1.0], [1.0, 2.0]), r"shape \(2,\)"),
        (lambda: figures.calibration([50, 90], {}), "between 0 and 1; given: 50 to 90"),
        (lambda: figures.calibration([0.5], {"x": ([0.5, 0.9], None)}), r"'x' has shape \(2,\)"),
        (lambda: figures.learning_curve([0, 10], {}), "must be positive; given: 0"),
    ],
)
def test_wrong_input_is_named(plot, message):
    with pytest.raises(InputError, match=message):
        plot()


def test_names_of_a_front_do_not_lie_on_each_other():
    names = [f"a long name of feature {number}" for number in range(6)]
    ax = figures.front([1, 2, 3, 4, 5, 6], [0.30, 0.101, 0.100, 0.099, 0.098, 0.0979], names, unit="eV")
    ax.figure.draw_without_rendering()
    boxes = [Text.get_window_extent(text) for text in ax.texts]  # without the lines to the points
    assert len(boxes) == 6
    assert not any(one.overlaps(other) for k, one in enumerate(boxes) for other in boxes[:k])


@pytest.mark.parametrize(("sign", "side"), [(1, "right"), (-1, "left")])
def test_the_remark_on_errors_stands_where_few_bars_are(sign, side):
    errors = sign * np.append(np.random.default_rng(0).normal(0, 0.05, 80), 1.5)
    ax = figures.error_distribution(np.zeros(81), errors, np.full(81, 0.05), unit="eV")
    assert ax.texts[-1].get_ha() == side


def test_small_scores_get_an_axis_of_their_own():
    assert figures.chance({"rule": [0.1, 0.2]}, {"rule": 0.24}).get_xlim()[1] == pytest.approx(0.276)
    assert figures.chance({"rule": [0.1, 0.2]}, {"rule": 0.6}).get_xlim()[1] == pytest.approx(1.02)
