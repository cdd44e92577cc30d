"""Averages: moments of the equal mixture."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matgenes.models import Average, LinearBaseline, MeanBaseline, Prediction
from matgenes.models.average import mixture

parts = st.tuples(st.floats(-3, 3), st.floats(0, 2), st.floats(0, 2))


@given(st.lists(parts, min_size=1, max_size=5))
def test_moments_are_those_of_the_mixture(members):
    predictions = [Prediction([mean], [epistemic], [aleatoric]) for mean, epistemic, aleatoric in members]
    mean = np.mean([m for m, _, _ in members])
    second = np.mean([m**2 + e**2 + a**2 for m, e, a in members])
    both = mixture(predictions)
    np.testing.assert_allclose(both.mean, [mean])
    np.testing.assert_allclose(both.std**2, [second - mean**2], atol=1e-9)


def test_members_are_fitted_as_copies(wave):
    members = [MeanBaseline(), LinearBaseline()]
    both = Average(members).fit(*wave)
    assert not hasattr(members[0], "mean_")
    expected = np.mean([model.fit(*wave).predict(wave[0]) for model in members], axis=0)
    np.testing.assert_allclose(both.predict(wave[0]), expected)
