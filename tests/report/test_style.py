"""Style: nothing global, equal figures give equal bytes, threads may draw at once."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

from matgenes.report import figures, style


def drawn(seed: int = 0) -> Figure:
    values = np.random.default_rng(seed).normal(size=(50, 2))
    return figures.parity(values[:, 0], values[:, 1], np.ones(50), name="energy", unit="eV").figure


def test_importing_the_room_loads_no_plotting():
    code = "import sys, matgenes.report; print({'matplotlib', 'plotly', 'jinja2', 'pyarrow'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "set()"


def test_drawing_never_touches_pyplot():
    code = (
        "import sys; from matgenes.report import figures, style;"
        "style.png(figures.histogram([1, 2, 3.5], name='a').figure); print('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "False"


def test_equal_figures_give_equal_bytes():
    assert style.svg(drawn()) == style.svg(drawn())
    assert style.png(drawn()) == style.png(drawn())
    assert style.svg(drawn()) != style.svg(drawn(1))


def test_the_users_settings_change_nothing_and_come_back():
    expected = style.svg(drawn())
    with mpl.rc_context({"font.size": 30, "axes.grid": False, "svg.hashsalt": None, "text.parse_math": True}):
        assert style.svg(drawn()) == expected
        assert mpl.rcParams["font.size"] == 30


def test_svg_keeps_text_as_text_and_carries_no_date():
    text = style.svg(drawn())
    assert ">energy, observed (eV)</text>" in text
    assert "<dc:date>" not in text


def test_png_has_300_dots_an_inch():
    from io import BytesIO

    from PIL import Image

    image = Image.open(BytesIO(style.png(drawn())))
    assert image.info["dpi"] == pytest.approx((300, 300), abs=1)
    assert "Software" not in image.info


def test_threads_draw_the_same():
    with ThreadPoolExecutor(4) as pool:
        drawings = list(pool.map(lambda seed: style.svg(drawn(seed % 2)), range(6)))
    assert drawings == [style.svg(drawn(0)), style.svg(drawn(1))] * 3


def test_panels_share_a_figure():
    figure, (left, right) = style.panels(2)
    assert left.figure is right.figure is figure


def test_names_from_data_are_neither_formulas_nor_tags():
    ax = figures.histogram([1.0, 2.0], name="$\\frac{a$ <b>&\x01 日本", unit="eV")
    text = style.svg(ax.figure)
    assert "$\\frac{a$ &lt;b&gt;&amp;\N{REPLACEMENT CHARACTER} 日本 (eV)" in text


@pytest.mark.parametrize("background", ["#ffffff"])
def test_colours_can_be_told_from_the_paper(background):
    from matplotlib.colors import to_rgb

    def luminance(color: str) -> float:
        channels = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
        return float(np.dot(channels, [0.2126, 0.7152, 0.0722]))

    contrast = [(luminance(background) + 0.05) / (luminance(color) + 0.05) for color in style.PALETTE]
    assert min(contrast) > 2.0
    assert len(set(style.PALETTE)) == len(style.MARKERS)
