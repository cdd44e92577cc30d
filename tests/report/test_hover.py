"""The hoverable scatter: what is under the pointer, how groups look, and that data never become code."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from matgenes._core.errors import InputError
from matgenes.data import Dataset, Hover, Quantity
from matgenes.report import hover_scatter
from matgenes.report.hover import MOST_POINTS


def plot_of(div: str) -> dict:
    return json.loads(re.fullmatch(r"<div[^>]*><script type=\"application/json\">(.*)</script></div>", div, re.S)[1])


def test_axes_have_units_and_points_have_texts(predictions):
    hover = Hover("energy", "predicted", error_y="predicted_std", text=("host",), diagonal=True)
    plot = plot_of(hover_scatter(predictions, hover))
    line, points = plot["data"]
    assert plot["layout"]["xaxis"]["title"]["text"] == "energy (eV)"
    assert line["x"] == line["y"]
    assert len(points["x"]) == 40
    assert points["error_y"]["array"] == [0.1] * 40
    assert re.fullmatch(
        r"host: <b>Al</b><br>energy: <b>\S+</b> eV<br>predicted: <b>\S+ ± \S+</b> eV", points["hovertext"][0]
    )


def test_groups_have_their_own_colour_and_symbol(predictions):
    traces = plot_of(hover_scatter(predictions, Hover("energy", "predicted", color="host")))["data"]
    assert [trace["name"] for trace in traces] == ["Al", "Cu", "Ni", "Pd", "W"]
    assert len({trace["marker"]["color"] for trace in traces}) == 5


def test_numbers_give_a_colour_bar_with_the_unit(predictions):
    (trace,) = plot_of(hover_scatter(predictions, Hover("energy", "predicted", color="energy")))["data"]
    assert trace["marker"]["colorbar"]["title"]["text"] == "energy (eV)"


def test_rows_without_coordinates_are_left_out():
    ds = Dataset.from_columns({Quantity("x", unit=""): [1.0, np.nan, 3.0], Quantity("y", unit=""): [1.0, 2.0, np.nan]})
    (trace,) = plot_of(hover_scatter(ds, Hover("x", "y")))["data"]
    assert trace["x"] == [1.0]


def test_very_many_rows_are_thinned_and_this_is_said():
    values = np.arange(3.0 * MOST_POINTS)
    ds = Dataset.from_columns({Quantity("x", unit=""): values, Quantity("y", unit=""): values})
    plot = plot_of(hover_scatter(ds, Hover("x", "y")))
    assert len(plot["data"][0]["x"]) == MOST_POINTS
    assert plot["layout"]["title"]["text"] == "5000 of 15000 rows; the printed figure shows them all"


def test_data_never_become_code(evil):
    ds = Dataset.from_columns(
        {
            Quantity(evil, unit="eV"): [1.0, 2.0],
            Quantity("y", unit=""): [1.0, 2.0],
            Quantity(f"group {evil}"): [evil, "<a href='javascript:alert(1)'>x</a>"],
        }
    )
    div = hover_scatter(ds, Hover(evil, "y", color=f"group {evil}", text=(f"group {evil}",), title=evil), label=evil)
    assert div.count("<script") == div.count("</script") == 1
    assert "<img" not in div
    assert '"><' not in div.removeprefix(div[: div.index("<script")])
    plot = plot_of(div)
    for text in [plot["layout"]["xaxis"]["title"]["text"], plot["layout"]["title"]["text"], plot["data"][0]["name"]]:
        assert "<" not in text
    for trace in plot["data"]:
        assert set(re.findall(r"<[^>]*>", "".join(trace["hovertext"]))) == {"<b>", "</b>", "<br>"}


def test_a_missing_column_is_named(predictions):
    with pytest.raises(InputError, match=r"column 'enregy'.*Did you mean 'energy'"):
        hover_scatter(predictions, Hover("enregy", "predicted"))


def test_texts_are_no_coordinates(predictions):
    with pytest.raises(InputError, match=r"column 'host': it holds texts"):
        hover_scatter(predictions, Hover("host", "predicted"))
