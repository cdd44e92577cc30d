"""What is refused before a search: copies of the target, targets that tell nothing, too few rows."""

import numpy as np
import pandas as pd
import pytest

from matgenes._core.errors import InputError
from matgenes.data import Dataset, Quantity
from matgenes.subgroups._sample import checked_sample, parted

RNG = np.random.default_rng(0)
Y = RNG.normal(3.0, 1.0, 60)
X = pd.DataFrame({"radius": RNG.uniform(size=60), "host": ["Al", "Cu", "Ni"] * 20})


@pytest.mark.parametrize(
    ("copy", "what"),
    [
        pytest.param(Y, "affine", id="itself"),
        pytest.param(96.485 * Y - 3, "affine", id="other unit"),
        pytest.param(-Y, "affine", id="mirrored"),
        pytest.param(np.exp(Y), "monotone", id="exponential"),
        pytest.param(1 / (Y + 10), "monotone", id="reciprocal"),
        pytest.param(np.round(Y, 1), "monotone", id="rounded"),
        pytest.param(np.where(np.arange(60) < 5, np.nan, Y), "affine", id="with gaps"),
        pytest.param(1e-9 * Y + 1.0, "affine|monotone", id="tiny"),
    ],
)
def test_a_copy_of_the_target_is_refused_by_name(copy, what):
    with pytest.raises(InputError, match=f"column 'copy': it is an? ({what}) function of the target"):
        checked_sample(X.assign(copy=copy), Y)


@pytest.mark.parametrize("copy", [["metal", "oxide"] * 30, [1, 0] * 30, [True, False] * 30])
def test_classes_in_other_words_are_refused(copy):
    with pytest.raises(InputError, match="column 'copy': it has one value for each value of the target"):
        checked_sample(X.assign(copy=copy), ["m", "o"] * 30)


def test_what_is_only_related_is_kept():
    related = X.assign(noisy=Y + 0.01 * RNG.normal(size=60), high=Y > 3, number=[str(i) for i in range(60)])
    assert len(checked_sample(related, Y)) == 60


def test_repeated_rows_are_no_copies():
    twice = checked_sample(pd.concat([X, X]), np.concatenate([Y, Y]))
    assert len(twice) == 120


def test_weights_of_zero_leave_rows_out():
    weights = np.where(np.arange(60) < 10, 0.0, 2.0)
    sample = checked_sample(X, Y, sample_weight=weights)
    assert (len(sample), len(sample.columns["host"].values), sample.weights.min()) == (50, 50, 2.0)


def test_kinds_of_targets():
    assert checked_sample(X, Y > 3).y.tolist() == (Y > 3).tolist()
    assert set(checked_sample(X, np.where(Y > 3, "a", "b")).y) == {"a", "b"}
    assert checked_sample(X, np.stack([Y, -Y], axis=1)).y.shape == (60, 2)


@pytest.mark.parametrize(
    ("y", "parameters", "message"),
    [
        pytest.param(None, {}, "requires y to be passed", id="none"),
        pytest.param(np.where(np.arange(60) == 7, np.nan, Y), {}, "target of row 7 .* is missing", id="nan"),
        pytest.param([None, *"ab" * 29, "a"], {}, "target of row 0 .* is missing", id="no class"),
        pytest.param(np.where(np.arange(60) == 7, np.inf, Y), {}, "infinite", id="infinite"),
        pytest.param(np.full(60, 2.5), {}, "the target is 2.5 in all rows", id="one value"),
        pytest.param(["metal"] * 60, {}, "the target is metal in all rows", id="one class"),
        pytest.param(Y[:59], {}, r"shape \(59,\); 60 rows", id="length"),
        pytest.param(Y, {"sample_weight": [1.0]}, "60 rows need", id="number of weights"),
        pytest.param(Y, {"sample_weight": -np.ones(60)}, "a weight is negative", id="negative weight"),
        pytest.param(Y, {"sample_weight": np.zeros(60)}, "every row has weight zero", id="no weight"),
    ],
)
def test_bad_targets_are_named(y, parameters, message):
    with pytest.raises(InputError, match=message):
        checked_sample(X, y, **parameters)


def test_few_rows():
    with pytest.raises(InputError, match=r"19 rows \(n_samples = 19\) are too few"):
        checked_sample(X[:19], Y[:19])


def test_parts_of_a_dataset():
    dataset = Dataset.from_columns(
        {
            Quantity("name", role="id"): ["a", "b", "c"],
            Quantity("radius", unit="angstrom", role="feature"): [1.0, 2.0, None],
            Quantity("host", role="feature"): ["Al", "Cu", "Al"],
            Quantity("energy", unit="eV", role="target"): [0.1, None, 0.3],
            Quantity("outcome", role="outcome"): ["accepted", "failed", "accepted"],
        }
    )
    x, y, units = parted(dataset, None)
    assert (list(x), y.name, y.tolist()) == (["radius", "host"], "energy", [0.1, 0.3])
    assert units == {"radius": "angstrom", "energy": "eV"}
    assert list(parted(dataset, "radius")[0]) == ["host"]
    with pytest.raises(InputError, match="role 'feature'"):
        parted(dataset.select(["name", "energy"]), None)
    with pytest.raises(InputError, match="0 columns have the role 'target'"):
        parted(dataset.drop(["energy"]), None)
