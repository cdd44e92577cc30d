"""
A campaign
==========

A campaign says what to measure next, takes what came out, and keeps both in a folder.
"""

# %%
# The activation energies of 393 pairs are known. Here they are hidden, and measured one by one: the campaign gets a
# table of candidates with what is known of their elements.
import tempfile
from pathlib import Path

import numpy as np

from matgenes.data import Quantity, descriptors, samples
from matgenes.discovery import Campaign, simulate
from matgenes.report import figures

pairs = samples.diffusion()
pairs = pairs.take(pairs.outcome_is("accepted"))
names = [f"{solute} in {host}" for host, solute in zip(pairs.numpy("host"), pairs.numpy("solute"), strict=True)]
energy = dict(zip(names, pairs.numpy("activation_energy"), strict=True))

features = descriptors.element_features(pairs, differences=False)
candidates = features.with_roles(dict.fromkeys(features.names(), "feature"))
candidates = candidates.with_column(Quantity("pair", role="id"), names)

# %%
# The first suggestions lie apart from each other, for there is no model yet. Then a Gaussian process learns from every
# result, and suggestions come with a reason.
folder = Path(tempfile.mkdtemp()) / "slow-solutes"
campaign = Campaign.create(folder, candidates, "activation_energy", unit="eV", title="Which solutes are slowest?")
for suggestion in campaign.ask(5):
    campaign.tell(suggestion.candidate, energy[suggestion.candidate])
for _ in range(12):
    (suggestion,) = campaign.ask()
    campaign.tell(suggestion.candidate, energy[suggestion.candidate], sigma=0.02)
print(campaign.status())
print(campaign.ask()[0].reason)

# %%
# Every decision can be made again from what was known at the time.
checks = campaign.verify()
print(sum(check.is_identical for check in checks), "of", len(checks), "decisions are identical")

# %%
# Is that better than chance? On a table whose labels are known, searches can be played many times.
x, y = candidates.drop(["pair"]).to_pandas(), np.array(list(energy.values()))
played = simulate((x, y), ("gp-ei", "random"), n_initial=10, rounds=20, repetitions=10)
ax = figures.searches(played.methods, played.best, name="highest energy so far", unit="eV")
ax.axhline(y.max(), color="0.6", linestyle=":")
print(played)
