"""
Rules: where a property is exceptional
======================================

One formula or model for all materials may miss the exceptional ones. Subgroup discovery finds the rules inside which a
property is high, every compromise between many materials and special ones.
"""

from matgenes.data import descriptors, samples
from matgenes.models import ExtraTrees, cross_validate, random_folds
from matgenes.report import figures
from matgenes.subgroups import SubgroupDiscovery
from matgenes.uncertainty import DomainOfApplicability

# %%
# The built-in data: 393 pairs of host metal and solute. In which does the solute move slowly?
pairs = samples.diffusion()
pairs = pairs.take(pairs.outcome_is("accepted"))
properties = ["melting_point", "atomic_volume", "electronegativity", "d_electrons"]
features = descriptors.element_features(pairs, properties=properties, differences=False)
X = features.to_pandas()
y = pairs.to_pandas()["activation_energy"]
units = {name: quantity.unit for name, quantity in features.quantities.items()} | {"activation_energy": "eV"}

# %%
# The exact front: no rule of up to three statements has both more coverage and a larger shift of the mean.
front = SubgroupDiscovery(front=True, depth=3, n_cuts=7, random_state=0).fit(X, y, units=units)
small = front.distinct(at_most=5)
letters = ["ABCDE"[small.index(rule)] if rule in small else "" for rule in front.rules_]
coverage, utility = ([getattr(rule, name) for rule in front.rules_] for name in ("coverage", "utility"))
ax = figures.coverages(coverage, utility, letters, utility_name="mean shift")

# %%
# A small set of rules that speak of different rows, with their units.
for letter, rule in zip("ABCDE", small, strict=False):
    print(f"{letter}: {rule}")

# %%
# What the best one singles out.
ax = figures.inside(y, {"A": small[0].covers(X), "B": small[1].covers(X)}, name="activation energy", unit="eV")

# %%
# The best of many rules is exceptional in noise, too. So: what are rules worth on other rows, does a search of shuffled
# targets do as well, do the rules return when the rows are resampled?
best = SubgroupDiscovery(depth=2, n_rules=5, n_cuts=7, random_state=0).fit(X, y, units=units)
print(best.held_out(5))
print(best.significance(50))
print(best.stability(20))

# %%
# Which of the 356 pairs that nobody has computed fall in a rule? And the same question for a database.
candidates = samples.diffusion_candidates()
described = descriptors.element_features(candidates, properties=properties, differences=False)
inside = small[1].covers(described)
print(f"{inside.sum()} of {len(candidates)} candidates fall in B, such as")
print(candidates.take(inside).to_pandas().head())
print(small[1].to_sql("candidates"))

# %%
# Where can a model be relied on? Rules about its errors on rows that it has not seen, judged on untouched folds.
splits = random_folds(len(y), 5)
tested = cross_validate(ExtraTrees(random_state=0), X, y, splits).of_splits(range(5))
domain = DomainOfApplicability(depth=2).fit(X, y, prediction=tested.prediction.mean, units=units, splits=splits)
print(domain.rule_.text)
print(domain.judgement_)
