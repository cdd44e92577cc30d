"""
Elements as numbers
===================

Which properties of a host metal and a solute go with slow diffusion? Elements become numbers, with units and sources.
"""

# %%
# The elemental values come from a frozen table. Each states its unit and where it is from; what no source gives is
# named and never filled in.
from matgenes.data import descriptors, elements, samples
from matgenes.report import figures

for symbol in ("Al", "Ni", "W"):
    value = elements.lookup(symbol, "melting_point")
    print(symbol, value.value, value.unit, "from:", value.source)

print(descriptors.missing(["Cu", "Se"], ["miedema_electronegativity"]).to_pandas())

# %%
# The built-in data hold 408 pairs of host and solute with the activation energy of the solute's diffusion, relative to
# the host's own. Pairs of equal elements are zero by definition; they are set aside. Each element brings its
# properties, and the two together their differences.
pairs = samples.diffusion()
pairs = pairs.take(pairs.outcome_is("accepted"))
features = descriptors.element_features(pairs, columns=("host", "solute"))

print(len(pairs), "pairs,", len(features.names()), "features, the last ones:")
for name in features.names()[-3:]:
    print(" ", features.quantity(name).label)

# %%
# What goes with the energy, by rank: a solute that melts higher than its host and needs less room moves slowly. A
# correlation is no cause, and many of these features say nearly the same as their neighbours.
energy = pairs.to_pandas()["activation_energy"]
correlation = features.to_pandas().corrwith(energy, method="spearman").dropna()

ax = figures.correlations(list(correlation.index), correlation, name="Spearman correlation with the energy", top=12)
