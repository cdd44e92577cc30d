"""Models that say how sure they are, and honest tests of what they say.

Every model gives a ``Prediction``: mean, epistemic and aleatoric standard deviation. ``GaussianProcess``, ``Forest``
(whose error bar grows away from the data), ``RandomForest`` and ``ExtraTrees`` learn; ``MeanBaseline`` and
``LinearBaseline`` must be beaten; ``Average`` and ``Selected`` combine and choose; ``Bootstrapped`` makes any regressor
say how sure it is, ``MultiFidelity`` learns from cheap and costly labels alike,
``DeepEnsemble`` needs the extra ``deep``; ``LogTarget`` models a logarithm.
``cross_validate`` tests them on rows that they have not seen, ``evaluate`` puts that into numbers, ``learning_curve``
says whether more rows would help, ``redundancy`` whether fewer would do, and ``importance`` which features matter;
``Pool`` follows a campaign on a finite pool; ``save`` and ``load`` keep them without pickle.
"""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from . import metrics as metrics
    from ._prediction import Prediction as Prediction
    from ._prediction import Predictive as Predictive
    from .average import Average as Average
    from .baselines import LinearBaseline as LinearBaseline
    from .baselines import MeanBaseline as MeanBaseline
    from .bootstrapped import Bootstrapped as Bootstrapped
    from .cross_validation import CrossValidation as CrossValidation
    from .cross_validation import cross_validate as cross_validate
    from .deep import DeepEnsemble as DeepEnsemble
    from .distance import TrainingDistance as TrainingDistance
    from .distance_forest import Forest as Forest
    from .fidelity import MultiFidelity as MultiFidelity
    from .forests import ExtraTrees as ExtraTrees
    from .forests import RandomForest as RandomForest
    from .gaussian import Beliefs as Beliefs
    from .gaussian import Hyper as Hyper
    from .gaussian import Pool as Pool
    from .gaussian_process import GaussianProcess as GaussianProcess
    from .importance import importance as importance
    from .learning import learning_curve as learning_curve
    from .logarithm import LogTarget as LogTarget
    from .metrics import evaluate as evaluate
    from .metrics import evaluate_with_errors as evaluate_with_errors
    from .redundancy import Redundancy as Redundancy
    from .redundancy import redundancy as redundancy
    from .saving import facts as facts
    from .saving import load as load
    from .saving import save as save
    from .selected import Selected as Selected
    from .splits import Split as Split
    from .splits import cluster_folds as cluster_folds
    from .splits import clusters as clusters
    from .splits import end_split as end_split
    from .splits import far_split as far_split
    from .splits import group_folds as group_folds
    from .splits import random_folds as random_folds
    from .splits import repeated_folds as repeated_folds
    from .splits import split_id as split_id
    from .splits import time_folds as time_folds

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["metrics"],
    submod_attrs={
        "_prediction": ["Prediction", "Predictive"],
        "average": ["Average"],
        "baselines": ["LinearBaseline", "MeanBaseline"],
        "bootstrapped": ["Bootstrapped"],
        "cross_validation": ["CrossValidation", "cross_validate"],
        "deep": ["DeepEnsemble"],
        "distance": ["TrainingDistance"],
        "distance_forest": ["Forest"],
        "fidelity": ["MultiFidelity"],
        "forests": ["ExtraTrees", "RandomForest"],
        "gaussian": ["Beliefs", "Hyper", "Pool"],
        "gaussian_process": ["GaussianProcess"],
        "importance": ["importance"],
        "learning": ["learning_curve"],
        "logarithm": ["LogTarget"],
        "metrics": ["evaluate", "evaluate_with_errors"],
        "redundancy": ["Redundancy", "redundancy"],
        "saving": ["facts", "load", "save"],
        "selected": ["Selected"],
        "splits": [
            "Split",
            "cluster_folds",
            "clusters",
            "end_split",
            "far_split",
            "group_folds",
            "random_folds",
            "repeated_folds",
            "split_id",
            "time_folds",
        ],
    },
)
