"""Step campaign: the first batch, a folder that goes on, and studies without candidates."""

import numpy as np

from matgenes.data import Context, Dataset, Quantity
from matgenes.discovery import Campaign
from matgenes.study.steps.campaign import Parameters, StartCampaign

X, Y = Quantity("x", unit="", role="feature"), Quantity("y", unit="eV", role="target")
NAME = Quantity("name", role="id")


def begun(candidates=True, **parameters):
    x = np.linspace(0, 10, 12)
    known = Dataset.from_columns({NAME: [f"m{i}" for i in range(12)], X: x, Y: -((x - 6.3) ** 2)})
    new = Dataset.from_columns({NAME: ["a", "a", "b", "c", "d"], X: [6.2, 1.0, 6.5, 9.0, 5.4]})
    context = Context(
        seed=0, target="y", features=("x",), candidates=new if candidates else None, parameters=Parameters(**parameters)
    )
    return StartCampaign().run(known, context)


def test_the_first_batch_and_a_folder_that_goes_on(tmp_path):
    result = begun(number=2)
    first = list(result.tables["suggestions"].numpy("candidate"))
    assert set(first) <= {"a", "b", "d"}
    result.files["campaign"](tmp_path / "campaign")
    campaign = Campaign(tmp_path / "campaign")
    assert list(campaign.status().pending) == first
    assert campaign.status().measured == 12
    campaign.tell(first[0], -0.02)
    assert campaign.ask()[0].candidate not in first
    assert f"Measure next, at once: {', '.join(first)}." == result.findings[0]


def test_candidates_of_one_name_are_told_apart():
    assert set(begun(number=5).tables["suggestions"].numpy("candidate")) == {"a", "a (2)", "b", "c", "d"}


def test_without_candidates_there_is_nothing_to_begin():
    assert "no campaign was begun" in begun(candidates=False).text
