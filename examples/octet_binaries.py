"""
Octet binaries: rock salt or zinc blende?
=========================================

The classic of SISSO: the energy difference between rock salt and zinc blende of 82 octet binaries AB, from properties
of the free atoms A and B (L. M. Ghiringhelli et al, Phys. Rev. Lett. 114 (2015) 105503). The table is not part of
matgenes; give its path. It has the columns ``dE_RS_ZB_eV``; ``IP_A``, ``IP_B``, ``EA_A``, ``EA_B`` in eV; ``rs_``,
``rp_`` and ``rd_`` of A and B in angstrom::

    python examples/octet_binaries.py octet82.csv
"""

import sys

import matgenes
from matgenes.sisso import SISSORegressor, SISSORegressorCV

TARGET = "dE_RS_ZB_eV"

# %%
# The units are not in the file's header, so they are told.
path = sys.argv[1]
columns = matgenes.Dataset.read(path).names()
features = [name for name in columns if name[:2] in {"IP", "EA", "rs", "rp", "rd"}]
units = {name: "eV" if name[0] in "IE" else "angstrom" for name in features} | {TARGET: "eV"}
X, y, units = matgenes.Dataset.read(path, units=units).xy(TARGET, features)

# %%
# What would the search cost? Then the best formula of each number of features, out of a hundred thousand features.
search = SISSORegressor(rung=2, dimension=3, n_sis=50, random_state=0)
print(search.estimate(X, units))
search.fit(X, y, units=units)
for best in (models[0] for models in search.models_):
    print(f"RMSE {best.rmse:.4f} eV: " + ", ".join(best.features))

# %%
# More than chance? The same search on shuffled targets.
print(search.significance(200))

# %%
# Which genes stay when the rows are resampled, and which other formulas fit as well?
print(search.stability(50))
print(search.rashomon(dimension=2))

# %%
# How many features, how complex? Cross-validation says, and its folds give error bars that include the selection.
chosen = SISSORegressorCV(rung=2, dimension=3, n_sis=50, error_bars="selection", random_state=0).fit(X, y, units=units)
print(chosen.choices_.to_pandas())
print(chosen.models_[-1][0].expression)
print(chosen.error_bars_)
print(chosen.sensitivity())
