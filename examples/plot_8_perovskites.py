"""
Formulas that tell classes apart
================================

A label instead of a number: perovskite or not, faster or slower. The search is the same, but features are judged by how
well they separate the classes. Here one formula and one threshold are wanted, as in Goldschmidt's tolerance factor.

The perovskites of Bartel et al, Sci. Adv. 5 (2019) eaav0693, are not part of the package; give the path of their table
(columns ``exp_label, is_train, nA, nB, nX`` and the radii ``rA (Ang), rB (Ang), rX (Ang)``) in the environment variable
``MATGENES_PEROVSKITES``. Without it, the built-in solutes are sorted into those that diffuse faster than their host and
those that do not.
"""

import os

import numpy as np
import pandas as pd

from matgenes.data import descriptors, samples
from matgenes.report import figures
from matgenes.sisso import SISSOClassifier

# %%
# Features with units, labels, and which rows to learn from; the others are judged once, at the end.
path = os.environ.get("MATGENES_PEROVSKITES")
if path:
    table = pd.read_csv(path)
    X = table[["nA", "nB", "nX", "rA (Ang)", "rB (Ang)", "rX (Ang)"]].astype(float)
    X.columns = ["nA", "nB", "nX", "rA", "rB", "rX"]
    units = dict.fromkeys(["nA", "nB", "nX"], "") | dict.fromkeys(["rA", "rB", "rX"], "angstrom")
    y = np.where(table["exp_label"] > 0, "perovskite", "other")
    is_train = (table["is_train"] == 1).to_numpy()
else:
    pairs = samples.diffusion()
    pairs = pairs.take(pairs.outcome_is("accepted"))
    properties = ["melting_point", "atomic_volume", "electronegativity"]
    features = descriptors.element_features(pairs, properties=properties, differences=False)
    X, units = features.to_pandas(), {name: quantity.unit for name, quantity in features.quantities.items()}
    y = np.where(pairs.numpy("activation_energy") < 0, "faster", "slower")
    is_train = np.random.default_rng(0).uniform(size=len(y)) < 0.75

# %%
# All formulas of two rungs, each with its best threshold. A radius is never added to a charge.
operators = ["+", "-", "*", "/", "sqrt", "^2"]
model = SISSOClassifier(rung=2, dimension=1, n_sis=20, operators=operators, score="one_cut")
model.fit(X[is_train], y[is_train], units=units)
for best in model.models_[0][:3]:
    print(best)

# %%
# The rows that were not used, judged once by the best formula.
print(f"accuracy on other rows: {model.score(X[~is_train], y[~is_train]):.1%}")

# %%
# The classes along the formula, and the threshold between them (dashed).
best = model.models_[0][0]
values = model.space_.evaluate(best.ids, X.to_numpy(dtype=float).T)[0]
low, high = np.percentile(values, [2, 98])
shown = (values >= low) & (values <= high)
classes = {str(label): y[shown] == label for label in model.classes_}
ax = figures.inside(values[shown], classes, name=best.features[0], unit=best.units[0])
ax.axvline(best.threshold, color="black", linestyle="--")
