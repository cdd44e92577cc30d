"""
Grains in an image, by their symmetry
=====================================

An image of atom columns is divided into regions of one symmetry each: how alike is every patch to its shifted copies?
Nothing is trained, and the number of kinds is chosen by how well they separate. Here the image is simulated, so that
the truth is known: four grains, 20 counts at the heaviest column.
"""

# %%
# Make an image; your own is read by ``read_image("scan.dm4")`` or given as an array.

from sklearn.metrics import adjusted_rand_score

from matgenes.domains.microscopy import segment
from matgenes.domains.microscopy.plots import plot_segmentation
from matgenes.domains.microscopy.simulate import polycrystal

made = polycrystal((400, 400), n_grains=4, dose=20, random_state=105)
found = segment(made.image)
print(found)

# %%
# Colours are kinds; where they are pale, the probability is low.

axes = plot_segmentation(found)

# %%
# How many kinds there are was chosen by their silhouette: 1 for clusters that lie far apart, 0 for none.

print({number: round(score, 2) for number, score in found.silhouettes.items()})

# %%
# The pixels agree with the truth, counted over all pairs of pixels (adjusted Rand index, 1 for equal divisions).

print(round(adjusted_rand_score(made.grains.ravel(), found.kinds.ravel()), 3))

# %%
# Each region is a row of a table with units, for rules and formulas over many images.

print(found.to_dataset().to_pandas().round(2))
