"""
A table whose columns know their units
======================================

A table of materials is read, its units are checked and converted, and what cannot be known is asked for.
"""

# %%
# Someone hands you a table. The unit of each column stands in the header, as it does in most laboratories; one value
# was below the limit of detection, one was not measured; one lost its decimal point, and one row came twice.
from pathlib import Path
from tempfile import mkdtemp

import matgenes
from matgenes.data import check
from matgenes.report import figures

file = Path(mkdtemp()) / "steels.csv"
file.write_text("""\
sample,carbon [wt%],anneal [degC],hardness [GPa]
S01,0.10,450,2.1
S02,0.25,450,2.9
S03,0.41,450,3.8
S04,0.55,450,4.6
S05,0.10,550,1.8
S06,0.25,550,2.6
S07,0.41,550,3.1
S08,0.55,550,39
S09,0.41,550,3.1
S10,<0.01,550,1.4
S11,0.25,650,
""")

ds = matgenes.Dataset.read(file, roles={"sample": "id", "hardness": "target"})
for name, quantity in ds.quantities.items():
    print(f"{name:10} {quantity.role:8} {quantity.unit!r}")

# %%
# What looks odd is reported, with row and column as a spreadsheet counts them. Nothing is changed in silence.
for finding in check(ds):
    print(finding)

# %%
# The value without its decimal point is seen at a glance, too.
hardness = ds.quantity("hardness")
ax = figures.histogram(ds.numpy("hardness"), name=hardness.name, unit=hardness.unit)

# %%
# Units convert where the dimensions fit.
print(ds.converted("anneal", "kelvin").numpy("anneal"))

# %%
# Some unit texts mean something else to a parser than to you; they are refused, with a question.
try:
    matgenes.Quantity("volume energy", unit="eV/A^3", role="target")
except ValueError as error:
    print(error)

# %%
# The id is a hash of the content. It survives every file format, and no change of a value.
ds.write(file.with_suffix(".parquet"))
print(ds.id)
print(matgenes.Dataset.read(file.with_suffix(".parquet")).id == ds.id)
