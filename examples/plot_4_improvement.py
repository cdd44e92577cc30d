"""
What to compute next
====================

A model that knows its uncertainty can say which candidate is worth the next calculation.
"""

# %%
# What is known: 393 pairs of host and solute. What could be computed: 356 pairs that are not in the table.
from matgenes.data import descriptors, samples
from matgenes.discovery import Goal
from matgenes.models import GaussianProcess
from matgenes.report import figures

known, new = samples.diffusion(), samples.diffusion_candidates()
known = known.take(known.outcome_is("accepted"))
X, X_new = (descriptors.element_features(pairs, differences=False).to_pandas() for pairs in (known, new))
y = known.to_pandas()["activation_energy"]

# %%
# A Gaussian process gives a mean and two standard deviations: *epistemic*, what more data would tell, and
# *aleatoric*, what they would not.
prediction = GaussianProcess().fit(X, y).predict_distribution(X_new)

# %%
# The expected improvement weighs how much better a candidate may be by how probable that is. Here none is likely to
# beat the best known pair: the highest predictions lead, then come pairs of which the model knows little.
goal = Goal("maximise")
improvement = goal.improvement(prediction.mean, prediction.std, y)
order = improvement.argsort()[::-1]

pairs = [f"{solute} in {host}" for host, solute in zip(new.numpy("host"), new.numpy("solute"), strict=True)]
ax = figures.ranking(
    [pairs[i] for i in order],
    prediction.mean[order],
    prediction.std[order],
    improvement=improvement[order],
    incumbent=goal.best(y),
    name="activation energy",
    unit="eV",
    top=15,
)

# %%
# Another goal, another order: who wants a solute that moves as fast as the host's own atoms asks for zero.
same = Goal(0.0)
for i in same.log_improvement(prediction.mean, prediction.std, y).argsort()[::-1][:5]:
    print(f"{pairs[i]:9} {prediction.mean[i]:+.3f} ± {prediction.std[i]:.3f} eV")
