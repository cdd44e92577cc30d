"""
A published analysis, and a reader who checks it
================================================

An author publishes this notebook and the record of the run as a crate. A reader puts the crate into a catalogue of
their own, trains everything again with the same splits, and sees for every output whether it is the published one.
"""

# %%
# The author's analysis: which solutes diffuse slowly, cut down to run in seconds.
from pathlib import Path
from tempfile import mkdtemp

import matgenes
from matgenes.data import samples
from matgenes.records import Catalogue, export_crate, import_crate, verify, verify_all

folder = Path(mkdtemp())
samples.diffusion().write(folder / "diffusion.csv")
(folder / "study.toml").write_text("""\
title = "Which solutes diffuse slowly in metals?"

[data]
file = "diffusion.csv"

[target]
column = "activation_energy"
goal = "maximise"

[features]
elements = ["host", "solute"]

[groups]
column = "host"

[step.predict]
models = ["Gaussian process"]
repeats = 1
learning_curve = false
importance = false
folds = 3
most_groups = 5
""")
run = matgenes.study.run(folder / "study.toml", folder / "results")
print(run.findings[0])

# %%
# Published: one file with the data, the results, and what did it, described for other tools as well.
crate = export_crate(
    run.folder, folder / "slow-solutes.zip", author="A. Smith", licence="https://creativecommons.org/licenses/by/4.0/"
)
print(crate.name, f"{crate.stat().st_size / 2**20:.1f} MB")

# %%
# The reader has a catalogue, where the record and its data keep their ids.
library = Catalogue.create(folder / "library")
key = import_crate(crate, library)
print(key == run.record.id)
record = library.get(key)
for name, split in record.splits.items():
    print(f"split {name}: {split[:19]}")

# %%
# Trained again, with the same splits, and compared within the tolerance that each output states.
answer = verify(library.folder(key))
print(answer)

# %%
# Found again later by what is in it: a quantity in any unit, elements, a class of models, an error that is small.
for question in (
    {"quantity": "activation_energy > 180 kJ/mol", "elements": ["Ni", "Re"]},
    {"quantity": "rmse_random < 0.3 eV", "model": "Gaussian process"},
    {"text": "solutes slowly", "author": "Smith"},
):
    print(question, [entry.title for entry in library.search(**question)])

# %%
# And every night: does everything in the catalogue still hold?
print(verify_all(library, rerun=False))
