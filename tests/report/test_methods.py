"""The methods paragraph: numbers in the order of reading, nothing cited twice, nothing lost."""

from __future__ import annotations

import pytest

from matgenes._core.errors import InputError
from matgenes.data import StepResult
from matgenes.report import methods


def test_citations_are_numbered_in_the_order_of_reading():
    first = StepResult("a", methods="Forests [@breiman2001; @geurts2006] were fitted.", citations=("scikit-learn",))
    second = StepResult("b", methods="Trees [@geurts2006] again.", citations=("geurts2006", "jones1998"))
    found = methods([first, second])
    assert found.text.startswith("Forests [1, 2] were fitted [3]. Trees [2] again [4].")
    assert [citation.key for citation in found.references][:4] == [
        "breiman2001",
        "geurts2006",
        "scikit-learn",
        "jones1998",
    ]


def test_runs_of_numbers_are_joined():
    step = StepResult("a", methods="Done.", citations=("breiman2001", "geurts2006", "jones1998"))
    assert methods([step]).text.startswith("Done [1–3].")


def test_a_step_without_sentences_still_cites():
    assert methods([StepResult("Ranking", citations=("jones1998",))]).text.startswith("Ranking [1].")


def test_a_reference_written_out_has_its_number():
    found = methods([StepResult("a", methods="Done.", citations=("Doe, J.; A [long] study (1999)",))])
    assert found.text.startswith("Done [1].")
    assert found.references[0].text == "Doe, J.; A [long] study (1999)"


def test_our_own_software_is_always_named():
    found = methods([], software="matgenes 1.2")
    assert "matgenes 1.2" in found.text
    assert "bauer2024" in [citation.key for citation in found.references]
    assert "@" not in found.text


def test_a_misspelt_key_is_named():
    with pytest.raises(InputError, match="Did you mean 'jones1998'"):
        methods([StepResult("a", citations=("jones1989",))])
