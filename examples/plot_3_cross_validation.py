"""
How good is a prediction, honestly?
===================================

The same model looks twice as good when it is asked about neighbours of what it knows. Two tests, with error bars.
"""

# %%
# The built-in data: 393 pairs of host metal and solute, described by properties of their elements.
from matgenes.data import descriptors, samples
from matgenes.models import (
    GaussianProcess,
    LinearBaseline,
    MeanBaseline,
    cross_validate,
    evaluate_with_errors,
    group_folds,
    random_folds,
)
from matgenes.report import figures

pairs = samples.diffusion()
pairs = pairs.take(pairs.outcome_is("accepted"))
X = descriptors.element_features(pairs, differences=False).to_pandas()
y = pairs.to_pandas()["activation_energy"]
hosts = pairs.numpy("host")

# %%
# In the first test a fifth of the pairs is left out at random; nearly always the model has seen the same host with
# other solutes. In the second a whole host is left out: that is the question of a metal that nobody has looked at.
tests = {"random pairs": random_folds(len(y), folds=5, seed=1), "whole hosts": group_folds(hosts)}
models = {"mean": MeanBaseline(), "linear": LinearBaseline(), "Gaussian process": GaussianProcess()}

results = {}
for test, splits in tests.items():
    for name, model in models.items():
        result = results[test, name] = cross_validate(model, X, y, splits)
        together = hosts[result.rows] if test == "whole hosts" else None  # pairs of one host err together
        error, uncertain = evaluate_with_errors(result.y, result.prediction, groups=together)["RMSE"]
        print(f"{test:13} {name:17} RMSE {error:.3f} ± {uncertain:.3f} eV")

# %%
# Every prediction has its own error bar. With hosts left out they are wider, as they should be.
result = results["random pairs", "Gaussian process"]
ax = figures.parity(
    result.y, result.prediction.mean, result.prediction.std, name="activation energy", unit="eV", title="Random pairs"
)

# %%
result = results["whole hosts", "Gaussian process"]
ax = figures.parity(
    result.y,
    result.prediction.mean,
    result.prediction.std,
    groups=hosts[result.rows],
    name="activation energy",
    unit="eV",
    title="Whole hosts left out",
)

# %%
# Do the error bars hold? Half of all values should lie inside the 50 % intervals, nine of ten inside those of 90 %.
for test in tests:
    result = results[test, "Gaussian process"]
    scores = evaluate_with_errors(result.y, result.prediction)
    for level in ("coverage 50 %", "coverage 90 %"):
        print(f"{test:13} {level} {scores[level][0]:.2f} ± {scores[level][1]:.2f}")
