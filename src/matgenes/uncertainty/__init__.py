"""How far predictions can be trusted, and where.

``DomainOfApplicability`` finds the rules inside which a model errs little, judges them on untouched rows (a
``Judgement``: coverage, mean error and 95 % quantile inside and outside, split by split), and explains with rules where
the model errs much.
"""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from ._judgement import Judgement as Judgement
    from ._judgement import Verdict as Verdict
    from .domains import DomainOfApplicability as DomainOfApplicability

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "_judgement": ["Judgement", "Verdict"],
        "domains": ["DomainOfApplicability"],
    },
)
