"""
Perovskites with a high bulk modulus
====================================

The front of coverage against bulk modulus of cubic perovskites ABO3, and its rules: figure 4 of section 2.3 of the
*Roadmap on data-centric materials science*, here exact (L. Foppa and M. Scheffler, Digital Discovery (2025), doi
10.1039/d5dd00174a). The table is not part of matgenes; give its path. It has the columns ``material``,
``bulk_modulus`` in eV/angstrom^3, and 24 features of the atoms and the crystal::

    python examples/perovskite_rules.py dataset_SAC_features.csv front.png
"""

import sys

import matgenes
from matgenes.report import figures
from matgenes.subgroups import SubgroupDiscovery

TARGET = "bulk_modulus"

# %%
# The units are not in the file's header, so they are told; what is a pure number gets "".
path = sys.argv[1]
features = [name for name in matgenes.Dataset.read(path).names() if name not in {"material", TARGET}]
units = dict.fromkeys(features, "") | {"lattice_constant": "angstrom", "cohesive_energy": "eV"}
for name in features:
    kind = name[2:]
    if kind.startswith(("r_s", "r_val")):
        units[name] = "angstrom"
    elif kind in {"eps_H", "eps_L", "EA", "IP"}:
        units[name] = "eV"
units = {name: unit for name, unit in units.items() if name in features} | {TARGET: "eV/angstrom^3"}
X, y, units = matgenes.Dataset.read(path, units=units).xy(TARGET, features)

# %%
# The front: exact, with up to four statements a rule.
front = SubgroupDiscovery(front=True, depth=4, n_cuts=7, min_size=5, random_state=0).fit(X, y, units=units)
print(f"{len(front.rules_)} rules on the front, made of {len(front.propositions_)} statements")

# %%
# A small set that speaks of different rows, the best quality first.
small = front.distinct(at_most=8)
for letter, rule in zip("ABCDEFGH", small, strict=False):
    inside = rule.covers(X)
    print(f"{letter}: {rule}; mean {y[inside].mean():.3f} inside, {y[~inside].mean():.3f} eV/angstrom^3 outside")

# %%
# More than chance, and true of rows that took no part?
best = SubgroupDiscovery(depth=3, n_cuts=7, min_size=5, random_state=0).fit(X, y, units=units)
print(best.significance(50))
print(best.held_out(5))

# %%
# The picture.
letters = ["ABCDEFGH"[small.index(rule)] if rule in small else "" for rule in front.rules_]
coverage, utility = ([getattr(rule, name) for rule in front.rules_] for name in ("coverage", "utility"))
ax = figures.coverages(coverage, utility, letters, utility_name="shift of the bulk modulus")
if len(sys.argv) > 2:
    ax.figure.savefig(sys.argv[2], dpi=200)
