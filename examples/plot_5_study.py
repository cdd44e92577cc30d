"""
A study, and whether it still holds
===================================

A study file, a run, a folder with a report; then a byte is changed in it, and ``verify`` finds out.
"""

# %%
# The study is the built-in one, cut down to run in seconds: the numbers are those of a quick look.
from pathlib import Path
from tempfile import mkdtemp

import matgenes
from matgenes.data import samples

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
folds = 3
most_groups = 5
""")

run = matgenes.study.run(folder / "study.toml", folder / "results")
for finding in run.findings:
    print("-", finding)

# %%
# What lies in the folder.
for path in sorted(run.folder.iterdir()):
    print(path.name + ("/" if path.is_dir() else ""))

# %%
# Is it what it was, and does it come out again?
print(matgenes.verify(run.folder))

# %%
# Now someone helps the result along.
table = sorted(run.folder.rglob("*.csv"))[0]
table.write_bytes(table.read_bytes().replace(b"1", b"2", 1))

answer = matgenes.verify(run.folder, rerun=False)
print(answer)

# sphinx_gallery_thumbnail_path = '_static/report.png'
