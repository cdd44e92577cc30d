"""
Formulas that govern a property
===============================

SISSO makes many features of a few by operators, keeps units in order, and finds the formulas that fit best.
"""

from matgenes.data import descriptors, samples
from matgenes.report import figures
from matgenes.sisso import SISSORegressor

# %%
# The built-in data: 393 pairs of host metal and solute, each element described by four properties with units.
pairs = samples.diffusion()
pairs = pairs.take(pairs.outcome_is("accepted"))
properties = ["melting_point", "atomic_volume", "electronegativity", "valence_electrons"]
features = descriptors.element_features(pairs, properties=properties, differences=False)
X = features.to_pandas()
y = pairs.to_pandas()["activation_energy"]
units = {name: quantity.unit for name, quantity in features.quantities.items()} | {"activation_energy": "eV"}

# %%
# Two rungs of operators, formulas of one and of two features. A melting point is never added to a volume.
model = SISSORegressor(rung=2, dimension=2, n_sis=200).fit(X, y, units=units)
for best in (models[0] for models in model.models_):
    print(f"RMSE {best.rmse:.3f} eV, R2 {best.r2:.2f}: " + ", ".join(best.features))

# %%
# The formula as a SymPy expression, with its coefficients in the unit of the target over that of the feature.
print(model.models_[1][0].expression)

# %%
# A search among so many features finds a good formula in noise, too. So: does it do as well on shuffled targets?
chance = model.significance(100)
print(chance)
ax = figures.chance(*chance.named())

# %%
# Which columns return when the rows are resampled, and which formulas fit as well within the noise?
print(model.stability(20))
print(model.rashomon())

# %%
# Repeat the whole search in folds: then the error bars include that the form was found by a search.
model.calibrate(5)
mean, std = model.predict(X, return_std=True)
ax = figures.parity(y, mean, std, name="activation energy", unit="eV", title="Fit, with error bars of the search")

# %%
# What would change the activation energy, and by how much?
print(model.sensitivity())
