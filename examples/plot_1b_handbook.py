"""
A handbook: is this table clean, and does the standard drift?
=============================================================

A handbook is a procedure that a machine can check: steps, quantities with bounds, certified standards. The one used
here, for tests of oxidation catalysts, ships with matgenes; so does a generated table that follows it.
"""

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from matgenes.data import Dataset, Handbook, Stream, check, samples

handbook = Handbook.named("oxidation_catalysts")
print([step.name for step in handbook.steps])

# %%
# Seventy-eight rows that keep to it, and the same with eight mistakes as people make them. One of the mistakes, a
# benchmark catalyst out of its range, puts every test of that session in doubt.
clean = samples.oxidation_tests()
print(check(clean, handbook).clean)

verdict = check(samples.oxidation_tests(faults=True), handbook)
print(f"{verdict.clean_rows.sum()} of {len(verdict.clean_rows)} rows are clean, because")
for reason in verdict.reasons:
    print("-", reason)

# %%
# A laboratory fills in a sheet that is made from the handbook.
folder = Path(tempfile.mkdtemp())
handbook.template(folder / "kinetics.csv", step="kinetics")
print((folder / "kinetics.csv").read_text())

# %%
# Now thirty weeks of the reactor, one test of the benchmark catalyst a week. From the fourteenth week on something
# poisons the catalyst bed a little more each week. Every value stays in the accepted range, so none of them is
# suspicious alone; the stream keeps a chart of cumulative sums, and that sees it.
benchmark = clean.take((clean.to_pandas()["sample"] == "benchmark") & (clean.to_pandas()["session"] == "reactor 1"))
start = benchmark.to_pandas()["time"].iloc[0]
rng = np.random.default_rng(3)
conversions = 30 + 0.45 * rng.normal(size=30) - 0.12 * np.maximum(np.arange(30) - 14, 0)


def week(number: int) -> Dataset:
    """The one test of the benchmark in a week."""
    batch = benchmark.with_column(benchmark.quantity("conversion"), [conversions[number]])
    batch = batch.with_column(batch.quantity("session"), [f"reactor, week {number}"])
    return batch.with_column(batch.quantity("time"), [start + np.timedelta64(7 * number, "D")])


with Stream(folder / "reactor.journal", clean, handbook=handbook, columns=[]) as stream:
    arrivals = [stream.append(week(number)) for number in range(30)]
alarm = next(arrival for arrival in arrivals if arrival.suspicious)
print(f"week {alarm.number - 1}: {alarm.flags[0]}")

# %%
# The picture of it: the accepted range, and the week of the alarm.
fig, ax = plt.subplots(figsize=(6.4, 3.2), layout="constrained")
ax.axhspan(28, 32, color="0.92", label="accepted")
ax.plot(conversions, "o-", markersize=4, linewidth=0.8, label="benchmark catalyst")
ax.axvline(alarm.number - 1, color="C3", linestyle="--", label="alarm")
ax.set(xlabel="week", ylabel="conversion (%)")
ax.legend(frameon=False, ncols=3, loc="upper center", bbox_to_anchor=(0.5, 1.15))
