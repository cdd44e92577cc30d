"""
Double perovskites: which method of discovery will earn most?
=============================================================

Figure 2 of section 2.1 of the *Roadmap on data-centric materials science*: rewards of four methods in a population of
double perovskites, as they are and as they can be estimated when only 100 materials are labelled, none of them among
the best; and whether the models' error bars hold where the search goes. The table is not part of matgenes; give its
path. It has the columns ``bulk_modulus (eV/AA^3)``, texts ``material``, ``A``, ``B1``, ``B2``, and features::

    python examples/double_perovskites_rewards.py double_perovskites_bulk_modulus.csv rewards.png

The published population is another one of the same family, so that the numbers differ from the figure's.
"""

import sys

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from matgenes.discovery import estimate_rewards, simulate
from matgenes.models import GaussianProcess, RandomForest
from matgenes.uncertainty import assess

METHODS = ("gp-ei", "gp-xt", "random_forest-ei", "random_forest-xt")
ROUNDS, REPETITIONS = 15, 8

# %%
# A population of 1,500; 100 labelled ones, drawn from all but the best 3 %; and 100 drawn uniformly from the others.
table = pd.read_csv(sys.argv[1]).sample(1500, random_state=0)
y = table.pop("bulk_modulus (eV/AA^3)").to_numpy()
X = table.select_dtypes("number").to_numpy()
rng = np.random.default_rng(2024)
worse = np.flatnonzero(y < np.quantile(y, 0.97))
known = rng.choice(worse, 100, replace=False)
rest = np.setdiff1d(np.arange(1500), known)
uniform = rng.choice(rest, 100, replace=False)

# %%
# The real rewards need all labels; the estimates see those of the 100, and alpha: how many of the uniform sample are
# better than the best known.
settings = {"rounds": ROUNDS, "repetitions": REPETITIONS}
real = simulate((X, y), METHODS, start=known, **settings)
labelled = (X[known], y[known])
naive = estimate_rewards(labelled, 1500, METHODS, world="naive", **settings)
adjusted = estimate_rewards(labelled, 1500, METHODS, uniform_sample=y[uniform], **settings)
for name, found in {"real": real, "naive": naive, "adjusted": adjusted}.items():
    print(f"{name}: " + ", ".join(f"{method} {reward:.3f}" for method, reward, *_ in found.ranking()), "eV/angstrom^3")
print(adjusted.verdict)
print(adjusted.by_alpha().to_pandas().round(3).to_string(index=False))

# %%
# Do the error bars hold? In distribution: materials like the labelled ones. Out of it: those that the searches asked
# for, the same number of every search.
asked = np.concatenate([np.array(rows).ravel() for rows in real.rows])
alike = np.setdiff1d(worse, known)
scores = {}
for model in (GaussianProcess(), RandomForest()):
    model.fit(*labelled)
    for place, rows in {"in": alike, "out of": asked}.items():
        found = assess(model.predict_distribution(X[rows]), y[rows], unit="eV/angstrom^3")
        scores[type(model).__name__, place] = found
        print(f"{type(model).__name__}, {place} distribution: RMSE {found['RMSE'].value:.3f}, {found}")

# %%
# The picture.
fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
for offset, name, found in ((-0.2, "real", real), (0.0, "naive", naive), (0.2, "adjusted", adjusted)):
    by_name = {method: numbers for method, *numbers in found.ranking()}
    rewards, low, high = np.array([by_name[method] for method in METHODS]).T
    bars = np.nan_to_num([rewards - low, high - rewards])
    left.errorbar(np.arange(4) + offset, rewards, bars, fmt="o", capsize=3, label=name)
left.set_xticks(range(4), [method.replace("random_forest", "forest") for method in METHODS])
left.set(ylabel="mean best bulk modulus (eV/Å$^3$)", title="rewards, with 90 % intervals")
left.legend(frameon=False, loc="center right")
for offset, place in ((-0.15, "in"), (0.15, "out of")):
    found = [scores[model, place]["E[Z^2]"] for model in ("GaussianProcess", "RandomForest")]
    heights, bars = (
        [one.value for one in found],
        [[one.value - one.low for one in found], [one.high - one.value for one in found]],
    )
    right.bar(np.arange(2) + offset, heights, 0.3, yerr=bars, capsize=3, label=f"{place} distribution")
right.axhline(1.0, color="0.3", linestyle="--", linewidth=0.8)
right.set_xticks(range(2), ["Gaussian process", "random forest"])
right.set(ylabel="E[Z$^2$]", title="error bars: 1 is right, more is too sure")
right.legend(frameon=False)
if len(sys.argv) > 2:
    fig.savefig(sys.argv[2], dpi=200)
